package io.onlap.jmh;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
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
        int whole = length & ~7;
        for (int i = 0; i < whole; i += Long.BYTES) {
            sum += UnsafeApi.getLong(address + i);
        }
        long tail = 0;
        for (int i = length - 1; i >= whole; i--) {
            tail = tail << 8 | (UnsafeApi.getByte(address + i) & 0xff);
        }
        return sum + tail;
    }

    /** Sum of one value on the heap. */
    public static long value(byte[] bytes, int offset, int length) {
        long sum = length * LENGTH_WEIGHT;
        int whole = length & ~7;
        for (int i = 0; i < whole; i += Long.BYTES) {
            sum += (long) WORDS.get(bytes, offset + i);
        }
        long tail = 0;
        for (int i = length - 1; i >= whole; i--) {
            tail = tail << 8 | (bytes[offset + i] & 0xff);
        }
        return sum + tail;
    }

    /** Sum of one value in a little-endian buffer, from its start to its limit. */
    public static long value(ByteBuffer bytes) {
        int length = bytes.limit();
        long sum = length * LENGTH_WEIGHT;
        int whole = length & ~7;
        for (int i = 0; i < whole; i += Long.BYTES) {
            sum += bytes.getLong(i);
        }
        long tail = 0;
        for (int i = length - 1; i >= whole; i--) {
            tail = tail << 8 | (bytes.get(i) & 0xff);
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
