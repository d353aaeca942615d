package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackPressureTest {
    private static final EngineSettings SMALL =
            EngineSettings.defaults().withGenerationBytes(256 << 10).withMemoryBytes(1 << 20);

    @TempDir
    Path directory;

    private final Env env = Env.system();

    @Test
    void shouldRefuseWithBusyWhenMemoryStaysFullAndGoOnAfter() {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        try (Engine engine = Engine.open(directory, SMALL.withStallTimeout(Duration.ofMillis(200)), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            long[] written = {0};
            StorageException busy = assertThrows(StorageException.class, () -> {
                for (; written[0] < 1_000_000; written[0]++) {
                    Rows.putNow(engine, table, "some key of a certain length " + written[0], written[0]);
                }
            });
            assertEquals(Kind.BUSY, busy.kind(), busy::getMessage);
            assertTrue(engine.stats().memoryBytes() >= 1 << 20, () -> engine.stats()
                    .toString());
            assertEquals(1, engine.stats().stalls());
            assertEquals(written[0], table.count());
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
            gate.open();
            engine.flush();
            Rows.putNow(engine, table, "after", 1);
            assertEquals(written[0] + 1, table.count());
        }
    }

    @Test
    void shouldHoldWritersBackUntilAFlushMakesRoomAndCountTheWait() throws Exception {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        int writers = 3;
        int rowsEach = 20_000;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try (Engine engine = Engine.open(directory, SMALL, env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                String prefix = "writer " + i + " row ";
                all.add(CompletableFuture.runAsync(() -> putMany(engine, table, prefix, rowsEach), threads));
            }
            while (!engine.stats().stalled()) {
                Thread.onSpinWait();
            }
            EngineStats full = engine.stats();
            assertTrue(full.memoryBytes() >= full.memoryBudgetBytes(), full::toString);
            assertEquals(1, full.stalls(), full::toString);
            assertTrue(all.stream().anyMatch(writer -> !writer.isDone()), "more rows than the budget holds");
            gate.open();
            all.forEach(CompletableFuture::join);
            assertEquals((long) writers * rowsEach, table.count());
            EngineStats after = engine.stats();
            assertFalse(after.stalled());
            assertTrue(after.stalls() >= 1 && after.stalledNs() >= full.stalledNs(), after::toString);
        }
        threads.shutdown();
    }

    private static void putMany(Engine engine, Table table, String prefix, int rows) {
        try (Writer writer = engine.writer()) {
            long last = 0;
            for (int i = 0; i < rows; i++) {
                last = Rows.put(writer, table, prefix + i, i);
            }
            writer.awaitVisible(last);
        }
    }

    /** So small a budget has each batch sealed at once: the active generation is always empty, and is no reason to go on. */
    @Test
    void shouldHoldWritersBackWhenSealedGenerationsAloneFillTheBudget() {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        EngineSettings tiny = SMALL.withMemoryBytes(1).withStallTimeout(Duration.ofMillis(200));
        try (Engine engine = Engine.open(directory, tiny, env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            long[] written = {0};
            StorageException busy = assertThrows(StorageException.class, () -> {
                for (; written[0] < 100; written[0]++) {
                    Rows.putNow(engine, table, "k" + written[0], written[0]);
                }
            });
            assertEquals(Kind.BUSY, busy.kind(), busy::getMessage);
            // The second may be on its way before the first one is sealed.
            assertTrue(written[0] <= 2, () -> "written=" + written[0]);
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
            gate.open();
            engine.flush();
            Rows.putNow(engine, table, "after", 1);
            assertEquals(written[0] + 1, table.count());
        }
    }

    /** A batch on its way takes up the whole budget, and no generation has a row: a wait would free nothing. */
    @Test
    void shouldLetWritersThroughWhileThereIsNothingToFree() {
        Gate drop = new Gate();
        Gate append = new Gate();
        try (Engine engine = Engine.open(directory, SMALL.withStallTimeout(Duration.ofMillis(200)), env);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", LargeRows.SCHEMA);
            writer.awaitVisible(putLarge(writer, table, "flushed", 1));
            env.failPoints().arm(FailPoint.FLUSH_BEFORE_DROP, drop);
            CompletableFuture<Long> flush = CompletableFuture.supplyAsync(engine::flush);
            drop.awaitReached();
            env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, append);
            putLarge(writer, table, "on its way", 2 << 20);
            append.awaitReached();
            drop.open();
            flush.join();
            EngineStats full = engine.stats();
            assertTrue(full.memoryBytes() >= full.memoryBudgetBytes(), full::toString);
            long last = putLarge(writer, table, "let through", 1);
            append.open();
            writer.awaitVisible(last);
            assertEquals(0, engine.stats().stalls());
            assertEquals(3, table.count());
        }
    }

    private static long putLarge(Writer writer, Table table, String id, int bytes) {
        byte[] value = LargeRows.value(bytes);
        return writer.put(table, row -> row.set("id", id).set("value", value));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_000, 100_000, 1 << 20})
    void shouldNotDeadlockWithABudgetOf(long memoryBytes) {
        try (Engine engine = Engine.open(directory, SMALL.withMemoryBytes(memoryBytes))) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            int rows = memoryBytes < 1_000_000 ? 300 : 50_000;
            try (Writer writer = engine.writer()) {
                long last = 0;
                for (int i = 0; i < rows; i++) {
                    last = Rows.put(writer, table, "k" + i, i);
                }
                writer.awaitVisible(last);
            }
            assertEquals(rows, table.count());
        }
    }
}
