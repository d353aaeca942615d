package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.Placed.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deletes, newest-wins, limits and filters mean the same wherever the rows are. */
class DeletesAndReadsTest {
    @TempDir
    Path directory;

    /** By every way of reading, from inside and from beside. */
    private static void assertRows(Engine engine, NavigableMap<String, Long> expected, String... absent) {
        assertRows(engine.table("t"), expected, absent);
        try (Engine reader = Engine.openReadOnly(engine.directory())) {
            assertRows(reader.table("t"), expected, absent);
        }
    }

    private static void assertRows(Table table, NavigableMap<String, Long> expected, String... absent) {
        assertEquals(List.copyOf(expected.entrySet()), entries(table.scan()));
        assertEquals(
                List.copyOf(expected.descendingMap().entrySet()),
                entries(table.scan().reverse()));
        assertEquals(expected.size(), table.count());
        expected.forEach((id, n) -> assertEquals(n, Rows.get(table, id), id));
        for (String id : absent) {
            assertNull(Rows.get(table, id), id);
            assertEquals(List.of(), entries(table.scan().from(id).to(id + "\0")), id);
        }
    }

    private static List<Map.Entry<String, Long>> entries(ScanBuilder scan) {
        return List.copyOf(Rows.scan(scan).entrySet());
    }

    private static void put(Engine engine, long n, String... ids) {
        for (String id : ids) {
            Rows.putNow(engine, engine.table("t"), id, n);
        }
    }

    private static NavigableMap<String, Long> rows(Object... idsAndNumbers) {
        NavigableMap<String, Long> rows = new TreeMap<>();
        for (int i = 0; i < idsAndNumbers.length; i += 2) {
            rows.put((String) idsAndNumbers[i], ((Number) idsAndNumbers[i + 1]).longValue());
        }
        return rows;
    }

