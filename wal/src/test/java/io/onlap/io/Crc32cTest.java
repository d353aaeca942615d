package io.onlap.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** One checksum, whatever holds the bytes and however they are cut. */
final class Crc32cTest {
    @Test
    void shouldGiveChecksumOfStandardVector() {
        byte[] digits = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
        assertEquals(0xe3069283, Crc32c.of(digits));
    }

    @Test
    void shouldNotDependOnKindOfBufferNorOnCuts() {
        byte[] bytes = new byte[30_000];
        new Random(5).nextBytes(bytes);
        int expected = Crc32c.of(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 3);
        direct.position(3).put(bytes).position(3);
        assertEquals(expected, Crc32c.of(direct));
        assertEquals(3, direct.position());
        Crc32c crc = new Crc32c();
        assertEquals(
                expected,
                crc.reset().update(new UnsafeBuffer(direct), 3, bytes.length).value());
        assertEquals(
                expected,
                crc.reset()
                        .update(new UnsafeBuffer(bytes, 0, 100), 0, 100)
                        .update(new UnsafeBuffer(bytes, 100, 29_900), 0, 29_900)
                        .value());
        UnsafeBuffer number = new UnsafeBuffer(new byte[] {4, 3, 2, 1});
        assertEquals(
                crc.reset().update(number, 0, 4).value(),
                crc.reset().updateInt(0x01020304).value());
    }
}
