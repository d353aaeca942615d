package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealTest {
    @TempDir
    Path directory;

    private final Env env = Env.system();

    @Test
    void shouldSealAtTheRowLimitAndTakeWritesAtOnce() {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(10), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            for (int i = 0; i < 25; i++) {
                Rows.putNow(engine, table, "k" + i, i);
            }
            gate.awaitReached();
            assertEquals(3, engine.stats().activeGeneration());
            assertEquals(2, engine.stats().sealedGenerations());
            assertEquals(25, table.count());
            gate.open();
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
        }
    }

    /** Of the memory: small rows take several times as much there as in the log. */
    @Test
    void shouldSealAtTheSizeLimit() {
        long limit = 1 << 20;
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationBytes(limit), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                long last = 0;
                for (int i = 0; i < 50_000; i++) {
                    last = Rows.put(writer, table, "some key of a certain length " + i, i);
                }
                writer.awaitVisible(last);
            }
            gate.awaitReached();
            EngineStats stats = engine.stats();
            assertTrue(stats.activeGeneration() > 3, stats::toString);
            // A group of batches more than the limit, and the chunks that it begins.
            assertTrue(stats.memoryBytes() < stats.activeGeneration() * (limit + limit / 2), stats::toString);
            assertTrue(stats.memoryBytes() > stats.sealedGenerations() * limit, stats::toString);
            assertEquals(50_000, table.count());
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
            gate.open();
        }
    }

    @Test
    void shouldSealAnIdleEngineByAge() throws InterruptedException {
        CountDownLatch dropped = new CountDownLatch(1);
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_DROP, dropped::countDown);
        EngineSettings settings = EngineSettings.defaults().withGenerationAge(Duration.ofMillis(50));
        try (Engine engine = Engine.open(directory, settings, env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            assertTrue(dropped.await(30, TimeUnit.SECONDS), "never sealed");
            engine.flush();
            assertEquals(1, engine.stats().flushedGeneration());
            assertEquals(Map.of("a", 1L), Rows.scan(table));
        }
    }

    @Test
    void shouldDoNothingForAnEmptyGeneration() {
        try (Engine engine = Engine.open(directory)) {
            engine.createTable("t", Rows.SCHEMA);
            long version = engine.flush();
            assertEquals(version, engine.flush());
            assertEquals(0, engine.stats().segmentFiles());
            assertEquals(0, engine.stats().flushedGeneration());
        }
    }

    @Test
    void shouldFlushAGenerationOfTombstonesOnly() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            Rows.putNow(engine, table, "b", 1);
            engine.flush();
            Rows.deleteNow(engine, table, "a");
            engine.flush();
            assertEquals(2, engine.stats().segmentFiles());
            assertEquals(Map.of("b", 1L), Rows.scan(table));
            assertEquals(1, table.count());
        }
        try (Engine engine = Engine.openReadOnly(directory)) {
            assertEquals(Map.of("b", 1L), Rows.scan(engine.table("t")));
        }
    }

    @Test
    void shouldKeepUnsealedRowsOfACloseInTheLog() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                for (int i = 0; i < 1_000; i++) {
                    Rows.put(writer, table, "k" + i, i);
                }
            }
        }
        try (Engine engine = Engine.openReadOnly(directory)) {
            assertEquals(1_000, engine.table("t").count());
            assertEquals(0, engine.stats().segmentFiles());
        }
    }

    @Test
    void shouldReturnTheErrorOfTheForceThatACloseMakesAndKeepItsRows() {
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Rows.putNow(engine, engine.createTable("t", Rows.SCHEMA), "a", 1);
        env.failPoints().arm(FailPoint.WAL_BEFORE_FORCE, () -> {
            throw new StorageException(Kind.FATAL, "injected");
        });
        assertEquals(
                "injected", assertThrows(StorageException.class, engine::close).getMessage());
        try (Engine again = Engine.open(directory)) {
            assertEquals(Map.of("a", 1L), Rows.scan(again.table("t")));
        }
    }
}
