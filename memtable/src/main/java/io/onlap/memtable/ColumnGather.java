package io.onlap.memtable;

import org.agrona.UnsafeApi;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * Gathers one lane of chosen rows into one Arrow vector, by raw address. The vector's buffers are used again for the next
 * batch.
 *
 * <p>Threading: one thread.
 */
final class ColumnGather {
    /** Rows whose cache misses are taken together, before they are copied. */
    private static final int BLOCK_ROWS = 64;

    private static final int CACHE_LINE_BYTES = 64;

    private final ColumnType type;
    private final FieldVector vector;
    private final int lane;
    private final int width;
    private final Chunk[] chunks;
    /** Address of the lane in each chunk. */
    private final long[] lanes;
    /** Is a value null anywhere? A key lane has no nulls. */
    private final boolean hasNulls;

    /** Address of the heap in each chunk. */
    private final long[] heaps;
    /** Of a block of rows: where the values are. */
    private final long[] addresses = new long[BLOCK_ROWS];

    private final int[] lengths = new int[BLOCK_ROWS];
    /** Written only so that the reads before it are not dropped. */
    @SuppressWarnings("UnusedVariable")
    private int touched;

    ColumnGather(ColumnType type, FieldVector vector, Chunk[] chunks, ChunkLayout layout, int lane) {
        this.type = type;
        this.vector = vector;
        this.chunks = chunks;
        this.lane = lane;
        this.width = layout.widths[lane];
        this.lanes = new long[chunks.length];
        this.heaps = new long[chunks.length];
        for (int i = 0; i < chunks.length; i++) {
            lanes[i] = chunks[i].laneAddress(lane);
            heaps[i] = chunks[i].heapAddress();
        }
        this.hasNulls = lane < layout.columnCount() && anyBits(chunks, lane);
    }

    FieldVector vector() {
        return vector;
    }

    int lane() {
        return lane;
    }

    /**
     * Makes room for a batch of the rows {@code ids[0, count)}.
     *
     * @return how many of them the batch can have, at least one
     */
    int measure(int[] ids, int count) {
        if (vector instanceof BaseVariableWidthVector variable) {
            return measureVariable(variable, ids, count);
        }
        if (vector.getValueCapacity() < count) {
            vector.clear();
            if (vector instanceof BaseFixedWidthVector fixed) {
                fixed.allocateNew(count);
            } else {
                vector.setInitialCapacity(count);
                vector.allocateNew();
            }
        }
        return count;
    }

    private int measureVariable(BaseVariableWidthVector variable, int[] ids, int count) {
        long total = 0;
        int fitting = 0;
        while (fitting < count) {
            total += length(ids[fitting]);
            if (total > MemtableCursor.COLUMN_BYTES_MAX && fitting > 0) {
                total -= length(ids[fitting]);
                break;
            }
            fitting++;
        }
        if (variable.getValueCapacity() < count || variable.getDataBuffer().capacity() < total) {
            variable.clear();
            variable.allocateNew(total, count);
        }
        return fitting;
    }

    private int length(int id) {
        return UnsafeApi.getInt(lanes[ChunkList.chunkOf(id)] + ((long) ChunkList.rowOf(id) << 3) + Integer.BYTES);
    }

    /** Copies the rows {@code ids[0, count)}, which {@link #measure} has taken. */
    void gather(int[] ids, int count) {
        long validity = vector.getValidityBuffer().memoryAddress();
        if (hasNulls) {
            gatherBits(chunks, lane, ids, count, validity, 0xff);
        } else {
            setAllBits(validity, count);
        }
        if (vector instanceof BaseVariableWidthVector variable) {
            gatherVariable(variable, ids, count);
            variable.setLastSet(count - 1);
        } else if (vector instanceof FixedSizeListVector list) {
            FieldVector floats = list.getDataVector();
            gatherWide(ids, count, floats.getDataBuffer().memoryAddress());
            setAllBits(floats.getValidityBuffer().memoryAddress(), count * (width / Float.BYTES));
        } else if (type == ColumnType.BOOL) {
            gatherBools(ids, count, vector.getDataBuffer().memoryAddress());
        } else {
            gatherFixed(ids, count, vector.getDataBuffer().memoryAddress());
        }
        vector.setValueCount(count);
    }

