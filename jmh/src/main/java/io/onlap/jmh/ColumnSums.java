package io.onlap.jmh;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * Consumes rows: every byte of every value of every column goes into a sum per column. A value adds its little-endian
 * 64-bit words, the last one filled with zeros, and its length; so the sums are the same whatever the order of rows and
 * whether a store reads by row or by column, and a missing, doubled or cut value shows.
 *
 * <p>Threading: one thread.
 */
public final class ColumnSums {
    private static final long LENGTH_WEIGHT = Mix.GOLDEN;

    private long rows;
    private long key;
    private long ts;
    private long role;
    private long text;
    private long embedding;

    /** Forgets everything. */
    public void clear() {
        rows = 0;
        key = 0;
        ts = 0;
        role = 0;
        text = 0;
        embedding = 0;
    }

    public void addRows(long count) {
        rows += count;
    }

    public void addKey(long sum) {
        key += sum;
    }

    public void addTs(long sum) {
        ts += sum;
    }

    public void addRole(long sum) {
        role += sum;
    }

    public void addText(long sum) {
        text += sum;
    }

    public void addEmbedding(long sum) {
        embedding += sum;
    }

    /** Adds the current row of a stream. */
    public void add(RowStream row) {
        rows++;
        key += value(row.key(), 0, Keys.LENGTH);
        ts += row.ts();
        role += value(row.role(), 0, row.role().length);
        text += value(row.text(), row.textOffset(), row.textLength());
        if (row.embedding() != null) {
            embedding += value(row.embedding());
        }
    }

    public long rows() {
        return rows;
    }

    /** One number for all columns; the weights make a value in the wrong column show. */
    public long total() {
        return key + 3 * ts + 5 * role + 7 * text + 11 * embedding;
    }

    public ScanSum toScanSum() {
        return new ScanSum(rows, total());
    }

    /** Sum of one value in native memory. */
    public static long value(long address, int length) {
        long sum = length * LENGTH_WEIGHT;
        int last = length - Long.BYTES;
        int i = 0;
        for (; i <= last; i += Long.BYTES) {
            sum += UnsafeApi.getLong(address + i);
        }
        if (i == length) {
            return sum;
        }
        if (last >= 0) {
            return sum + (UnsafeApi.getLong(address + last) >>> tailShift(length));
        }
        long tail = 0;
        for (int at = length - 1; at >= 0; at--) {
            tail = tail << 8 | (UnsafeApi.getByte(address + at) & 0xff);
        }
        return sum + tail;
    }

    /** What the last eight bytes of a longer value are shifted by to leave those behind its last whole word. */
    private static int tailShift(int length) {
        return Long.SIZE - (length & 7) * Byte.SIZE;
    }

    /** Sum of one value on the heap. */
    public static long value(byte[] bytes, int offset, int length) {
        return value(ByteBuffer.wrap(bytes, offset, length).slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Sum of one value in a little-endian buffer, from its start to its limit. */
    public static long value(ByteBuffer bytes) {
        int length = bytes.limit();
        long sum = length * LENGTH_WEIGHT;
        int last = length - Long.BYTES;
        int i = 0;
        for (; i <= last; i += Long.BYTES) {
            sum += bytes.getLong(i);
        }
        if (i == length) {
            return sum;
        }
        if (last >= 0) {
            return sum + (bytes.getLong(last) >>> tailShift(length));
        }
        long tail = 0;
        for (int at = length - 1; at >= 0; at--) {
            tail = tail << 8 | (bytes.get(at) & 0xff);
        }
        return sum + tail;
    }

    /** Sum of one embedding on the heap, as if its floats lay one after the other as little-endian bytes. */
    public static long value(float[] floats) {
        long sum = (long) floats.length * Float.BYTES * LENGTH_WEIGHT;
        for (int i = 0; i < floats.length; i++) {
            long bits = Float.floatToRawIntBits(floats[i]) & 0xffff_ffffL;
            sum += (i & 1) == 0 ? bits : bits << 32;
        }
        return sum;
    }
}
