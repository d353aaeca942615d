package io.onlap.wal;

import io.onlap.io.Env;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What the write loop and the force thread of one log share: the segments not yet forced to their end, oldest first, the
 * place up to which everything is forced, and the spare segment. Each of them holds an open file; how many there are at
 * most is up to whoever rolls, see {@link WalForcer#openSegments}.
 *
 * <p>Threading: the write loop adds segments, the force thread removes them and moves {@link #forced}.
 */
final class WalShared {
    final Env env;
    final Path directory;
    final SpareSegment spare;
    final Queue<WalSegment> unforced = new ConcurrentLinkedQueue<>();
    /** Newest generation whose START frame survives power loss. */
    volatile long startForced;

    /** Everything of this epoch before it survives power loss. */
    volatile WalPosition forced;

    WalShared(Env env, Path directory, WalSettings settings, long generation) {
        this.env = env;
        this.directory = directory;
        this.spare = new SpareSegment(env.storage(), directory, settings.allocateBytes());
        this.forced = new WalPosition(generation, 0);
    }
}
