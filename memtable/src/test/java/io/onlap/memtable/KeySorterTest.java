package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.agrona.UnsafeApi;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sorted ids against the JDK's order of the same keys. */
class KeySorterTest {
    private static final Comparator<byte[]> UNSIGNED = Arrays::compareUnsigned;
    private static final int CHUNK_ROWS = 1_000;

    @Test
    void shouldDoNothingWhenThereAreNoRows() {
        check(List.of());
    }

    @Test
    void shouldSortShorterKeyFirstWhenItIsAPrefix() {
        List<byte[]> keys = new ArrayList<>();
        for (int length = 300; length >= 0; length--) {
            keys.add(new byte[length]); // the empty key too; zeros look like the padding
        }
        check(keys);
        keys.add(new byte[] {0, 1});
        keys.add(0, new byte[] {(byte) 0xff});
        check(keys);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 9, 40, 3_000, 20_000})
    void shouldSortWhenKeysAreRandom(int rows) {
        long seed = System.nanoTime();
        System.out.println("KeySorterTest seed=" + seed);
        Random random = new Random(seed);
        check(distinct(rows, random, () -> bytes(random, 20 + random.nextInt(20), 256)));
        check(distinct(rows, random, () -> bytes(random, random.nextInt(60), 2)));
        check(distinct(rows, random, () -> bytes(random, 3 + random.nextInt(4), 256)));
        check(distinct(
                rows,
                random,
                () -> random.nextInt(3) == 0
                        ? bytes(random, random.nextInt(30), 3)
                        : text("agents/ada/" + "\0".repeat(random.nextInt(20)) + random.nextInt())));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 8, 13, 100})
    void shouldSortWhenKeysShareAPrefix(int prefix) {
        long seed = System.nanoTime();
        System.out.println("KeySorterTest seed=" + seed);
        Random random = new Random(seed);
        check(distinct(
                5_000,
                random,
                () -> text("p".repeat(prefix)
                        + String.format(
                                Locale.ROOT,
                                "%03d/s%02d/%d",
                                random.nextInt(200),
                                random.nextInt(16),
                                random.nextInt()))));
    }

    @Test
    void shouldSortGroupsAgainWhenKeysDifferFarBehind() {
        Random random = new Random(7);
        // more bits that vary than are packed, then again, and again; and a level of single bits far apart
        check(distinct(4_000, random, () -> {
            String agent = new String(bytes(new Random(random.nextInt(3)), 40, 256), StandardCharsets.ISO_8859_1);
            String session = new String(bytes(new Random(random.nextInt(4)), 90, 256), StandardCharsets.ISO_8859_1);
            return (agent + session + random.nextInt()).getBytes(StandardCharsets.ISO_8859_1);
        }));
        check(distinct(3_000, random, () -> {
            byte[] key = new byte[1_500];
            key[random.nextInt(key.length)] = (byte) (1 << random.nextInt(8));
            return key;
        }));
    }

    @Test
    void shouldCompareKeysWhenLevelsRunOut() {
        Random random = new Random(8);
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) { // each level tells a few rows from all others
            byte[] key = new byte[4_000];
            random.nextBytes(key);
            Arrays.fill(key, 0, 3 * i, (byte) 'a');
            keys.add(key);
        }
        Collections.shuffle(keys, random);
        check(keys);
    }

    @Test
    void shouldSortWhenFewRowsDifferFromAllOthers() {
        for (int odd = 0; odd < 3_000; odd += 97) {
            List<byte[]> keys = numbered(3_000);
            keys.set(odd, text("agents/"));
            check(keys);
            keys.set(odd, text("agents/\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"));
            check(keys);
            keys.set(odd, text("Z"));
            check(keys);
            keys.set(odd, text("agents/ada/x00000000000"));
            check(keys);
        }
    }

    @Test
    void shouldKeepOrderWhenKeysAscend() {
        check(numbered(10_000));
    }

    private static List<byte[]> numbered(int rows) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            keys.add(text(String.format(Locale.ROOT, "agents/ada/s%011d", i)));
        }
        return keys;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Random random, int length, int values) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt(values);
        }
        return bytes;
    }

    private static List<byte[]> distinct(int rows, Random random, Supplier<byte[]> keys) {
        Set<byte[]> drawn = new TreeSet<>(UNSIGNED);
        for (int i = 0; i < rows; i++) {
            drawn.add(keys.get());
        }
        List<byte[]> shuffled = new ArrayList<>(drawn);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    /** The keys lie without a gap, and the last one ends with its memory. */
    private static void check(Collection<byte[]> keys) {
        int chunks = keys.size() / CHUNK_ROWS + 1;
        long bytes = keys.stream().mapToLong(key -> key.length).sum();
        long slotBytes = (long) Long.BYTES * CHUNK_ROWS * chunks;
        try (BufferAllocator allocator = new RootAllocator();
                ArrowBuf memory = allocator.buffer(slotBytes + bytes)) {
            long heap = memory.memoryAddress() + slotBytes;
            long[] slots = new long[chunks];
            long[] heaps = new long[chunks];
            for (int c = 0; c < chunks; c++) {
                slots[c] = memory.memoryAddress() + (long) Long.BYTES * CHUNK_ROWS * c;
                heaps[c] = heap;
            }
            int[] ids = new int[keys.size()];
            int row = 0;
            int place = 0;
            for (byte[] key : keys) {
                long slot = slots[row / CHUNK_ROWS] + (long) Long.BYTES * (row % CHUNK_ROWS);
                UnsafeApi.putInt(slot, place);
                UnsafeApi.putInt(slot + Integer.BYTES, key.length);
                for (byte value : key) {
                    UnsafeApi.putByte(heap + place++, value);
                }
                ids[row] = ChunkList.id(row / CHUNK_ROWS, row % CHUNK_ROWS);
                row++;
            }
            KeySlots located = new KeySlots(slots, heaps);
            KeySorter.sort(located, ids);
            byte[][] expected = keys.toArray(byte[][]::new);
            Arrays.sort(expected, UNSIGNED);
            byte[][] sorted = new byte[ids.length][];
            for (int i = 0; i < ids.length; i++) {
                sorted[i] = KeyBytes.copy(located.address(ids[i]), located.length(ids[i]));
            }
            assertArrayEquals(expected, sorted);
        }
    }
}
