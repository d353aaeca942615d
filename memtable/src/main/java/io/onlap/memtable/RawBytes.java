package io.onlap.memtable;

import org.agrona.UnsafeApi;

/**
 * Copies, compares and hashes short byte strings by raw address. Nothing is read or written beyond the given lengths.
 *
 * <p>Where a method takes {@code (Object base, long address)}, the base is a byte[] with an address inside it, or null with
 * a native address.
 *
 * <p>Threading: stateless.
 */
final class RawBytes {
    static final long ARRAY_OFFSET = UnsafeApi.arrayBaseOffset(byte[].class);

    /** Above it the call of the stub is cheaper than a loop. */
    private static final int LOOP_BYTES_MAX = 96;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private RawBytes() {}

    static void copy(Object base, long source, long target, int length) {
        if (length > LOOP_BYTES_MAX) {
            UnsafeApi.copyMemory(base, source, null, target, length);
        } else if (length >= Long.BYTES) {
            int last = length - Long.BYTES;
            for (int i = 0; i < last; i += Long.BYTES) {
                UnsafeApi.putLong(target + i, UnsafeApi.getLong(base, source + i));
            }
            UnsafeApi.putLong(target + last, UnsafeApi.getLong(base, source + last)); // overlaps the one before
        } else {
            for (int i = 0; i < length; i++) {
                UnsafeApi.putByte(target + i, UnsafeApi.getByte(base, source + i));
            }
        }
    }

    static void copy(long source, long target, int length) {
        if (length > LOOP_BYTES_MAX) {
            UnsafeApi.copyMemory(source, target, length);
        } else if (length >= Long.BYTES) {
            int last = length - Long.BYTES;
            for (int i = 0; i < last; i += Long.BYTES) {
                UnsafeApi.putLong(target + i, UnsafeApi.getLong(source + i));
            }
            UnsafeApi.putLong(target + last, UnsafeApi.getLong(source + last));
        } else {
            for (int i = 0; i < length; i++) {
                UnsafeApi.putByte(target + i, UnsafeApi.getByte(source + i));
            }
        }
    }

    /** To the heap, from {@code at} on. */
    static void copyOut(long source, byte[] target, int at, int length) {
        long start = ARRAY_OFFSET + at;
        if (length > LOOP_BYTES_MAX) {
            UnsafeApi.copyMemory(null, source, target, start, length);
        } else if (length >= Long.BYTES) {
            int last = length - Long.BYTES;
            for (int i = 0; i < last; i += Long.BYTES) {
                UnsafeApi.putLong(target, start + i, UnsafeApi.getLong(source + i));
            }
            UnsafeApi.putLong(target, start + last, UnsafeApi.getLong(source + last));
        } else {
            for (int i = 0; i < length; i++) {
                UnsafeApi.putByte(target, start + i, UnsafeApi.getByte(source + i));
            }
        }
    }

    /** The bytes, copied to the heap. */
    static byte[] toArray(Object base, long source, int length) {
        byte[] bytes = new byte[length];
        UnsafeApi.copyMemory(base, source, bytes, ARRAY_OFFSET, length);
        return bytes;
    }

    static boolean areEqual(Object base, long a, long b, int length) {
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                if (UnsafeApi.getByte(base, a + i) != UnsafeApi.getByte(b + i)) {
                    return false;
                }
            }
            return true;
        }
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            if (UnsafeApi.getLong(base, a + i) != UnsafeApi.getLong(b + i)) {
                return false;
            }
        }
        return UnsafeApi.getLong(base, a + last) == UnsafeApi.getLong(b + last);
    }

    /** 32 well-mixed bits; only for memory, never stored. */
    static int hash(Object base, long address, int length) {
        long hash = length * MIX;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            hash = mix(hash ^ UnsafeApi.getLong(base, address + i));
        }
        if (i < length) {
            long tail = 0;
            if (length >= Long.BYTES) {
                tail = UnsafeApi.getLong(base, address + length - Long.BYTES);
            } else {
                for (; i < length; i++) {
                    tail = (tail << 8) | (UnsafeApi.getByte(base, address + i) & 0xff);
                }
            }
            hash = mix(hash ^ tail);
        }
        hash ^= hash >>> 29;
        return (int) ((hash * MIX) >>> 32);
    }

    private static long mix(long value) {
        long product = value * MIX;
        return product ^ (product >>> 32);
    }
}
