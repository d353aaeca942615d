package io.onlap.memtable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The growing bytes of one batch, never more than its limit.
 *
 * <p>Threading: one thread.
 */
final class RowBuffer {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int INITIAL_BYTES = 4 * 1024;

    private final int bytesMax;
    private final UnsafeBuffer view;
    private byte[] bytes;
    private int length;

    RowBuffer(int bytesMax) {
        this.bytesMax = bytesMax;
        this.bytes = new byte[Math.min(bytesMax, INITIAL_BYTES)];
        this.view = new UnsafeBuffer(bytes);
    }

    /** Valid until the next {@link #reserve}. */
    byte[] bytes() {
        return bytes;
    }

    UnsafeBuffer view() {
        return view;
    }

    int length() {
        return length;
    }

    void length(int newLength) {
        length = newLength;
    }

    boolean hasRoom(long more) {
        return length + more <= bytes.length;
    }

    /**
     * Makes room for {@code more} bytes after the length.
     *
     * @throws io.onlap.io.StorageException INVALID if that is over the limit
     */
    void reserve(long more) {
        if (hasRoom(more)) {
            return;
        }
        long needed = length + more;
        if (needed > bytesMax) {
            throw ColumnValue.invalid("batch over its limit: bytes=" + needed + ", batchBytesMax=" + bytesMax);
        }
        bytes = Arrays.copyOf(bytes, (int) Math.min(bytesMax, Math.max(needed, 2L * bytes.length)));
        view.wrap(bytes);
    }

    /** Appends {@code more} zero bytes and returns where they start. */
    int appendZeros(int more) {
        reserve(more);
        int start = length;
        Arrays.fill(bytes, start, start + more, (byte) 0);
        length = start + more;
        return start;
    }

    /** Appends a copy and returns where it starts; {@code source} may be this buffer's own array. */
    int append(byte[] source, int offset, int count) {
        reserve(count);
        int start = length;
        System.arraycopy(source, offset, bytes, start, count);
        length = start + count;
        return start;
    }

    void putByte(int at, byte value) {
        bytes[at] = value;
    }

    void putShort(int at, short value) {
        SHORT.set(bytes, at, value);
    }

    int getInt(int at) {
        return (int) INT.get(bytes, at);
    }

    void putInt(int at, int value) {
        INT.set(bytes, at, value);
    }

    long getLong(int at) {
        return (long) LONG.get(bytes, at);
    }

    void putLong(int at, long value) {
        LONG.set(bytes, at, value);
    }

    /** The signed little-endian integer of 1, 2, 4 or 8 bytes. */
    long getInteger(int at, int width) {
        return switch (width) {
            case 1 -> bytes[at];
            case 2 -> (short) SHORT.get(bytes, at);
            case 4 -> getInt(at);
            default -> getLong(at);
        };
    }

    /** The same, written. */
    void putInteger(int at, int width, long value) {
        switch (width) {
            case 1 -> bytes[at] = (byte) value;
            case 2 -> putShort(at, (short) value);
            case 4 -> putInt(at, (int) value);
            default -> putLong(at, value);
        }
    }
}
