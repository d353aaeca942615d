package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.agrona.UnsafeApi;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link KeyBloom}: never a false no, few false yes, the same hash for ever. */
class KeyBloomTest {
    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void closeAllocator() {
        allocator.close();
    }

    @Test
    void shouldNeverDenyAndRarelyConfirmWrongly() {
        int keys = 50_000;
        try (KeyBloom bloom = new KeyBloom(allocator)) {
            for (int key = 0; key < keys; key++) {
                bloom.add(KeyBloom.hash(SegmentFixture.keyBytes(key)));
            }
            int blocks = bloom.blocks();
            byte[] bytes = new byte[blocks * KeyBloom.BLOCK_BYTES];
            bloom.write(bytes, 0);
            assertTrue(bytes.length * 8L <= keys * (long) KeyBloom.BITS_PER_KEY + 512);
            try (ArrowBuf copy = allocator.buffer(bytes.length)) {
                copy.setBytes(0, bytes);
                int wrong = 0;
                for (int key = 0; key < keys; key++) {
                    byte[] there = SegmentFixture.keyBytes(key);
                    assertTrue(KeyBloom.mayContain(copy.memoryAddress(), blocks, KeyBloom.hash(there)), "key=" + key);
                    byte[] absent = SegmentFixture.keyBytes(keys + key);
                    wrong += KeyBloom.mayContain(copy.memoryAddress(), blocks, KeyBloom.hash(absent)) ? 1 : 0;
                }
                assertTrue(wrong < keys * 3 / 100, "falsePositives=" + wrong + ", keys=" + keys);
                assertTrue(wrong > 0, "a filter that never errs is not this one");
            }
        }
    }

    @Test
    void shouldHashAlikeWhenBytesAreOnHeapOrNot() {
        Random random = new Random(11);
        try (ArrowBuf buffer = allocator.buffer(64)) {
            for (int length = 0; length <= 40; length++) {
                byte[] key = new byte[length];
                random.nextBytes(key);
                buffer.setBytes(3, key);
                long hash = KeyBloom.hash(key);
                assertEquals(hash, KeyBloom.hash(null, buffer.memoryAddress() + 3, length));
                assertEquals(hash, KeyBloom.hash(key, UnsafeApi.arrayBaseOffset(byte[].class), length));
            }
        }
        assertNotEquals(KeyBloom.hash(new byte[0]), KeyBloom.hash(new byte[1]));
        assertNotEquals(KeyBloom.hash(new byte[8]), KeyBloom.hash(new byte[9]));
    }

    @Test
    void shouldKeepItsHashWhenVersionsChange() {
        // The hash is part of the sidecar's format: another value here needs another format number.
        assertEquals(GOLDEN_TEXT, KeyBloom.hash("agents/ada/turns".getBytes(StandardCharsets.UTF_8)));
        assertEquals(GOLDEN_SHORT, KeyBloom.hash(new byte[] {1, 2, 3}));
    }

    private static final long GOLDEN_TEXT = -1519850288915303679L;
    private static final long GOLDEN_SHORT = 3356658707980260376L;
}
