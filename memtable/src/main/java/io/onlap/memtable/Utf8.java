package io.onlap.memtable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Text to UTF-8 without an array in between. Unlike {@code String.getBytes} it refuses lone surrogates instead of storing
 * a question mark.
 *
 * <p>Threading: stateless.
 */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    /** Set in a byte that is no ASCII. */
    private static final long SIGNS = 0x8080_8080_8080_8080L;

    private Utf8() {}

    /**
     * The bytes of a text that is all ASCII without a question mark; null for any other, which may still be well-formed. The
     * JDK copies ASCII at once, where a loop takes 2 ns a character; but it stores a question mark for a lone surrogate. If as
     * many bytes came out as characters went in, each character gave one byte, and only a question mark may be a lie.
     */
    static byte[] plainOrNull(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length != text.length()) {
            return null;
        }
        for (byte b : bytes) {
            if (b == '?') {
                return null;
            }
        }
        return bytes;
    }

    /** Bytes of the text; a lone surrogate counts 3. */
    static int length(CharSequence text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x800) {
                bytes += 2;
                if (isPair(text, i)) {
                    i++; // two characters, four bytes: both were counted once already
                }
            } else if (c >= 0x80) {
                bytes++;
            }
        }
        return bytes;
    }

    /**
     * Writes the text to {@code target} from {@code at} on; there must be room.
     *
     * @return the end of what was written, or {@code -1 - i} if the character at {@code i} is a lone surrogate
     */
    static int write(CharSequence text, byte[] target, int at) {
        int length = text.length();
        int i = 0;
        for (; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                break;
            }
            target[at + i] = (byte) c;
        }
        return i == length ? at + i : writeWide(text, i, target, at + i);
    }

    private static int writeWide(CharSequence text, int from, byte[] target, int start) {
        int at = start;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                target[at++] = (byte) c;
            } else if (c < 0x800) {
                target[at++] = (byte) (0xc0 | (c >> 6));
                target[at++] = (byte) (0x80 | (c & 0x3f));
            } else if (!Character.isSurrogate(c)) {
                target[at++] = (byte) (0xe0 | (c >> 12));
                target[at++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                target[at++] = (byte) (0x80 | (c & 0x3f));
            } else if (isPair(text, i)) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                target[at++] = (byte) (0xf0 | (point >> 18));
                target[at++] = (byte) (0x80 | ((point >> 12) & 0x3f));
                target[at++] = (byte) (0x80 | ((point >> 6) & 0x3f));
                target[at++] = (byte) (0x80 | (point & 0x3f));
            } else {
                return -1 - i;
            }
        }
        return at;
    }

    private static boolean isPair(CharSequence text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
    }

    /** Are these bytes UTF-8? */
    static boolean isValid(byte[] bytes, int offset, int length) {
        int i = offset;
        int end = offset + length;
        while (i + Long.BYTES <= end && ((long) LONGS.get(bytes, i) & SIGNS) == 0) {
            i += Long.BYTES;
        }
        while (i < end && bytes[i] >= 0) {
            i++;
        }
        if (i == end) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, i, end - i));
            return true;
        } catch (CharacterCodingException e) {
            return false; // the answer, not a failure
        }
    }
}
