package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.memtable.ArrayRun.TestRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link Union} against a {@link TreeMap}, and its promises one by one. */
class UnionTest {
    private static final int[] ALL_COLUMNS = {0, 1};

    private final BufferAllocator allocator = new RootAllocator();
    private final TableSchema schema = TestVectors.texts();

    @AfterEach
    void closeAllocator() {
        allocator.close();
    }

    @Test
    void shouldGiveNewestGenerationWhenKeysOverlap() {
        Run base = run(0, 10, live(1, "base"), live(2, "base"), live(3, "base"), live(4, "base"), live(5, "base"));
        Run gen1 = run(1, 10, live(3, "gen1"), live(4, "gen1"));
        Run gen2 = run(2, 10, live(4, "gen2"), live(5, "gen2"), live(6, "gen2"));
        Run gen3 = run(3, 10, live(6, "gen3"), live(7, "gen3"));
        Run gen4 = run(4, 10, live(7, "active"), live(8, "active"));
        List<Run> runs = new ArrayList<>(List.of(base, gen1, gen2, gen3, gen4));
        List<TestRow> expected = List.of(
                live(1, "base"),
                live(2, "base"),
                live(3, "gen1"),
                live(4, "gen2"),
                live(5, "gen2"),
                live(6, "gen3"),
                live(7, "active"),
                live(8, "active"));
        for (int i = 0; i < runs.size(); i++) {
            Collections.rotate(runs, 1);
            assertEquals(expected, union(runs, KeyRange.ALL, false));
        }
        assertEquals(reversed(expected), union(runs, KeyRange.ALL, true));
    }

    @Test
    void shouldHideOlderRowsWhenTombstoneIsNewest() {
        Run older = run(1, 10, live(1, "a"), live(2, "a"), live(3, "a"));
        Run deletes = run(2, 10, dead(2), dead(9));
        Run newer = run(3, 10, live(9, "again"));
        assertEquals(
                List.of(live(1, "a"), live(3, "a"), live(9, "again")),
                union(List.of(newer, older, deletes), KeyRange.ALL, false));
        assertEquals(
                List.of(live(1, "a"), dead(2), live(3, "a"), live(9, "again")),
                ArrayRun.drain(Union.openWithTombstones(allocator, schema, List.of(newer, older, deletes))));
    }

    @Test
    void shouldGiveNothingWhenNoRunHasLiveRows() {
        assertEquals(List.of(), union(List.of(), KeyRange.ALL, false));
        assertEquals(List.of(), union(List.of(run(1, 10)), KeyRange.ALL, false));
        assertEquals(List.of(), union(List.of(run(1, 10, dead(1), dead(2)), run(2, 10)), KeyRange.ALL, true));
    }

    @Test
    void shouldEqualModelWhenRunsAreRandom() {
        long seed = System.nanoTime();
        System.out.println("UnionTest seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            checkAgainstModel(random, "seed=" + seed + ", round=" + round);
        }
    }

    private void checkAgainstModel(Random random, String message) {
        TreeMap<String, TestRow> model = new TreeMap<>();
        List<Run> runs = new ArrayList<>();
        int generations = 1 + random.nextInt(7);
        int keys = 1 + random.nextInt(random.nextBoolean() ? 40 : 4_000);
        for (int generation = 1; generation <= generations; generation++) {
            TreeMap<String, TestRow> rows = new TreeMap<>();
            int from = random.nextInt(keys);
            int span = 1 + random.nextInt(keys);
            int percent = 1 + random.nextInt(100);
            for (int key = from; key < Math.min(keys, from + span); key++) {
                if (random.nextInt(100) < percent) {
                    TestRow row = random.nextInt(8) == 0 ? dead(key) : live(key, "g" + generation);
                    rows.put(key(key), row);
                }
            }
            model.putAll(rows);
            runs.add(new ArrayRun(
                    allocator,
                    schema,
                    generation,
                    new ArrayList<>(rows.values()),
                    1 + random.nextInt(random.nextBoolean() ? 5 : 2_000),
                    random.nextInt(20)));
        }
        Collections.shuffle(runs, random);
        KeyRange range = new KeyRange(
                random.nextBoolean() ? null : keyBytes(random.nextInt(keys)),
                random.nextBoolean() ? null : keyBytes(random.nextInt(keys)));
        List<TestRow> all = model.values().stream()
                .filter(row -> range.contains(row.keyBytes()))
                .toList();
        List<TestRow> liveRows = all.stream().filter(row -> !row.deleted()).toList();
        assertEquals(liveRows, union(runs, range, false), message);
        assertEquals(reversed(liveRows), union(runs, range, true), message);
        assertEquals(
                new ArrayList<>(model.values()),
                ArrayRun.drain(Union.openWithTombstones(allocator, schema, runs)),
                message);
    }

