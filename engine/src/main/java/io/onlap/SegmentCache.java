package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.SegmentFile;
import io.onlap.manifest.SegmentReader;
import io.onlap.manifest.StoreLayout;
import io.onlap.memtable.TableSchema;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The open segment files: at most {@link #OPEN_MAX} stay mapped beyond those that views hold.
 *
 * <p>Invariant: the cache has one reference to each reader in it, each {@link #acquire} gives out another; a reader pushed
 * out stays mapped until its last view closes.
 *
 * <p>Threading: any thread.
 */
final class SegmentCache implements AutoCloseable {
    private static final int OPEN_MAX = 4_096;

    private final Env env;
    private final StoreLayout layout;
    private final BufferAllocator allocator;
    private final Map<String, SegmentReader> readers = new LinkedHashMap<>(64, 0.75f, true);
    private boolean closed;

    SegmentCache(Env env, StoreLayout layout, BufferAllocator allocator) {
        this.env = env;
        this.layout = layout;
        this.allocator = allocator;
    }

    /** The open reader of {@code file}, with a reference for the caller to release. */
    synchronized SegmentReader acquire(SegmentFile file, TableSchema schema) {
        if (closed) {
            throw new StorageException(Kind.CLOSED, "engine closed: segment=" + file.name());
        }
        SegmentReader reader = readers.get(file.name());
        if (reader == null) {
            reader = SegmentReader.open(env, allocator, layout.segments(), file, schema);
            readers.put(file.name(), reader);
            trim();
        }
        if (!reader.retain()) {
            throw new StorageException(Kind.FATAL, "segment reader released too often: segment=" + file.name());
        }
        return reader;
    }

    synchronized int size() {
        return readers.size();
    }

    private void trim() {
        if (readers.size() > OPEN_MAX) {
            var oldest = readers.values().iterator();
            SegmentReader victim = oldest.next();
            oldest.remove();
            victim.release();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        readers.values().forEach(SegmentReader::release);
        readers.clear();
    }
}
