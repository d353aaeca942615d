package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void shouldAgreeWithJdkDecoderWhenBytesAreRandom() {
        long seed = System.nanoTime();
        System.out.println("Utf8Test seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int[] interesting = {
            0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
            0xff, 'a'
        };
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = new byte[random.nextInt(1, 14)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) interesting[random.nextInt(interesting.length)];
            }
            boolean valid = Utf8.invalidAt(bytes, 0, bytes.length) < 0;
            assertEquals(isValid(bytes), valid, () -> "seed=" + seed + ", bytes=" + Arrays.toString(bytes));
        }
    }

    private static boolean isValid(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void shouldEncodeAsJdkWhenCharactersAreRandom() {
        long seed = System.nanoTime();
        System.out.println("Utf8Test seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                int point = random.nextInt(1 << random.nextInt(1, 21));
                text.appendCodePoint(point >= 0xd800 && point < 0xe000 ? 'x' : point);
            }
            char[] chars = text.toString().toCharArray();
            byte[] target = new byte[3 * chars.length + 2];
            int size = Utf8.encode(chars, 0, chars.length, target, 2);
            assertArrayEquals(
                    text.toString().getBytes(StandardCharsets.UTF_8),
                    Arrays.copyOfRange(target, 2, 2 + size),
                    "seed=" + seed);
        }
    }

    @Test
    void shouldRefuseWhenSurrogateStandsAlone() {
        for (String text : new String[] {"\ud800", "a\udc00", "\ud800a", "\udc00\ud800"}) {
            char[] chars = text.toCharArray();
            assertEquals(-1, Utf8.encode(chars, 0, chars.length, new byte[12], 0));
        }
    }
}