    @Test
    void shouldLimitBatchesWhenRowsAreGathered() {
        List<TestRow> even = new ArrayList<>();
        List<TestRow> odd = new ArrayList<>();
        for (int key = 0; key < 3 * BatchAppender.ROWS_MAX; key++) {
            (key % 2 == 0 ? even : odd).add(live(key, "v"));
        }
        List<Run> runs = List.of(
                new ArrayRun(allocator, schema, 1, even, 5_000, 0), new ArrayRun(allocator, schema, 2, odd, 777, 3));
        int rows = 0;
        try (RunCursor cursor = Union.open(allocator, schema, runs, KeyRange.ALL, false, new int[] {1})) {
            while (cursor.next()) {
                assertTrue(
                        cursor.batch().rowCount() <= BatchAppender.ROWS_MAX,
                        "rows=" + cursor.batch().rowCount());
                assertEquals(1, cursor.batch().columns().size());
                rows += cursor.batch().rowCount();
            }
            assertFalse(cursor.next());
        }
        assertEquals(3 * BatchAppender.ROWS_MAX, rows);
    }

    @Test
    void shouldEndBatchEarlyWhenRowsAreLarge() {
        String large = "x".repeat(BatchAppender.BYTES_MAX / 4);
        Run a = run(1, 2, live(1, large), live(3, large), live(5, large));
        Run b = run(2, 2, live(2, large), live(4, large), live(6, large));
        int batches = 0;
        int rows = 0;
        try (RunCursor cursor = Union.open(allocator, schema, List.of(a, b), KeyRange.ALL, false, ALL_COLUMNS)) {
            while (cursor.next()) {
                batches++;
                rows += cursor.batch().rowCount();
            }
        }
        assertEquals(6, rows);
        assertEquals(2, batches);
    }

    @Test
    void shouldPassBatchThroughWhenOneRunIsAlone() {
        List<TestRow> rows = new ArrayList<>();
        for (int key = 0; key < 2_000; key++) {
            rows.add(live(key, "v"));
        }
        Recorded alone = new Recorded(new ArrayRun(allocator, schema, 1, rows, 500, 0));
        Run far = run(2, 10, live(5_000, "far"));
        try (RunCursor cursor = Union.open(allocator, schema, List.of(alone, far), KeyRange.ALL, false, ALL_COLUMNS)) {
            for (int batch = 0; batch < 4; batch++) {
                assertTrue(cursor.next());
                assertSame(alone.cursor.batch(), cursor.batch());
                assertSame(
                        alone.cursor.batch().columns().get(1),
                        cursor.batch().columns().get(1));
            }
            assertTrue(cursor.next());
            assertEquals(1, cursor.batch().rowCount());
            assertFalse(cursor.next());
        }
    }

    @Test
    void shouldPassWindowThroughWhenTombstonesAreFew() {
        List<TestRow> rows = new ArrayList<>();
        for (int key = 0; key < 1_000; key++) {
            rows.add(key == 400 ? dead(key) : live(key, "v"));
        }
        Recorded run = new Recorded(new ArrayRun(allocator, schema, 1, rows, 1_000, 0));
        try (RunCursor cursor = Union.open(allocator, schema, List.of(run), KeyRange.ALL, false, ALL_COLUMNS)) {
            assertTrue(cursor.next());
            assertEquals(0, cursor.batch().firstRow());
            assertEquals(400, cursor.batch().endRow());
            assertNull(cursor.batch().deleted());
            assertSame(
                    run.cursor.batch().columns().get(0),
                    cursor.batch().columns().get(0));
            assertTrue(cursor.next());
            assertEquals(401, cursor.batch().firstRow());
            assertEquals(1_000, cursor.batch().endRow());
            assertFalse(cursor.next());
        }
    }

