package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

/** Raw comparison of keys equals the JDK's unsigned order, on heap and off it. */
class KeyBytesOrderTest {
    @Test
    void shouldOrderLikeArraysWhenBytesAreRandom() {
        long seed = System.nanoTime();
        System.out.println("KeyBytesOrderTest seed=" + seed);
        Random random = new Random(seed);
        try (BufferAllocator allocator = new RootAllocator();
                ArrowBuf left = allocator.buffer(64);
                ArrowBuf right = allocator.buffer(64)) {
            int sawBoth = 0;
            for (int round = 0; round < 20_000; round++) {
                byte[] a = key(random);
                byte[] b = random.nextInt(4) == 0 ? a.clone() : key(random);
                if (b.length > 0 && random.nextBoolean()) {
                    System.arraycopy(a, 0, b, 0, Math.min(a.length, b.length));
                    b[random.nextInt(b.length)] ^= (byte) (random.nextBoolean() ? 0x80 : 0);
                }
                left.setBytes(1, a);
                right.setBytes(5, b);
                int expected = Integer.signum(Arrays.compareUnsigned(a, b));
                long leftAt = left.memoryAddress() + 1;
                assertEquals(
                        expected,
                        Integer.signum(KeyBytes.compare(leftAt, a.length, right.memoryAddress() + 5, b.length)),
                        "seed=" + seed);
                assertEquals(expected, Integer.signum(KeyBytes.compare(leftAt, a.length, b)), "seed=" + seed);
                int prefixes = Long.compareUnsigned(
                        KeyBytes.window(leftAt, a.length, 0), KeyBytes.window(right.memoryAddress() + 5, b.length, 0));
                assertTrue(prefixes == 0 || Integer.signum(prefixes) == expected, "seed=" + seed);
                sawBoth |= prefixes == 0 ? 1 : 2;
            }
            assertEquals(3, sawBoth);
        }
    }

    private static byte[] key(Random random) {
        byte[] key = new byte[random.nextInt(30)];
        random.nextBytes(key);
        return key;
    }
}
