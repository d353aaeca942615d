package io.onlap.memtable;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Where memtables get the memory of their chunks, and give it back. A bounded number of full-size chunks is kept for the
 * next generation, because the first touch of a page costs more than the rows on it: 8 µs were measured for a
 * cold page of 4 KiB, which holds fourteen rows of 120 ns.
 *
 * <p>Owns the idle buffers; those taken belong to the taker until given back.
 *
 * <p>Threading: any thread.
 */
public final class ChunkPool implements AutoCloseable {
    /** Size of a full-size chunk, the only one kept. */
    static final int CHUNK_BYTES_MAX = 4 * 1024 * 1024;

    private final BufferAllocator allocator;
    private final int idleMax;
    private final Deque<ArrowBuf> idle = new ArrayDeque<>();
    private boolean closed;

    /** Keeps at most {@code idleBytesMax}, rounded down to whole chunks; the allocator must outlive the pool. */
    public ChunkPool(BufferAllocator allocator, long idleBytesMax) {
        this.allocator = allocator;
        this.idleMax = (int) Math.min(Integer.MAX_VALUE, idleBytesMax / CHUNK_BYTES_MAX);
    }

    /** A buffer of at least {@code bytes}, its contents undefined. */
    ArrowBuf take(long bytes) {
        if (bytes == CHUNK_BYTES_MAX) {
            synchronized (this) {
                ArrowBuf kept = idle.pollLast();
                if (kept != null) {
                    return kept;
                }
            }
        }
        return allocator.buffer(bytes);
    }

    void give(ArrowBuf buffer) {
        synchronized (this) {
            if (!closed && buffer.capacity() == CHUNK_BYTES_MAX && idle.size() < idleMax) {
                idle.addLast(buffer);
                return;
            }
        }
        buffer.close();
    }

    /** Bytes kept for later. */
    public synchronized long idleBytes() {
        return (long) idle.size() * CHUNK_BYTES_MAX;
    }

    /** Frees what is idle; buffers given back later are freed at once. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(ArrowBuf::close);
        idle.clear();
    }
}
