package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AcknowledgedRowsAreReadAtOnceTest {
    @TempDir
    Path directory;

    @Test
    void shouldReturnEveryRowThatWasPut() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Map<String, Long> model = new HashMap<>();
            long last = 0;
            try (Writer writer = engine.writer()) {
                for (int i = 0; i < 10_000; i++) {
                    last = Rows.put(writer, table, "k" + i, i);
                    model.put("k" + i, (long) i);
                }
                writer.awaitVisible(last);
            }
            assertEquals(model, Rows.scan(table));
            assertEquals(model.size(), table.count());
        }
    }

    @Test
    void shouldShowARowToScanGetAndCountOnceItIsVisible() {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(300))) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                for (int i = 0; i < 2_000; i++) {
                    String id = "k" + i;
                    writer.awaitVisible(Rows.put(writer, table, id, i));
                    assertEquals(i, Rows.get(table, id));
                    assertEquals(i + 1, table.count());
                    assertEquals((long) i, Rows.scan(table.scan().prefix(id)).get(id));
                }
            }
        }
    }

    @Test
    void shouldShowAcknowledgedRowsToAReaderThatOpensOrRefreshesAfter() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            try (Engine reader = Engine.openReadOnly(directory)) {
                assertEquals(Map.of("a", 1L), Rows.scan(reader.table("t")));
                Rows.putNow(engine, table, "b", 2);
                assertEquals(Map.of("a", 1L), Rows.scan(reader.table("t")));
                reader.refresh();
                assertEquals(Map.of("a", 1L, "b", 2L), Rows.scan(reader.table("t")));
                engine.flush();
                Rows.putNow(engine, table, "a", 3);
                reader.refresh();
                assertEquals(Map.of("a", 3L, "b", 2L), Rows.scan(reader.table("t")));
            }
        }
    }

    @Test
    void shouldRefuseBadRowsBeforeAnyEffectAndStayUsable() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                assertInvalid(() -> writer.write(writer.batch()));
                assertInvalid(() -> writer.put(table, row -> row.set("n", 1L)));
                assertInvalid(() -> writer.put(table, row -> row.set("id", "a").set("n", "text")));
                assertInvalid(() -> writer.put(table, row -> row.setNull("id").set("n", 1L)));
                assertInvalid(() -> writer.put(table, row -> row.set("id", "a").set("absent", 1L)));
                assertInvalid(() -> writer.put(table, row -> row.set("id", "x".repeat(1 << 20))));
                assertInvalid(() -> writer.delete(table, 7L));
                assertEquals(0, table.count());
                long sequence = Rows.put(writer, table, "a", 1);
                writer.awaitVisible(sequence);
                assertEquals(1L, Rows.get(table, "a"));
                List<Inspection.WalFrame> frames = new ArrayList<>();
                Inspection.walFrames(directory, frames::add);
                assertEquals(
                        List.of("1 row from " + sequence + " to " + sequence),
                        frames.stream()
                                .map(frame -> frame.rows() + " row from " + frame.firstSequence() + " to "
                                        + frame.lastSequence())
                                .toList(),
                        "a refused row or an empty batch is in the log");
            }
        }
    }

    @Test
    void shouldKeepTheGoodRowsOfABatchThatRefusedOne() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                WriteBatch batch = writer.batch();
                batch.put(table, row -> row.set("id", "a").set("n", 1L));
                assertInvalid(() -> batch.put(table, row -> row.set("id", "b").set("n", "text")));
                assertThrows(
                        IllegalStateException.class,
                        () -> batch.put(table, row -> {
                            row.set("id", "c");
                            throw new IllegalStateException("from the caller's code");
                        }));
                batch.put(table, row -> row.set("id", "d").set("n", 4L));
                writer.awaitVisible(writer.write(batch));
            }
            assertEquals(Map.of("a", 1L, "d", 4L), Rows.scan(table));
        }
    }

    @Test
    void shouldShowABatchOverTwoTablesWholeOrNotAtAll() throws Exception {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(500))) {
            Table left = engine.createTable("left", Rows.SCHEMA);
            Table right = engine.createTable("right", Rows.SCHEMA);
            AtomicBoolean done = new AtomicBoolean();
            ExecutorService readers = Executors.newFixedThreadPool(2);
            Future<Long> reads = readers.submit(() -> readBothUntil(done, engine, left, right));
            try (Writer writer = engine.writer()) {
                long last = 0;
                WriteBatch batch = writer.batch();
                for (long i = 1; i <= 3_000; i++) {
                    long n = i;
                    batch.clear();
                    for (int k = 0; k < 3; k++) {
                        String id = "k" + k;
                        batch.put(left, row -> row.set("id", id).set("n", n));
                        batch.put(right, row -> row.set("id", id).set("n", n));
                    }
                    last = writer.write(batch);
                }
                writer.awaitVisible(last);
            }
            done.set(true);
            assertTrue(reads.get() > 0);
            readers.shutdown();
            assertEquals(Map.of("k0", 3_000L, "k1", 3_000L, "k2", 3_000L), Rows.scan(left));
        }
    }

    @Test
    void shouldShowNothingOfABatchThatIsInMemoryInPart() {
        Env env = Env.system();
        Gate gate = new Gate();
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
                Writer writer = engine.writer()) {
            Table left = engine.createTable("left", Rows.SCHEMA);
            Table right = engine.createTable("right", Rows.SCHEMA);
            Rows.putNow(engine, left, "k0", 0);
            Rows.putNow(engine, right, "k0", 0);
            WriteBatch batch = writer.batch();
            for (long k = 0; k < 3; k++) {
                String id = "k" + k;
                batch.put(left, row -> row.set("id", id).set("n", 1L));
                batch.put(right, row -> row.set("id", id).set("n", 1L));
            }
            env.failPoints().arm(FailPoint.APPLIED_BEFORE_PUBLISH, gate);
            long sequence = writer.write(batch);
            gate.awaitReached();
            for (Table table : List.of(left, right)) {
                assertEquals(Map.of("k0", 0L), Rows.scan(table));
                assertEquals(0L, Rows.get(table, "k0"));
                assertNull(Rows.get(table, "k1"));
                assertEquals(1, table.count());
            }
            try (View before = engine.view()) {
                gate.open();
                writer.awaitVisible(sequence);
                for (Table table : List.of(left, right)) {
                    assertEquals(Map.of("k0", 0L), Rows.scan(before.scan(table)), "a view changed");
                    assertEquals(Map.of("k0", 1L, "k1", 1L, "k2", 1L), Rows.scan(table));
                    assertEquals(3, table.count());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WAL_BEFORE_APPEND", "WAL_AFTER_APPEND", "APPLIED_BEFORE_PUBLISH", "PUBLISHED_BEFORE_ACK"})
    void shouldNotAcknowledgeWhileParkedAt(FailPoint point) {
        Env env = Env.system();
        Gate gate = new Gate();
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            long before = Rows.putNow(engine, table, "a", 1);
            env.failPoints().arm(point, gate);
            long sequence = Rows.put(writer, table, "b", 2);
            gate.awaitReached();
            assertEquals(before, engine.stats().acknowledgedSequence());
            assertFalse(writer.whenDurable(sequence).toCompletableFuture().isDone());
            assertEquals(point == FailPoint.PUBLISHED_BEFORE_ACK ? 2L : null, Rows.get(table, "b"));
            gate.open();
            writer.awaitVisible(sequence);
            assertEquals(2L, Rows.get(table, "b"));
        }
    }

    private static long readBothUntil(AtomicBoolean done, Engine engine, Table left, Table right) {
        long reads = 0;
        long newest = 0;
        while (!done.get()) {
            try (View view = engine.view()) {
                Map<String, Long> a = Rows.scan(view.scan(left));
                Map<String, Long> b = Rows.scan(view.scan(right));
                assertEquals(a, b);
                assertTrue(
                        a.isEmpty()
                                || (a.size() == 3
                                        && a.values().stream().distinct().count() == 1),
                        a::toString);
                long now = a.isEmpty() ? 0 : a.get("k0");
                assertTrue(now >= newest, "went back from " + newest + " to " + now);
                newest = now;
            }
            reads++;
        }
        return reads;
    }

    @Test
    void shouldDeleteAndBringBack() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.deleteNow(engine, table, "absent");
            Rows.putNow(engine, table, "a", 1);
            Rows.putNow(engine, table, "b", 2);
            Rows.deleteNow(engine, table, "a");
            assertNull(Rows.get(table, "a"));
            assertEquals(Map.of("b", 2L), Rows.scan(table));
            assertEquals(1, table.count());
            Rows.putNow(engine, table, "a", 3);
            assertEquals(3L, Rows.get(table, "a"));
        }
    }

    @Test
    void shouldHoldEachFileOnceHoweverOftenAViewIsRead() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            for (int i = 0; i < 3; i++) {
                Rows.putNow(engine, table, "a" + i, i);
                Rows.putNow(engine, table, "z" + i, i);
                engine.flush();
            }
            try (View view = engine.view()) {
                for (int i = 0; i < 1_000; i++) {
                    assertEquals(0L, view.get(table, "a0").orElseThrow().get("n"), "read again");
                    assertTrue(view.get(table, "b").isEmpty());
                }
                assertEquals(6, view.count(table));
                assertEquals(3, view.heldFiles());
            }
        }
    }

    private static void assertInvalid(Runnable call) {
        StorageException refused = assertThrows(StorageException.class, call::run);
        assertEquals(Kind.INVALID, refused.kind(), refused::getMessage);
    }
}
