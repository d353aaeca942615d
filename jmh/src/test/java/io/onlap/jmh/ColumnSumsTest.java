package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.agrona.BufferUtil;
import org.junit.jupiter.api.Test;

/** The sum of a value is the same wherever it lies, and depends on every byte. */
final class ColumnSumsTest {
    private static final long SEED = 11;

    @Test
    void shouldSumTheSameOnHeapAndInNativeMemory() {
        SplittableRandom random = new SplittableRandom(SEED);
        ByteBuffer memory = ByteBuffer.allocateDirect(64);
        byte[] bytes = new byte[64];
        random.nextBytes(bytes);
        memory.put(bytes);
        for (int offset = 0; offset < 8; offset++) {
            for (int length = 0; length < 40; length++) {
                assertEquals(
                        ColumnSums.value(bytes, offset, length),
                        ColumnSums.value(BufferUtil.address(memory) + offset, length),
                        "offset=" + offset + ", length=" + length);
            }
        }
    }

    @Test
    void shouldChangeWhenAnyByteChanges() {
        byte[] bytes = new byte[37];
        long before = ColumnSums.value(bytes, 0, bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) 0x80;
            assertNotEquals(before, ColumnSums.value(bytes, 0, bytes.length), "byte=" + i);
            bytes[i] = 0;
        }
        assertNotEquals(before, ColumnSums.value(bytes, 0, bytes.length - 1));
    }

    @Test
    void shouldSumFloatsAsTheirBytes() {
        float[] floats = {1.5f, -0.0f, Float.MIN_VALUE, -3e30f, 7f};
        ByteBuffer memory =
                ByteBuffer.allocateDirect(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : floats) {
            memory.putFloat(value);
        }
        assertEquals(
                ColumnSums.value(BufferUtil.address(memory), floats.length * Float.BYTES), ColumnSums.value(floats));
    }

    @Test
    void shouldSumAPackedRowAsItsColumns() {
        RowStream rows = new Workload(200, 3, SEED, KeyOrder.RANDOM).stream();
        PackedRow packed = new PackedRow(3, true);
        for (int i = 0; i < 200; i++) {
            ColumnSums expected = new ColumnSums();
            expected.add(rows.next());
            ColumnSums actual = new ColumnSums();
            actual.addKey(ColumnSums.value(rows.key(), 0, Keys.LENGTH));
            PackedRow.consume(BufferUtil.address(packed.encodeValue(rows)), 3, actual);
            assertEquals(expected.total(), actual.total());
        }
    }
}