    @ParameterizedTest
    @EnumSource
    void shouldHideADeletedRowAndShowItWhenPutAgainWhereTheRowIs(Place place) {
        try (Placed placed = new Placed(directory, place, engine -> {
            engine.createTable("t", Rows.SCHEMA);
            put(engine, 1, "a", "b", "c");
        })) {
            Engine engine = placed.engine();
            Rows.deleteNow(engine, placed.table("t"), "b");
            assertRows(engine, rows("a", 1, "c", 1), "b");
            Rows.deleteNow(engine, placed.table("t"), "absent");
            assertRows(engine, rows("a", 1, "c", 1), "b", "absent");
            put(engine, 2, "b");
            assertRows(engine, rows("a", 1, "b", 2, "c", 1), "absent");
            Rows.deleteNow(engine, placed.table("t"), "b");
            placed.flushAll();
            assertRows(engine, rows("a", 1, "c", 1), "b", "absent");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNeverLetOlderRowsThroughATombstoneThatIs(Place place) {
        try (Placed placed = new Placed(directory, place, engine -> {
            Table table = engine.createTable("t", Rows.SCHEMA);
            put(engine, 1, "a", "b", "c", "d");
            engine.flush();
            put(engine, 2, "a", "b");
            engine.flush();
            Rows.deleteNow(engine, table, "a");
            Rows.deleteNow(engine, table, "c");
            put(engine, 3, "e");
        })) {
            Engine engine = placed.engine();
            assertRows(engine, rows("b", 2, "d", 1, "e", 3), "a", "c");
            put(engine, 4, "f");
            assertRows(engine, rows("b", 2, "d", 1, "e", 3, "f", 4), "a", "c");
            placed.flushAll();
            assertRows(engine, rows("b", 2, "d", 1, "e", 3, "f", 4), "a", "c");
            put(engine, 5, "c");
            assertRows(engine, rows("b", 2, "c", 5, "d", 1, "e", 3, "f", 4), "a");
        }
        try (Engine again = Engine.open(directory)) {
            assertRows(again, rows("b", 2, "c", 5, "d", 1, "e", 3, "f", 4), "a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotUseUpALimitOnDeadRowsWhereTheyAre(Place place) {
        NavigableMap<String, Long> live = new TreeMap<>();
        try (Placed placed = new Placed(directory, place, engine -> {
            engine.createTable("t", Rows.SCHEMA);
            for (int i = 10; i < 40; i++) {
                put(engine, 1, "k" + i);
                live.put("k" + i, 1L);
            }
            engine.flush();
            for (int i = 10; i < 40; i += 3) {
                Rows.deleteNow(engine, engine.table("t"), "k" + i);
                live.remove("k" + i);
                put(engine, 2, "k" + (i + 1));
                live.put("k" + (i + 1), 2L);
            }
        })) {
            List<Map.Entry<String, Long>> forward = List.copyOf(live.entrySet());
            List<Map.Entry<String, Long>> backward =
                    List.copyOf(live.descendingMap().entrySet());
            Table table = placed.table("t");
            for (int limit = 0; limit <= live.size() + 1; limit++) {
                int rows = Math.min(limit, live.size());
                assertEquals(forward.subList(0, rows), entries(table.scan().limit(limit)));
                assertEquals(
                        backward.subList(0, rows),
                        entries(table.scan().reverse().limit(limit)));
            }
            assertEquals(
                    forward.stream().filter(row -> row.getValue() == 1).limit(4).toList(),
                    entries(table.scan().filter(Filter.equal("n", 1)).limit(4)));
        }
    }

    /** Few rows of each batch pass, so the limit is reached after several. */
    @ParameterizedTest
    @EnumSource
    void shouldNotUseUpALimitOnRowsThatFailTheFilterWhereTheyAre(Place place) {
        int many = 30_000;
        try (Placed placed = new Placed(directory, place, engine -> {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                long last = 0;
                for (int i = 0; i < many; i++) {
                    last = Rows.put(writer, table, "k" + (many + i), i % 1_000);
                }
                writer.awaitVisible(last);
            }
        })) {
            List<Map.Entry<String, Long>> passing = new ArrayList<>();
            for (int i = 7; i < many; i += 1_000) {
                passing.add(Map.entry("k" + (many + i), 7L));
            }
            Filter filter = Filter.equal("n", 7);
            Table table = placed.table("t");
            for (int limit : new int[] {1, 5, 29, 30, 31}) {
                int rows = Math.min(limit, passing.size());
                assertEquals(
                        passing.subList(0, rows),
                        entries(table.scan().filter(filter).limit(limit)));
            }
            Collections.reverse(passing);
            assertEquals(
                    passing.subList(0, 29),
                    entries(table.scan().reverse().filter(filter).limit(29)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotFindAnOlderVersionByFilterWhenTheNewestThatFailsItIs(Place place) {
        try (Placed placed = new Placed(directory, place, engine -> {
            Table table = engine.createTable("t", Rows.SCHEMA);
            put(engine, 1, "a", "b", "c");
            engine.flush();
            put(engine, 2, "a");
            Rows.deleteNow(engine, table, "b");
        })) {
            Table table = placed.table("t");
            assertEquals(rows("c", 1), Rows.scan(table.scan().filter(Filter.equal("n", 1))));
            assertEquals(rows("a", 2), Rows.scan(table.scan().filter(Filter.equal("n", 2))));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnEveryRowOfATableWithoutKeyInTheOrderOfWriting(Place place) {
        List<String> written = new ArrayList<>();
        try (Placed placed = new Placed(directory, place, engine -> {
            Table log = engine.createTable("log", Rows.KEYLESS);
            for (int i = 0; i < 60; i++) {
                Rows.putNow(engine, log, "x" + i % 3, i % 2);
                written.add("x" + i % 3 + "=" + i % 2);
                if (i == 20 || i == 40) {
                    engine.flush();
                }
            }
        })) {
            Table log = placed.table("log");
            assertEquals(written, texts(log.scan()));
            assertEquals(60, log.count());
            List<String> reversed = new ArrayList<>(written);
            Collections.reverse(reversed);
            assertEquals(reversed, texts(log.scan().reverse()));
            assertEquals(written.subList(0, 25), texts(log.scan().limit(25)));
            placed.flushAll();
            assertEquals(written, texts(log.scan()));
        }
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(written, texts(reader.table("log").scan()));
        }
    }

    private static List<String> texts(ScanBuilder scan) {
        List<String> texts = new ArrayList<>();
        try (Scan open = scan.open()) {
            while (open.next()) {
                VarCharVector ids = (VarCharVector) open.batch().getVector("id");
                BigIntVector numbers = (BigIntVector) open.batch().getVector("n");
                for (int i = 0; i < open.batch().getRowCount(); i++) {
                    texts.add(ids.getObject(i) + "=" + numbers.get(i));
                }
            }
        }
        return texts;
    }

    @ParameterizedTest
    @EnumSource
    void shouldGetWhatTheScanReturnsOverHitsAndMisses(Place place) {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        try (Placed placed = new Placed(directory, place, engine -> {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                for (int layer = 0; layer < 3; layer++) {
                    long last = 0;
                    for (int i = 0; i < 600; i++) {
                        String id = "k" + random.nextInt(1_000);
                        last = random.nextInt(4) == 0 ? writer.delete(table, id) : Rows.put(writer, table, id, i);
                    }
                    writer.awaitVisible(last);
                    if (layer < 2) {
                        engine.flush();
                    }
                }
            }
        })) {
            Table table = placed.table("t");
            Map<String, Long> scanned = Rows.scan(table);
            assertTrue(scanned.size() > 300, "rows: " + scanned.size());
            for (int i = 0; i < 1_000; i++) {
                assertEquals(scanned.get("k" + i), Rows.get(table, "k" + i), "k" + i + ", seed=" + seed);
            }
        }
    }
}
