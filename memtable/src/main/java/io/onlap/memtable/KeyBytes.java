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

    /**
     * The first eight bytes as an unsigned number, zeros for those that are missing: different numbers are in the order of
     * the byte strings.
     */
    public static long prefix(long address, int length) {
        if (length >= Long.BYTES) {
            return Long.reverseBytes(UnsafeApi.getLong(address));
        }
        long prefix = 0;
        for (int i = 0; i < length; i++) {
            prefix |= (UnsafeApi.getByte(address + i) & 0xffL) << (Long.SIZE - Byte.SIZE * (i + 1));
        }
        return prefix;
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
