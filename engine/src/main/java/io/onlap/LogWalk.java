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
 * Reads the log from outside, above what is flushed: each batch once and in order, beside an owner or without one.
 *
 * <p>Invariant: sequences ascend, over all attempts.
 *
 * <p>Failure windows: an owner that lives may cut, clear and use again a file while it is read. Then something vanishes, does
 * not follow or looks damaged, and the head has moved: it goes on above what is flushed by then, behind the last batch it
 * had. What is wrong under a head that stands still is wrong.
 *
 * <p>Threading: one thread.
 */
final class LogWalk {
    private static final int ATTEMPTS_MAX = 100;

    private final Env env;
    private final StoreLayout layout;
    private final Consumer<WalReader> batches;
    private long last = -1;

    private LogWalk(Env env, StoreLayout layout, Consumer<WalReader> batches) {
        this.env = env;
        this.layout = layout;
        this.batches = batches;
    }

    /**
     * Shows each batch to {@code batches}, which must not move the reader.
     *
     * @return what counts as torn end of a log nobody writes, or null
     * @throws StorageException CORRUPT naming the place; BUSY if the owner flushes faster than this reads
     */
    static WalTail read(Env env, StoreLayout layout, boolean live, Consumer<WalReader> batches) {
        return new LogWalk(env, layout, batches).run(live);
    }

    private WalTail run(boolean live) {
        Manifest manifest = Manifest.open(env, layout.root());
        for (int attempt = 1; ; attempt++) {
            long flushed = manifest.refresh().flushedGeneration();
            try (WalReader reader = WalReader.open(env, layout.wal(), live)) {
                reader.skipBelow(flushed + 1);
                env.failPoints().reach(FailPoint.READER_BEFORE_REPLAY);
                readAll(reader);
                if (!reader.isBroken() || manifest.refresh().flushedGeneration() == flushed) {
                    return reader.droppedTail();
                }
                if (attempt == ATTEMPTS_MAX) {
                    throw new StorageException(
                            Kind.BUSY, "owner flushes faster than its log can be read: attempts=" + ATTEMPTS_MAX);
                }
            } catch (StorageException e) {
                boolean overtaken =
                        e.kind() == Kind.NOT_FOUND || manifest.refresh().flushedGeneration() > flushed;
                if (!overtaken || attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private void readAll(WalReader reader) {
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
