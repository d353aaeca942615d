package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes are called UTF-8 exactly when the JDK's strict decoder takes them. */
class Utf8Test {
    @Test
    void shouldRefuseALoneByteWhereverItStands() {
        for (int length = 1; length <= 40; length++) {
            for (int at = 0; at < length; at++) {
                byte[] bytes = new byte[length + 2];
                Arrays.fill(bytes, (byte) 'a');
                bytes[0] = (byte) 0xff; // outside of what is asked
                bytes[length + 1] = (byte) 0xff;
                assertTrue(Utf8.isValid(bytes, 1, length));
                bytes[1 + at] = (byte) 0x80;
                assertFalse(Utf8.isValid(bytes, 1, length), "length=" + length + ", at=" + at);
            }
        }
    }

    @Test
    void shouldAgreeWithTheDecoderWhenTextIsDamaged() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] text =
                "plain ASCII first, then ümlaute, 漢字, and 😀 at last; and plain again".getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 20_000; round++) {
            int from = random.nextInt(text.length);
            byte[] part = Arrays.copyOfRange(text, from, from + random.nextInt(text.length - from + 1));
            if (part.length > 0 && random.nextInt(3) == 0) {
                part[random.nextInt(part.length)] = (byte) random.nextInt(256);
            }
            assertEquals(decodes(part), Utf8.isValid(part, 0, part.length), "seed=" + seed + ", round=" + round);
        }
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
