package io.onlap.memtable;

import org.agrona.UnsafeApi;

/**
 * Where the keys of rows lie in native memory. A row's id is {@code chunk << 16 | row}; a chunk has one slot per row, {int32
 * place in the heap, int32 length}, and a heap with the bytes.
 *
 * <p>Threading: immutable; whoever uses it keeps the memory from being freed.
 */
public final class KeySlots {
    private final long[] slots;
    private final long[] heaps;

    /** Addresses of each chunk's slots and of its heap; the arrays are not copied. */
    public KeySlots(long[] slots, long[] heaps) {
        this.slots = slots;
        this.heaps = heaps;
    }

    static KeySlots of(ChunkList rows) {
        Chunk[] chunks = rows.chunks();
        long[] slots = new long[chunks.length];
        long[] heaps = new long[chunks.length];
        for (int i = 0; i < chunks.length; i++) {
            slots[i] = chunks[i].laneAddress(rows.layout().keyLane);
            heaps[i] = chunks[i].heapAddress();
        }
        return new KeySlots(slots, heaps);
    }

    /** The key's first byte. */
    public long address(int id) {
        int chunk = ChunkList.chunkOf(id);
        return heaps[chunk] + UnsafeApi.getInt(slots[chunk] + ((long) ChunkList.rowOf(id) << 3));
    }

    /** The key's bytes. */
    public int length(int id) {
        return UnsafeApi.getInt(slots[ChunkList.chunkOf(id)] + ((long) ChunkList.rowOf(id) << 3) + Integer.BYTES);
    }

    /** Order of the keys of two rows. */
    public int compare(int a, int b) {
        return KeyBytes.compare(address(a), length(a), address(b), length(b));
    }
}