    private void gatherVariable(BaseVariableWidthVector variable, int[] ids, int count) {
        long offsets = variable.getOffsetBuffer().memoryAddress();
        long data = variable.getDataBuffer().memoryAddress();
        int at = 0;
        UnsafeApi.putInt(offsets, 0);
        for (int from = 0; from < count; from += BLOCK_ROWS) {
            int rows = Math.min(BLOCK_ROWS, count - from);
            locate(ids, from, rows);
            for (int i = 0; i < rows; i++) {
                RawBytes.copy(addresses[i], data + at, lengths[i]);
                at += lengths[i];
                UnsafeApi.putInt(offsets + ((from + i + 1L) << 2), at);
            }
        }
    }

    /** Finds the values of a block of rows, and reads a byte of each of their cache lines. */
    private void locate(int[] ids, int from, int rows) {
        for (int i = 0; i < rows; i++) {
            int c = ChunkList.chunkOf(ids[from + i]);
            long slot = lanes[c] + ((long) ChunkList.rowOf(ids[from + i]) << 3);
            addresses[i] = heaps[c] + UnsafeApi.getInt(slot);
            lengths[i] = UnsafeApi.getInt(slot + Integer.BYTES);
        }
        int sum = 0;
        for (int i = 0; i < rows; i++) {
            for (int line = 0; line < lengths[i]; line += CACHE_LINE_BYTES) {
                sum += UnsafeApi.getByte(addresses[i] + line);
            }
        }
        touched = sum;
    }

    private void gatherFixed(int[] ids, int count, long data) {
        switch (width) {
            case Byte.BYTES -> {
                for (int i = 0; i < count; i++) {
                    UnsafeApi.putByte(data + i, UnsafeApi.getByte(address(ids[i], 0)));
                }
            }
            case Short.BYTES -> {
                for (int i = 0; i < count; i++) {
                    UnsafeApi.putShort(data + ((long) i << 1), UnsafeApi.getShort(address(ids[i], 1)));
                }
            }
            case Integer.BYTES -> {
                for (int i = 0; i < count; i++) {
                    UnsafeApi.putInt(data + ((long) i << 2), UnsafeApi.getInt(address(ids[i], 2)));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    UnsafeApi.putLong(data + ((long) i << 3), UnsafeApi.getLong(address(ids[i], 3)));
                }
            }
        }
    }

    private long address(int id, int shift) {
        return lanes[ChunkList.chunkOf(id)] + ((long) ChunkList.rowOf(id) << shift);
    }

    private void gatherWide(int[] ids, int count, long data) {
        for (int i = 0; i < count; i++) {
            long source = lanes[ChunkList.chunkOf(ids[i])] + (long) ChunkList.rowOf(ids[i]) * width;
            RawBytes.copy(source, data + (long) i * width, width);
        }
    }

    /** In a chunk a bool is a byte, in Arrow a bit. */
    private void gatherBools(int[] ids, int count, long data) {
        int bits = 0;
        for (int i = 0; i < count; i++) {
            bits |= UnsafeApi.getByte(address(ids[i], 0)) << (i & 7);
            if ((i & 7) == 7 || i == count - 1) {
                UnsafeApi.putByte(data + (i >>> 3), (byte) bits);
                bits = 0;
            }
        }
    }

    static boolean anyBits(Chunk[] chunks, int bitmap) {
        for (Chunk chunk : chunks) {
            if (chunk.hasBits(bitmap)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Gathers bits of a chunk bitmap, each xor-ed with those of {@code flip}.
     *
     * @return was a gathered bit set, before the flip?
     */
    static boolean gatherBits(Chunk[] chunks, int bitmap, int[] ids, int count, long target, int flip) {
        int bits = 0;
        int seen = 0;
        for (int i = 0; i < count; i++) {
            Chunk chunk = chunks[ChunkList.chunkOf(ids[i])];
            if (chunk.bit(bitmap, ChunkList.rowOf(ids[i]))) {
                bits |= 1 << (i & 7);
            }
            if ((i & 7) == 7 || i == count - 1) {
                UnsafeApi.putByte(target + (i >>> 3), (byte) (bits ^ flip));
                seen |= bits;
                bits = 0;
            }
        }
        return seen != 0;
    }

    static void setAllBits(long target, int count) {
        UnsafeApi.setMemory(target, (count + 7) >>> 3, (byte) 0xff);
    }
}
