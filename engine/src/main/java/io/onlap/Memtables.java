package io.onlap;

import io.onlap.memtable.ChunkPool;
import io.onlap.memtable.Memtable;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Where an owner's generations get their memory: chunks of flushed ones are used again, up to one generation's worth, since
 * the first touch of fresh memory costs more than a row.
 *
 * <p>Threading: any thread.
 */
final class Memtables implements AutoCloseable {
    private final BufferAllocator allocator;
    private final ChunkPool chunks;

    Memtables(BufferAllocator allocator, long idleBytesMax) {
        this.allocator = allocator;
        this.chunks = new ChunkPool(allocator, idleBytesMax);
    }

    /** An empty generation. */
    Memtable first(long generation) {
        return new Memtable(generation, allocator, chunks, null);
    }

    /** The empty generation that follows {@code before}, expecting tables of its sizes. */
    Memtable after(Memtable before) {
        return new Memtable(before.generation() + 1, allocator, chunks, before);
    }

    @Override
    public void close() {
        chunks.close();
    }
}
