package io.onlap.memtable;

import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;

/**
 * Raw reads and comparisons of encoded keys in native memory. No bounds are checked here: addresses come from Arrow buffers
 * whose lengths their owners know.
 *
 * <p>Threading: stateless.
 */
public final class KeyBytes {
    private KeyBytes() {}

    /** Entry {@code index} of an Arrow offset buffer (int32, little-endian). */
    public static int offset(long offsetsAddress, int index) {
        return UnsafeApi.getInt(offsetsAddress + ((long) index << 2));
    }

    /** Unsigned lexicographic order of two byte strings, a prefix before what it starts. */
    public static int compare(long a, int aLength, long b, int bLength) {
        int common = Math.min(aLength, bLength);
        int i = 0;
        for (; i + Long.BYTES <= common; i += Long.BYTES) {
            long left = UnsafeApi.getLong(a + i);
            long right = UnsafeApi.getLong(b + i);
            if (left != right) {
                return Long.compareUnsigned(Long.reverseBytes(left), Long.reverseBytes(right));
            }
        }
        for (; i < common; i++) {
            int difference = (UnsafeApi.getByte(a + i) & 0xff) - (UnsafeApi.getByte(b + i) & 0xff);
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(aLength, bLength);
    }

    /** As {@link #compare(long, int, long, int)}, with the right side on the heap. */
    public static int compare(long a, int aLength, byte[] b) {
        int common = Math.min(aLength, b.length);
        int i = 0;
        for (; i + Long.BYTES <= common; i += Long.BYTES) {
            long left = UnsafeApi.getLong(a + i);
            long right = UnsafeApi.getLong(b, BufferUtil.ARRAY_BASE_OFFSET + i);
            if (left != right) {
                return Long.compareUnsigned(Long.reverseBytes(left), Long.reverseBytes(right));
            }
        }
        for (; i < common; i++) {
            int difference = (UnsafeApi.getByte(a + i) & 0xff) - (b[i] & 0xff);
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(aLength, b.length);
    }

    /** How many bytes the two begin with in common. */
    public static int shared(long a, int aLength, long b, int bLength) {
        int common = Math.min(aLength, bLength);
        int i = 0;
        while (i < common && UnsafeApi.getByte(a + i) == UnsafeApi.getByte(b + i)) {
            i++;
        }
        return i;
    }

    public static boolean areEqual(long a, int aLength, byte[] b) {
        return aLength == b.length && RawBytes.areEqual(b, RawBytes.ARRAY_OFFSET, a, aLength);
    }

    /** Does {@code key} begin with these bytes? */
    public static boolean isPrefix(long prefix, int length, byte[] key) {
        return length <= key.length && RawBytes.areEqual(key, RawBytes.ARRAY_OFFSET, prefix, length);
    }

    /** The 8 bytes from {@code from} on as a number that orders unsigned as they do; zeros stand for what is missing. */
    public static long window(long key, int length, int from) {
        return window(null, key, length, from);
    }

    /** As {@link #window(long, int, int)} of a key on the heap. */
    public static long window(byte[] key, int from) {
        return window(key, RawBytes.ARRAY_OFFSET, key.length, from);
    }

    private static long window(Object base, long key, int length, int from) {
        if (from + Long.BYTES <= length) {
            return Long.reverseBytes(UnsafeApi.getLong(base, key + from));
        }
        long window = 0;
        for (int i = from; i < from + Long.BYTES; i++) {
            window = window << Byte.SIZE | (i < length ? UnsafeApi.getByte(base, key + i) & 0xff : 0);
        }
        return window;
    }

    /** The bytes, copied to the heap. */
    public static byte[] copy(long address, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = UnsafeApi.getByte(address + i);
        }
        return bytes;
    }
}
