package io.onlap.memtable;

import org.agrona.UnsafeApi;

/**
 * Raw copies in native memory: bytes, and bitmaps in Arrow's order (bit i is bit i % 8 of byte i / 8). No bounds are checked:
 * addresses come from Arrow buffers whose lengths their owners know. Nothing beyond the named bits is read as a byte that
 * does not hold one of them.
 *
 * <p>Threading: stateless; not atomic.
 */
public final class Bits {
    /** Up to here a loop over words is cheaper than the call of the JVM's copy. */
    private static final int LOOP_BYTES_MAX = 64;

    private Bits() {}

    /** Bytes of a bitmap of so many bits. */
    public static long bytes(long bits) {
        return (bits + 7) >>> 3;
    }

    public static boolean get(long address, long bit) {
        return (UnsafeApi.getByte(address + (bit >>> 3)) >>> (bit & 7) & 1) != 0;
    }

    /** Sets or clears one bit. */
    public static void put(long address, long bit, boolean value) {
        long at = address + (bit >>> 3);
        int mask = 1 << (bit & 7);
        int old = UnsafeApi.getByte(at);
        UnsafeApi.putByte(at, (byte) (value ? old | mask : old & ~mask));
    }

    /** Sets or clears {@code count} bits from {@code bit} on. */
    public static void fill(long address, long bit, long count, boolean value) {
        long next = bit;
        long end = bit + count;
        while (next < end && (next & 7) != 0) {
            put(address, next++, value);
        }
        long whole = (end - next) >>> 3;
        if (whole > 0) {
            UnsafeApi.setMemory(address + (next >>> 3), whole, (byte) (value ? 0xff : 0));
            next += whole << 3;
        }
        while (next < end) {
            put(address, next++, value);
        }
    }

    /** Copies {@code count} bits; the bits around them in the target stay. */
    public static void copy(long source, long sourceBit, long target, long targetBit, int count) {
        int done = 0;
        while (done < count && ((targetBit + done) & 7) != 0) {
            put(target, targetBit + done, get(source, sourceBit + done));
            done++;
        }
        int whole = (count - done) >>> 3;
        if (whole > 0) {
            copyAligned(source, sourceBit + done, target + ((targetBit + done) >>> 3), whole);
            done += whole << 3;
        }
        while (done < count) {
            put(target, targetBit + done, get(source, sourceBit + done));
            done++;
        }
    }

    /** Copies {@code bytes} × 8 bits to whole bytes. */
    private static void copyAligned(long source, long sourceBit, long target, int bytes) {
        long from = source + (sourceBit >>> 3);
        int shift = (int) (sourceBit & 7);
        if (shift == 0) {
            copyBytes(from, target, bytes);
            return;
        }
        int low = UnsafeApi.getByte(from) & 0xff;
        for (int i = 0; i < bytes; i++) {
            int high = UnsafeApi.getByte(from + i + 1) & 0xff;
            UnsafeApi.putByte(target + i, (byte) (low >>> shift | high << (8 - shift)));
            low = high;
        }
    }

    /** How many of {@code count} bits from bit 0 on are set. */
    public static int countSet(long address, int count) {
        int set = 0;
        int bit = 0;
        for (; bit + Long.SIZE <= count; bit += Long.SIZE) {
            set += Long.bitCount(UnsafeApi.getLong(address + (bit >>> 3)));
        }
        for (; bit < count; bit++) {
            set += get(address, bit) ? 1 : 0;
        }
        return set;
    }

    /** The first bit of value {@code value} in {@code [bit, end)}; {@code end} if there is none. */
    public static int next(long address, int bit, int end, boolean value) {
        int next = bit;
        int same = value ? 0 : 0xff;
        while (next < end) {
            if ((next & 7) == 0
                    && end - next >= Byte.SIZE
                    && (UnsafeApi.getByte(address + (next >>> 3)) & 0xff) == same) {
                next += Byte.SIZE;
            } else if (get(address, next) == value) {
                return next;
            } else {
                next++;
            }
        }
        return end;
    }

    /** Copies bytes between regions that do not overlap. */
    public static void copyBytes(long source, long target, long bytes) {
        if (bytes > LOOP_BYTES_MAX) {
            UnsafeApi.copyMemory(source, target, bytes);
            return;
        }
        int i = 0;
        for (; i + Long.BYTES <= bytes; i += Long.BYTES) {
            UnsafeApi.putLong(target + i, UnsafeApi.getLong(source + i));
        }
        for (; i < bytes; i++) {
            UnsafeApi.putByte(target + i, UnsafeApi.getByte(source + i));
        }
    }
}
