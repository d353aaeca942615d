package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
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

    @Test
    void shouldSealAtTheSizeLimit() {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationBytes(1 << 20), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                long last = 0;
                for (int i = 0; i < 100_000; i++) {
                    last = Rows.put(writer, table, "some key of a certain length " + i, i);
                }
                writer.awaitVisible(last);
            }
            assertTrue(
                    engine.stats().activeGeneration() > 3, () -> engine.stats().toString());
            assertEquals(100_000, table.count());
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
}
