package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.ManifestSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadDuringFlushTest {
    /** Rows for many batches of a scan. */
    private static final int MANY = 50_000;

    @TempDir
    Path directory;

    private final Env env = Env.system();

    @ParameterizedTest
    @EnumSource(
            names = {
                "SEAL_BEFORE_ROLL",
                "SEAL_AFTER_ROLL",
                "FLUSH_BEFORE_INTENT",
                "FLUSH_AFTER_INTENT",
                "SEGMENT_HALF_WRITTEN",
                "SEGMENT_BEFORE_SIDECAR",
                "FLUSH_BEFORE_COMMIT",
                "COMMIT_BEFORE_CREATE",
                "CREATE_BEFORE_LINK",
                "CREATE_AFTER_LINK",
                "COMMIT_AFTER_CREATE",
                "CHECKPOINT_BEFORE_CREATE",
                "CHECKPOINT_AFTER_CREATE",
                "FLUSH_AFTER_COMMIT",
                "FLUSH_BEFORE_DROP",
                "FLUSH_BEFORE_TRUNCATE",
                "TRUNCATE_AFTER_DELETE"
            })
    void shouldKeepEveryRowOnceInEveryReadWhileFlushIsParkedAt(FailPoint point) {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Table keyless = engine.createTable("log", Rows.KEYLESS);
            Rows.putNow(engine, table, "a", 1);
            Rows.putNow(engine, table, "b", 1);
            engine.flush();
            Rows.putNow(engine, table, "b", 2);
            Rows.putNow(engine, table, "c", 2);
            Rows.deleteNow(engine, table, "a");
            Rows.putNow(engine, keyless, "x", 1);
            Map<String, Long> expected = Map.of("b", 2L, "c", 2L);
            if (point.name().startsWith("CHECKPOINT_")) {
                approachCheckpoint(engine);
            }
            try (View before = engine.view()) {
                Gate gate = new Gate();
                env.failPoints().arm(point, gate);
                CompletableFuture<Long> flush = CompletableFuture.supplyAsync(engine::flush);
                gate.awaitReached();
                assertReads(engine, expected);
                env.failPoints().disarm(point);
                gate.open();
                flush.join();
                assertEquals(0, engine.stats().sealedGenerations());
                assertReads(engine, expected);
                Rows.putNow(engine, table, "b", 3);
                Rows.putNow(engine, keyless, "y", 1);
                engine.flush();
                assertEquals(expected, Rows.scan(before.scan(table)));
                assertEquals(2, before.count(table));
                assertEquals(2L, before.get(table, "b").map(Rows::number).orElse(null));
                assertEquals(Map.of("x", 1L), Rows.scan(before.scan(keyless)));
            }
            Rows.deleteNow(engine, table, "b");
            assertEquals(Map.of("c", 2L), Rows.scan(table));
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "FLUSH_BEFORE_INTENT",
                "SEGMENT_HALF_WRITTEN",
                "FLUSH_BEFORE_COMMIT",
                "COMMIT_AFTER_CREATE",
                "FLUSH_AFTER_COMMIT",
                "FLUSH_BEFORE_DROP",
                "FLUSH_BEFORE_TRUNCATE"
            })
    void shouldLetTheActiveValueWinWhileTheFlushOfAnOlderOneIsParkedAt(FailPoint point) {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Table keyless = engine.createTable("log", Rows.KEYLESS);
            Rows.putNow(engine, keyless, "x", 1);
            for (String id : List.of("a", "b", "c")) {
                Rows.putNow(engine, table, id, 1);
            }
            Gate gate = new Gate();
            env.failPoints().arm(point, gate);
            CompletableFuture<Long> flush = CompletableFuture.supplyAsync(engine::flush);
            gate.awaitReached();
            Rows.deleteNow(engine, table, "a");
            Rows.putNow(engine, table, "b", 2);
            Rows.putNow(engine, table, "c", 2);
            assertReads(engine, Map.of("b", 2L, "c", 2L));
            env.failPoints().disarm(point);
            gate.open();
            flush.join();
            assertReads(engine, Map.of("b", 2L, "c", 2L));
        }
    }

    @Test
    void shouldGoOnWithAHalfReadScanWhileItsRowsAreRewrittenFlushedAndDropped() {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Map<String, Long> expected = new TreeMap<>();
            for (int layer = 0; layer < 3; layer++) {
                putMany(engine, table, layer);
                if (layer == 0) {
                    engine.flush();
                }
            }
            for (int i = 0; i < MANY; i++) {
                expected.put(key(i), 2L);
            }
            Map<String, Long> rows = new TreeMap<>();
            int batches = 0;
            try (View view = engine.view();
                    Scan scan = view.scan(table).open()) {
                while (scan.next()) {
                    Rows.addTo(rows, scan.batch());
                    if (batches++ < 3) {
                        putMany(engine, table, 3);
                        engine.flush();
                        Rows.deleteNow(engine, table, key(MANY - 1));
                        assertEquals(0, engine.stats().sealedGenerations());
                    }
                }
            }
            assertTrue(batches > 3, "batches: " + batches);
            assertEquals(expected, rows);
        }
    }

    private static void putMany(Engine engine, Table table, long n) {
        try (Writer writer = engine.writer()) {
            long last = 0;
            for (int i = 0; i < MANY; i++) {
                last = Rows.put(writer, table, key(i), n);
            }
            writer.awaitVisible(last);
        }
    }

    private static String key(int i) {
        return "key " + (100_000 + i);
    }

    /** Makes versions until the next one is followed by a checkpoint. */
    private static void approachCheckpoint(Engine engine) {
        int every = ManifestSettings.defaults(0).checkpointEvery();
        for (int i = 0; (engine.stats().manifestVersion() + 1) % every != 0; i++) {
            engine.createTable("other" + i, Rows.SCHEMA);
        }
    }

    /** By every kind of read, from inside and from beside: a, b and c of "t", x of "log". */
    private static void assertReads(Engine engine, Map<String, Long> expected) {
        assertTables(engine, expected);
        try (Engine reader = Engine.openReadOnly(engine.directory())) {
            assertTables(reader, expected);
            reader.refresh();
            assertTables(reader, expected);
        }
    }

    private static void assertTables(Engine engine, Map<String, Long> expected) {
        Table table = engine.table("t");
        assertEquals(List.of("b", "c"), List.copyOf(Rows.scan(table).keySet()));
        assertEquals(expected, Rows.scan(table));
        assertEquals(
                List.of("c", "b"), List.copyOf(Rows.scan(table.scan().reverse()).keySet()));
        assertEquals(expected, Rows.scan(table.scan().reverse()));
        assertEquals(expected, Rows.scan(table.scan().filter(Filter.equal("n", 2))));
        assertEquals(Map.of(), Rows.scan(table.scan().filter(Filter.equal("n", 1))), "a shadowed row passed");
        assertEquals(Map.of("b", 2L), Rows.scan(table.scan().limit(1)));
        assertEquals(expected.size(), table.count());
        for (String id : List.of("a", "b", "c")) {
            Long found = expected.get(id);
            assertEquals(found, Rows.get(table, id));
            assertEquals(found, Rows.scan(table.scan().prefix(id)).get(id));
            assertEquals(found, Rows.scan(table.scan().from(id).to(id + "\0")).get(id));
        }
        Table keyless = engine.table("log");
        assertEquals(Map.of("x", 1L), Rows.scan(keyless), "a row without key is doubled or lost");
        assertEquals(Map.of("x", 1L), Rows.scan(keyless.scan().reverse()));
        assertEquals(1, keyless.count());
    }

    @Test
    void shouldLetTheNewestGenerationWinOverAllPlaces() {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            putAll(engine, table, 0, 1, 2, 3, 4, 5);
            engine.flush();
            putAll(engine, table, 1, 3, 4);
            engine.flush();
            putAll(engine, table, 2, 4, 5, 6);
            engine.flush();
            Gate gate = new Gate();
            env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
            putAll(engine, table, 3, 6, 7);
            CompletableFuture<Long> flush = CompletableFuture.supplyAsync(engine::flush);
            gate.awaitReached();
            putAll(engine, table, 4, 7, 8);
            Map<String, Long> expected =
                    Map.of("k1", 0L, "k2", 0L, "k3", 1L, "k4", 2L, "k5", 2L, "k6", 3L, "k7", 4L, "k8", 4L);
            assertWinners(table, expected);
            try (Engine reader = Engine.openReadOnly(directory)) {
                assertWinners(reader.table("t"), expected);
            }
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
            gate.open();
            flush.join();
            assertWinners(table, expected);
            engine.flush();
            assertWinners(table, expected);
        }
    }

    private static void assertWinners(Table table, Map<String, Long> expected) {
        List<String> keys = List.of("k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8");
        List<String> reversed = new ArrayList<>(keys);
        Collections.reverse(reversed);
        assertEquals(expected, Rows.scan(table));
        assertEquals(keys, List.copyOf(Rows.scan(table).keySet()));
        assertEquals(expected, Rows.scan(table.scan().reverse()));
        assertEquals(reversed, List.copyOf(Rows.scan(table.scan().reverse()).keySet()));
        assertEquals(8, table.count());
        expected.forEach((id, n) -> assertEquals(n, Rows.get(table, id)));
        assertNull(Rows.get(table, "k9"));
    }

    private static void putAll(Engine engine, Table table, long n, int... keys) {
        for (int key : keys) {
            Rows.putNow(engine, table, "k" + key, n);
        }
    }

    @Test
    void shouldKeepRowsReadableWhenAFlushFailsAndUseANewNameForTheRetry() {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            AtomicInteger failures = new AtomicInteger();
            env.failPoints().arm(FailPoint.SEGMENT_BEFORE_SIDECAR, () -> {
                if (failures.incrementAndGet() <= 2) {
                    throw new StorageException(Kind.FATAL, "injected: attempt=" + failures.get());
                }
                assertEquals(Map.of("a", 1L), Rows.scan(table));
            });
            engine.flush();
            assertEquals(3, failures.get());
            assertEquals(Map.of("a", 1L), Rows.scan(table));
            assertEquals(1, engine.stats().segmentFiles());
            assertEquals(2, env.storage().list(directory.resolve("segments")).size(), "leftovers of failed attempts");
        }
    }

    @Test
    void shouldPoisonAfterTooManyFailuresAndComeBackAtReopen() {
        Engine engine = Engine.open(directory, EngineSettings.defaults().withFlushAttemptsMax(2), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        Rows.putNow(engine, table, "a", 1);
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_COMMIT, () -> {
            throw new StorageException(Kind.FATAL, "injected");
        });
        StorageException failed = assertThrows(StorageException.class, engine::flush);
        assertEquals(Kind.FATAL, failed.kind());
        assertEquals(Map.of("a", 1L), Rows.scan(table), "readable after the poison");
        assertEquals(Health.State.POISONED, engine.health().state());
        StorageException refused = assertThrows(StorageException.class, () -> Rows.putNow(engine, table, "b", 2));
        assertEquals(failed.getMessage(), refused.getMessage());
        assertThrows(StorageException.class, engine::close);
        env.failPoints().disarm(FailPoint.FLUSH_BEFORE_COMMIT);
        try (Engine again = Engine.open(directory)) {
            again.flush();
            assertEquals(Map.of("a", 1L), Rows.scan(again.table("t")));
        }
    }

    @Test
    void shouldNotCommitTheNextGenerationBeforeTheOneThatFails() {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(1), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Gate gate = new Gate();
            env.failPoints().arm(FailPoint.FLUSH_BEFORE_COMMIT, gate);
            for (int i = 0; i < 5; i++) {
                Rows.putNow(engine, table, "k" + i, i);
            }
            gate.awaitReached();
            assertEquals(0, engine.stats().flushedGeneration());
            // A row is acknowledged before its generation is sealed, so the last seal may be under way.
            assertTrue(engine.stats().sealedGenerations() >= 4, () -> engine.stats()
                    .toString());
            assertEquals(5, Rows.scan(table).size());
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_COMMIT);
            gate.open();
            engine.flush();
            assertEquals(5, engine.stats().flushedGeneration());
            assertEquals(5, Rows.scan(table).size());
        }
    }
}
