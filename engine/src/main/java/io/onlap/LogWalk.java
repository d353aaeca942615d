package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.StoreLayout;
import io.onlap.wal.WalReader;
import io.onlap.wal.WalTail;
import java.util.function.Consumer;

/**
 * Shows each batch of the {@link UnflushedLog} once and in order: where the reading starts over it goes on behind the last
 * batch it showed.
 *
 * <p>Invariant: sequences ascend, over all readings.
 *
 * <p>Threading: one thread.
 */
final class LogWalk {
    private final Env env;
    private final Consumer<WalReader> batches;
    private long last = -1;

    private LogWalk(Env env, Consumer<WalReader> batches) {
        this.env = env;
        this.batches = batches;
    }

    /**
     * Shows each batch to {@code batches}, which must not move the reader.
     *
     * @return what counts as torn end of a log nobody writes, or null
     * @throws StorageException CORRUPT naming the place; BUSY if the owner flushes faster than this reads
     */
    static WalTail read(Env env, StoreLayout layout, Manifest manifest, Consumer<WalReader> batches) {
        LogWalk walk = new LogWalk(env, batches);
        return UnflushedLog.read(env, layout, manifest, walk::show).droppedTail();
    }

    private void show(WalReader reader) {
        env.failPoints().reach(FailPoint.READER_BEFORE_REPLAY);
        long before = -1;
        while (reader.next()) {
            if (reader.sequence() <= before) {
                throw unsound(reader, "sequences do not ascend: before=" + before);
            }
            before = reader.sequence();
            if (before > last) {
                batches.accept(reader);
                last = before;
            }
        }
    }

    /** CORRUPT, at the batch that the reader shows. */
    static StorageException unsound(WalReader reader, String what) {
        return new StorageException(
                Kind.CORRUPT,
                what + ", path=" + reader.segment() + ", position=" + reader.frameOffset() + ", sequence="
                        + reader.sequence());
    }
}
