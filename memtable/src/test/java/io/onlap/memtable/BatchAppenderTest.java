package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.memtable.ArrayRun.TestRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Raw copies of every column type, judged by Arrow's own accessors. */
class BatchAppenderTest {
    private static final int DIMENSIONS = 3;

    private final BufferAllocator allocator = new RootAllocator();
    private final TableSchema schema = TableSchema.of(new Schema(TestVectors.everyType(DIMENSIONS)));
    private final int[] columns = columns(schema);

    @AfterEach
    void closeAllocator() {
        allocator.close();
    }

    @Test
    void shouldCopyEveryTypeWhenRangesAreRandom() {
        long seed = System.nanoTime();
        System.out.println("BatchAppenderTest seed=" + seed);
        Random random = new Random(seed);
        List<TestRow> rows = rows(random, 500);
        Run run = new ArrayRun(allocator, schema, 1, rows, 500, random.nextInt(70));
        try (RunCursor cursor = run.open(KeyRange.ALL, false, columns);
                BatchAppender appender = new BatchAppender(allocator, schema, columns, false, 1)) {
            assertTrue(cursor.next());
            RowBatch batch = cursor.batch();
            appender.bind(0, batch);
            for (int round = 0; round < 20; round++) {
                appender.clear();
                List<TestRow> expected = new ArrayList<>();
                int ranges = 1 + random.nextInt(40);
                for (int i = 0; i < ranges; i++) {
                    int from = random.nextInt(500);
                    int count = 1 + random.nextInt(random.nextBoolean() ? 2 : 500 - from);
                    count = Math.min(count, 500 - from);
                    expected.addAll(rows.subList(from, from + count));
                    assertEquals(count, appender.add(0, batch.firstRow() + from, count));
                    if (random.nextInt(4) == 0) {
                        appender.apply();
                    }
                }
                assertEquals(ArrayRun.comparable(expected), read(appender.batch()), "seed=" + seed);
            }
        }
    }

    @Test
    void shouldPadBuffersWithZerosWhenTheyGoToFile() {
        Random random = new Random(7);
        Run run = new ArrayRun(allocator, schema, 1, rows(random, 13), 13, 0);
        try (RunCursor cursor = run.open(KeyRange.ALL, false, columns);
                BatchAppender appender = new BatchAppender(allocator, schema, columns, false, 1)) {
            assertTrue(cursor.next());
            appender.bind(0, cursor.batch());
            assertEquals(13, appender.add(0, 0, 13));
            appender.apply();
            List<ArrowFieldNode> nodes = new ArrayList<>();
            List<ArrowBuf> buffers = new ArrayList<>();
            for (int column : columns) {
                appender.copier(column).addBuffers(nodes, buffers);
            }
            for (ArrowBuf buffer : buffers) {
                assertEquals(0, buffer.readableBytes() % VectorCopier.ALIGNMENT);
            }
            ArrowBuf validity = buffers.get(0);
            for (int i = 2; i < validity.readableBytes(); i++) {
                assertEquals(0, validity.getByte(i), "byte=" + i);
            }
            assertEquals(0, validity.getByte(1) & 0b1110_0000);
        }
    }

    @Test
    void shouldGiveNullMarksWhenNoRowIsDeleted() {
        TableSchema keyed = TestVectors.texts();
        TestRow live = TestRow.of(new byte[] {'a'}, false, "a", "text");
        TestRow dead = TestRow.of(new byte[] {'b'}, true, "b", null);
        Run run = new ArrayRun(allocator, keyed, 1, List.of(live, dead), 2, 1);
        try (RunCursor cursor = run.open(KeyRange.ALL, false, new int[] {1});
                BatchAppender appender = new BatchAppender(allocator, keyed, new int[] {1}, true, 1)) {
            assertTrue(cursor.next());
            appender.bind(0, cursor.batch());
            appender.add(0, 1, 1);
            assertNull(appender.batch().deleted());
            appender.add(0, 2, 1);
            RowBatch batch = appender.batch();
            assertEquals(1, batch.deleted().get(1));
            assertEquals(0, batch.deleted().get(0));
            assertEquals('b', KeyBytes.copy(batch.keyAddress(1), batch.keyLength(1))[0]);
        }
    }

    private static List<TestRow> read(RowBatch batch) {
        List<TestRow> rows = new ArrayList<>();
        for (int row = batch.firstRow(); row < batch.endRow(); row++) {
            List<Object> values = new ArrayList<>();
            for (FieldVector vector : batch.columns()) {
                values.add(TestVectors.get(vector, row));
            }
            rows.add(new TestRow(null, false, values));
        }
        return rows;
    }

    private static int[] columns(TableSchema schema) {
        int[] columns = new int[schema.columns().size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = i;
        }
        return columns;
    }

    /** Random rows of every type: nulls, empty texts and bytes, extreme numbers. */
    private static List<TestRow> rows(Random random, int count) {
        List<TestRow> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Object> values = new ArrayList<>();
            values.add(random.nextBoolean());
            values.add((byte) random.nextInt());
            values.add((short) random.nextInt());
            values.add(random.nextInt());
            values.add(random.nextBoolean() ? Long.MIN_VALUE : random.nextLong());
            values.add(random.nextInt(5) == 0 ? Float.NaN : random.nextFloat());
            values.add(random.nextInt(5) == 0 ? Double.NEGATIVE_INFINITY : random.nextGaussian());
            values.add("é".repeat(random.nextInt(40)));
            byte[] bytes = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(100)];
            random.nextBytes(bytes);
            values.add(bytes);
            values.add(random.nextInt());
            values.add(random.nextLong());
            values.add(new float[] {random.nextFloat(), -0.0f, Float.NaN});
            for (int c = 0; c < values.size(); c++) {
                if (random.nextInt(4) == 0) {
                    values.set(c, null);
                }
            }
            rows.add(new TestRow(null, false, values));
        }
        return rows;
    }
}
