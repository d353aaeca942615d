package io.onlap.cli;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Strict UTF-8: overlong forms, surrogates and values past U+10FFFF are no text. Needed because the JSON parser lets
 * some of them through, and a stored text that no other reader accepts is damage.
 *
 * <p>Threading: stateless.
 */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** Index in {@code bytes} of the first byte that is no valid UTF-8, or -1. */
    static int invalidAt(byte[] bytes, int start, int length) {
        int end = start + length;
        int i = start;
        while (i < end) {
            if (i + Long.BYTES <= end && ((long) LONGS.get(bytes, i) & HIGH_BITS) == 0) {
                i += Long.BYTES;
                continue;
            }
            int size = sequenceBytes(bytes, i, end);
            if (size == 0) {
                return i;
            }
            i += size;
        }
        return -1;
    }

    /** Bytes of the valid sequence at {@code i}, or 0. */
    private static int sequenceBytes(byte[] bytes, int i, int end) {
        int lead = bytes[i];
        if (lead >= 0) {
            return 1;
        }
        if ((lead & 0xe0) == 0xc0) {
            return (lead & 0xff) >= 0xc2 && isContinued(bytes, i, 1, end) ? 2 : 0;
        }
        if ((lead & 0xf0) == 0xe0) {
            if (!isContinued(bytes, i, 2, end)) {
                return 0;
            }
            int point = (lead & 0x0f) << 12 | (bytes[i + 1] & 0x3f) << 6 | (bytes[i + 2] & 0x3f);
            return point >= 0x800 && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) ? 3 : 0;
        }
        if ((lead & 0xf8) == 0xf0 && isContinued(bytes, i, 3, end)) {
            int top = (lead & 0x07) << 18 | (bytes[i + 1] & 0x3f) << 12;
            return top >= 0x10000 && top <= Character.MAX_CODE_POINT ? 4 : 0;
        }
        return 0;
    }

    private static boolean isContinued(byte[] bytes, int i, int count, int end) {
        if (i + count >= end) {
            return false;
        }
        for (int k = 1; k <= count; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80) {
                return false;
            }
        }
        return true;
    }
}
