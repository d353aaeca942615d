package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.memtable.RowBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarBinaryVector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySamplesTest {
    /** Few different bytes, among them the lowest and the highest, make many shared prefixes, equal cuts and short keys. */
    private static final byte[] ALPHABET = {0, 1, (byte) 0x7f, (byte) 0x80, (byte) 0xff};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldFindThePlaceThatASearchOfAllKeysFinds(long seed) {
        System.out.println("KeySamplesTest seed=" + seed);
        Random random = new Random(seed);
        byte[] prefix = key(random, seed % 4 == 0 ? 0 : (int) seed);
        int lengthMax = seed % 3 == 0 ? 3 : 12;
        TreeSet<byte[]> drawn = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = 0; i < seed * seed * 7; i++) {
            drawn.add(concat(prefix, key(random, random.nextInt(lengthMax + 1))));
        }
        List<byte[]> keys = new ArrayList<>(drawn);
        try (BufferAllocator allocator = new RootAllocator();
                VarBinaryVector vector = new VarBinaryVector("key", allocator)) {
            vector.allocateNew();
            for (int i = 0; i < keys.size(); i++) {
                vector.setSafe(i, keys.get(i));
            }
            vector.setValueCount(keys.size());
            KeySamples samples = new KeySamples(new RowBatch(List.of(), vector, null, 0, keys.size()));
            for (int i = 0; i < 5_000; i++) {
                byte[] wanted =
                        switch (i % 4) {
                            case 0 -> keys.get(random.nextInt(keys.size()));
                            case 1 -> concat(prefix, key(random, random.nextInt(lengthMax + 2)));
                            case 2 -> concat(keys.get(random.nextInt(keys.size())), key(random, 1));
                            default -> key(random, random.nextInt(4));
                        };
                assertEquals(
                        drawn.headSet(wanted).size(),
                        samples.firstNotBefore(wanted),
                        () -> "wanted=" + Arrays.toString(wanted));
            }
        }
    }

    private static byte[] key(Random random, int length) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = ALPHABET[random.nextInt(ALPHABET.length)];
        }
        return key;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] whole = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, whole, first.length, second.length);
        return whole;
    }
}
