package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import org.agrona.UnsafeApi;
import org.apache.arrow.memory.ArrowBuf;

/**
 * A fixed number of rows of one table in one buffer, column by column, with one heap for all text, binary and keys.
 *
 * <pre>
 *   ┌───────────────┬────────┬────────┬───┬──────────────────────────────┬────────────────────────┐
 *   │ links × rows  │ lane 0 │ lane 1 │ … │ null bits per column, deleted│ heap: var bytes in order│
 *   └───────────────┴────────┴────────┴───┴──────────────────────────────┴────────────────────────┘
 *   link = {int64 sequence, int32 predecessor or -1, int32 successor or 0}; text, binary, key: slot {int32 place in the heap,
 *   int32 length}. The var bytes of a row stay together, so they are one copy.
 * </pre>
 *
 * <p>Invariant: published rows are whole and never change, but for the successor, which is written once.
 *
 * <p>Threading: one writer. Readers touch only rows that were published to them (see {@link TableMemtable}).
 */
final class Chunk {
    /** Most rows, so that a row's number takes 16 bits and the end too. */
    static final int ROWS_MAX = 16 * 1024;

    private static final int PREDECESSOR = 8;
    private static final int SUCCESSOR = 12;

    private final ChunkLayout layout;
    private final ArrowBuf buffer;
    private final int capacity;
    private final long links;
    private final long[] lanes;
    /** Of each column, then of tombstones. */
    private final long[] bitmaps;
    /** Has that bitmap a bit set? Spares readers the look. */
    private final boolean[] hasBits;

    private final long heap;
    private final long heapBytes;
    private int heapEnd;
    private int rows;

    /** Lays out a buffer for {@code capacity} rows; what is left over is heap. */
    Chunk(ChunkLayout layout, ArrowBuf buffer, int capacity) {
        this.layout = layout;
        this.buffer = buffer;
        this.capacity = capacity;
        this.lanes = new long[layout.laneCount()];
        this.bitmaps = new long[layout.bitmapCount()];
        this.hasBits = new boolean[layout.bitmapCount()];
        this.links = buffer.memoryAddress();
        long at = links + (long) ChunkLayout.LINK_BYTES * capacity;
        for (int lane = 0; lane < lanes.length; lane++) {
            lanes[lane] = at;
            at += align((long) layout.widths[lane] * capacity);
        }
        long firstBitmap = at;
        for (int i = 0; i < bitmaps.length; i++) {
            bitmaps[i] = at;
            at += bitmapBytes(capacity);
        }
        UnsafeApi.setMemory(firstBitmap, at - firstBitmap, (byte) 0);
        this.heap = at;
        this.heapBytes = Math.min(Integer.MAX_VALUE, buffer.memoryAddress() + buffer.capacity() - at);
    }

    /** Bytes that {@code rows} rows with so many var bytes take. */
    static long bytesFor(ChunkLayout layout, long rows, long varBytes) {
        return ((long) ChunkLayout.LINK_BYTES * rows)
                + (layout.fixedBytes - ChunkLayout.LINK_BYTES) * rows
                + 8L * layout.laneCount()
                + layout.bitmapCount() * bitmapBytes(rows)
                + varBytes;
    }

    private static long bitmapBytes(long rows) {
        return align((rows + 7) >>> 3);
    }

    private static long align(long bytes) {
        return (bytes + 7) & ~7L;
    }

    boolean hasRoom(int varBytes) {
        return rows < capacity && heapEnd + (long) varBytes <= heapBytes;
    }

    /**
     * Copies a row to the place after the last one and counts it; {@link #link} must follow before it is published. There
     * must be room.
     *
     * @throws StorageException CORRUPT if the row points outside itself
     */
    void write(Object base, long source, int length) {
        int row = rows;
        int varStart = layout.row.fixedBytes();
        int varBytes = length - varStart;
        RawBytes.copy(base, source + varStart, heap + heapEnd, varBytes);
        for (int lane : layout.slots) {
            long slot = source + layout.rowOffsets[lane];
            int offset = UnsafeApi.getInt(base, slot) - varStart;
            int bytes = UnsafeApi.getInt(base, slot + Integer.BYTES);
            if (bytes != 0 && (offset | bytes | (varBytes - offset - bytes)) < 0) {
                throw new StorageException(
                        Kind.CORRUPT,
                        "row points outside itself: offset=" + offset + ", bytes=" + bytes + ", varBytes=" + varBytes);
            }
            long target = lanes[lane] + ((long) row << 3);
            UnsafeApi.putInt(target, heapEnd + offset);
            UnsafeApi.putInt(target + Integer.BYTES, bytes);
        }
        writeFixed(base, source, row);
        writeBits(base, source, row);
        heapEnd += varBytes;
        rows = row + 1;
    }

