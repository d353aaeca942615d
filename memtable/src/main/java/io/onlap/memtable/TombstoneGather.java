package io.onlap.memtable;

import org.apache.arrow.vector.BitVector;

/**
 * Gathers the tombstone marks of a batch, if it has any.
 *
 * <p>Threading: one thread.
 */
final class TombstoneGather {
    private final BitVector vector;
    private final Chunk[] chunks;
    private final int bitmap;
    private final boolean hasAny;

    TombstoneGather(BitVector vector, Chunk[] chunks, ChunkLayout layout) {
        this.vector = vector;
        this.chunks = chunks;
        this.bitmap = layout.columnCount();
        this.hasAny = ColumnGather.anyBits(chunks, bitmap);
    }

    /** Marks of the rows {@code ids[0, count)}, or null if none is a tombstone. */
    BitVector gather(int[] ids, int count) {
        if (!hasAny) {
            return null;
        }
        if (vector.getValueCapacity() < count) {
            vector.clear();
            vector.allocateNew(count);
        }
        boolean found = ColumnGather.gatherBits(
                chunks, bitmap, ids, count, vector.getDataBuffer().memoryAddress(), 0);
        ColumnGather.setAllBits(vector.getValidityBuffer().memoryAddress(), count);
        vector.setValueCount(count);
        return found ? vector : null;
    }

    void close() {
        vector.close();
    }
}
