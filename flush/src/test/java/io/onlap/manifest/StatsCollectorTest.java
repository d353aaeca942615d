package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.memtable.ArrayRun;
import io.onlap.memtable.ArrayRun.TestRow;
import io.onlap.memtable.BatchAppender;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.TableSchema;
import io.onlap.memtable.TestVectors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link StatsCollector}: bounds hold for every value, and say nothing where nothing is known. */
class StatsCollectorTest {
    private final BufferAllocator allocator = new RootAllocator();
    private final TableSchema schema = TableSchema.of(new Schema(TestVectors.everyType(2)));

    @AfterEach
    void closeAllocator() {
        allocator.close();
    }

    @Test
    void shouldBoundEveryTypeWhenRowsHaveNulls() {
        assertEquals(new ColumnStats(1, 1, "false", "true"), stats("bool", true, null, false));
        assertEquals(new ColumnStats(2, 0, "-128", "127"), stats("int8", 3, -128, 127));
        assertEquals(new ColumnStats(3, 1, "-5", "-5"), stats("int16", -5, null));
        assertEquals(new ColumnStats(4, 0, "-2", "9"), stats("int32", 9, -2, 0));
        assertEquals(new ColumnStats(5, 0, Long.toString(Long.MIN_VALUE), "7"), stats("int64", 7L, Long.MIN_VALUE));
        assertEquals(new ColumnStats(6, 0, "-0.5", "0.25"), stats("float32", 0.25f, -0.5f));
        assertEquals(new ColumnStats(7, 1, "-Infinity", "1.5"), stats("float64", 1.5, null, Double.NEGATIVE_INFINITY));
        assertEquals(new ColumnStats(8, 1, "", "é"), stats("utf8", "z", "", null, "é"));
        assertEquals(new ColumnStats(9, 0, "", "/w=="), stats("binary", new byte[0], new byte[] {-1}));
        assertEquals(new ColumnStats(10, 0, "-1", "20000"), stats("date", 20_000, -1));
        assertEquals(new ColumnStats(11, 0, "1", "1"), stats("timestamp", 1L));
        assertEquals(new ColumnStats(12, 0, null, null), stats("embedding", (Object) new float[] {1, 2}));
    }

    @Test
    void shouldKnowNothingWhenColumnIsNullOrHasNan() {
        assertEquals(new ColumnStats(5, 2, null, null), stats("int64", null, null));
        assertEquals(new ColumnStats(8, 1, null, null), stats("utf8", (Object) null));
        assertEquals(new ColumnStats(7, 0, null, null), stats("float64", 1.0, Double.NaN));
    }

    @Test
    void shouldCutLongBoundsOutwards() {
        byte[] highest = new byte[100];
        Arrays.fill(highest, (byte) 0xff);
        ColumnStats unbounded = stats("binary", (Object) highest);
        assertNull(unbounded.max());
        assertEquals(64, Base64.getDecoder().decode(unbounded.min()).length);

        String emoji = "😀".repeat(40);
        ColumnStats text = stats("utf8", emoji);
        assertEquals("😀".repeat(16), text.min());
        assertEquals("😀".repeat(15) + "😁", text.max());
        String before = "\ud7ff".repeat(40);
        assertEquals("\ud7ff".repeat(20) + "\ue000", stats("utf8", before).max());
    }

    @Test
    void shouldHoldForEveryValueWhenTextsAreRandom() {
        long seed = System.nanoTime();
        System.out.println("StatsCollectorTest seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(50); i++) {
                StringBuilder text = new StringBuilder(random.nextBoolean() ? "same start " : "");
                int length = random.nextInt(60);
                for (int c = 0; c < length; c++) {
                    text.appendCodePoint(random.nextInt(3) == 0 ? 0x10ffff : 'a' + random.nextInt(900));
                }
                values.add(text.toString());
            }
            ColumnStats stats = stats("utf8", values.toArray());
            assertNotNull(stats.min());
            for (Object value : values) {
                byte[] bytes = bytes((String) value);
                assertTrue(Arrays.compareUnsigned(bytes(stats.min()), bytes) <= 0, "seed=" + seed);
                assertTrue(
                        stats.max() == null || Arrays.compareUnsigned(bytes(stats.max()), bytes) >= 0, "seed=" + seed);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Statistics of a column that has these values, taken in batches of two. */
    private ColumnStats stats(String column, Object... values) {
        int index = schema.indexOf(column);
        List<TestRow> rows = new ArrayList<>();
        for (Object value : values) {
            Object[] row = new Object[schema.columns().size()];
            row[index] = value;
            rows.add(TestRow.of(null, false, row));
        }
        StatsCollector collector = new StatsCollector(schema.columns().get(index));
        ArrayRun run = new ArrayRun(allocator, schema, 1, rows, 2, 1);
        int[] columns = SegmentFixture.columns(schema);
        try (RunCursor cursor = run.open(KeyRange.ALL, false, columns);
                BatchAppender appender = new BatchAppender(allocator, schema, columns, false, 1)) {
            while (cursor.next()) {
                appender.clear();
                appender.bind(0, cursor.batch());
                appender.add(0, cursor.batch().firstRow(), cursor.batch().rowCount());
                appender.apply();
                collector.add(appender.copier(index));
            }
        }
        return collector.stats();
    }
}