    private void writeFixed(Object base, long source, int row) {
        int[] offsets = layout.rowOffsets;
        for (int lane : layout.longs) {
            UnsafeApi.putLong(lanes[lane] + ((long) row << 3), UnsafeApi.getLong(base, source + offsets[lane]));
        }
        for (int lane : layout.ints) {
            UnsafeApi.putInt(lanes[lane] + ((long) row << 2), UnsafeApi.getInt(base, source + offsets[lane]));
        }
        for (int lane : layout.shorts) {
            UnsafeApi.putShort(lanes[lane] + ((long) row << 1), UnsafeApi.getShort(base, source + offsets[lane]));
        }
        for (int lane : layout.bytes) {
            UnsafeApi.putByte(lanes[lane] + row, UnsafeApi.getByte(base, source + offsets[lane]));
        }
        for (int lane : layout.embeddings) {
            int width = layout.widths[lane];
            RawBytes.copy(base, source + offsets[lane], lanes[lane] + (long) row * width, width);
        }
    }

    private void writeBits(Object base, long source, int row) {
        int nullBytes = layout.row.nullBytes();
        int columns = layout.columnCount();
        for (int i = 0; i < nullBytes; i++) {
            int bits = UnsafeApi.getByte(base, source + RowLayout.NULLS_OFFSET + i) & 0xff;
            while (bits != 0) {
                int column = (i << 3) + Integer.numberOfTrailingZeros(bits);
                if (column < columns) { // the bits past the last column are set
                    setBit(column, row);
                }
                bits &= bits - 1;
            }
        }
        if (UnsafeApi.getByte(base, source + RowLayout.OP_OFFSET) == RowLayout.OP_DELETE) {
            setBit(columns, row);
        }
    }

    /** A reader may look at the same byte meanwhile: it sees it before or after, and its own rows' bits are equal in both. */
    private void setBit(int bitmap, int row) {
        long at = bitmaps[bitmap] + (row >>> 3);
        UnsafeApi.putByte(at, (byte) (UnsafeApi.getByte(at) | (1 << (row & 7))));
        hasBits[bitmap] = true;
    }

    /** Gives a row its sequence and the row before of the same key, or -1; there is none after it yet. */
    void link(int row, long sequence, int predecessor) {
        long link = links + ((long) row << 4);
        UnsafeApi.putLong(link, sequence);
        UnsafeApi.putInt(link + PREDECESSOR, predecessor);
        UnsafeApi.putInt(link + SUCCESSOR, 0);
    }

    /** Final once a later chunk was published. */
    int rows() {
        return rows;
    }

    int capacity() {
        return capacity;
    }

    /** Var bytes of all rows. */
    int heapEnd() {
        return heapEnd;
    }

    long sequence(int row) {
        return UnsafeApi.getLong(links + ((long) row << 4));
    }

    int predecessor(int row) {
        return UnsafeApi.getInt(links + ((long) row << 4) + PREDECESSOR);
    }

    int successorAcquire(int row) {
        return UnsafeApi.getIntAcquire(null, links + ((long) row << 4) + SUCCESSOR);
    }

    void successorRelease(int row, int successor) {
        UnsafeApi.putIntRelease(null, links + ((long) row << 4) + SUCCESSOR, successor);
    }

    long laneAddress(int lane) {
        return lanes[lane];
    }

    /** Null bits of a column; of tombstones for the number after the last column. */
    long bitmapAddress(int bitmap) {
        return bitmaps[bitmap];
    }

    boolean hasBits(int bitmap) {
        return hasBits[bitmap];
    }

    boolean bit(int bitmap, int row) {
        return hasBits[bitmap] && ((UnsafeApi.getByte(bitmaps[bitmap] + (row >>> 3)) >>> (row & 7)) & 1) == 1;
    }

    long heapAddress() {
        return heap;
    }

    long valueAddress(int slotLane, int row) {
        return heap + UnsafeApi.getInt(lanes[slotLane] + ((long) row << 3));
    }

    int valueLength(int slotLane, int row) {
        return UnsafeApi.getInt(lanes[slotLane] + ((long) row << 3) + Integer.BYTES);
    }

    ArrowBuf buffer() {
        return buffer;
    }
}