    @Test
    void shouldConcatenateByGenerationWhenTableHasNoKey() {
        TableSchema log = TableSchema.of(new Schema(List.of(Field.nullable("text", ArrowType.Utf8.INSTANCE))));
        Run first = new ArrayRun(allocator, log, 1, List.of(appended("a"), appended("b")), 1, 0);
        Run second = new ArrayRun(allocator, log, 2, List.of(appended("b"), appended("c")), 5, 2);
        int[] columns = {0};
        List<TestRow> expected = List.of(appended("a"), appended("b"), appended("b"), appended("c"));
        List<Run> runs = List.of(second, first);
        assertEquals(expected, ArrayRun.drain(Union.open(allocator, log, runs, KeyRange.ALL, false, columns)));
        assertEquals(reversed(expected), ArrayRun.drain(Union.open(allocator, log, runs, KeyRange.ALL, true, columns)));
        assertEquals(expected, ArrayRun.drain(Union.openWithTombstones(allocator, log, runs)));
    }

    @Test
    void shouldGiveMemoryBackWhenOpenFails() {
        Run good = run(1, 10, live(1, "a"));
        Run bad = new Recorded(good) {
            @Override
            public RunCursor open(KeyRange range, boolean reverse, int[] columns) {
                throw new IllegalStateException("refused");
            }
        };
        List<Run> runs = List.of(good, bad);
        assertThrows(
                IllegalStateException.class,
                () -> Union.open(allocator, schema, runs, KeyRange.ALL, false, ALL_COLUMNS));
        assertEquals(0, allocator.getAllocatedMemory());
    }

    @Test
    void shouldGiveMemoryBackWhenClosedHalfway() {
        Run a = run(1, 1, live(1, "a"), live(3, "a"));
        Run b = run(2, 1, live(2, "a"), live(4, "a"));
        RunCursor cursor = Union.open(allocator, schema, List.of(a, b), KeyRange.ALL, false, ALL_COLUMNS);
        assertTrue(cursor.next());
        cursor.close();
        cursor.close();
        assertFalse(cursor.next());
        assertEquals(0, allocator.getAllocatedMemory());
    }

    private List<TestRow> union(List<Run> runs, KeyRange range, boolean reverse) {
        return ArrayRun.drain(Union.open(allocator, schema, runs, range, reverse, ALL_COLUMNS));
    }

    private Run run(long generation, int batchRows, TestRow... rows) {
        return new ArrayRun(allocator, schema, generation, Arrays.asList(rows), batchRows, 0);
    }

    private static TestRow live(int key, String text) {
        return TestRow.of(keyBytes(key), false, key(key), text);
    }

    private static TestRow dead(int key) {
        return TestRow.of(keyBytes(key), true, key(key), null);
    }

    private static TestRow appended(String text) {
        return TestRow.of(null, false, text);
    }

    private static String key(int key) {
        return String.format(Locale.ROOT, "session/%05d", key);
    }

    private static byte[] keyBytes(int key) {
        return key(key).getBytes(StandardCharsets.UTF_8);
    }

    private static List<TestRow> reversed(List<TestRow> rows) {
        List<TestRow> reversed = new ArrayList<>(rows);
        Collections.reverse(reversed);
        return reversed;
    }

    /** A run that remembers the cursor it opened. */
    private static class Recorded implements Run {
        private final Run run;
        private RunCursor cursor;

        private Recorded(Run run) {
            this.run = run;
        }

        @Override
        public long generation() {
            return run.generation();
        }

        @Override
        public RunCursor open(KeyRange range, boolean reverse, int[] columns) {
            cursor = run.open(range, reverse, columns);
            return cursor;
        }
    }
}
