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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurabilityTest {
    private static final EngineSettings POWER = EngineSettings.defaults().withDurability(Durability.POWER);

    @TempDir
    Path directory;

    private final Env env = Env.system();

    @Test
    void shouldShareOneForceAmongManyWriters() throws Exception {
        int writers = 16;
        AtomicInteger forces = new AtomicInteger();
        try (Engine engine = Engine.open(directory, POWER, env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Gate gate = new Gate();
            env.failPoints().arm(FailPoint.WAL_BEFORE_FORCE, () -> {
                if (forces.incrementAndGet() == 1) {
                    gate.run();
                }
            });
            try (Writer writer = engine.writer()) {
                CompletableFuture<Long> first =
                        writer.whenDurable(Rows.put(writer, table, "first", 0)).toCompletableFuture();
                gate.awaitReached();
                assertFalse(first.isDone());
                CountDownLatch visible = new CountDownLatch(writers);
                List<CompletableFuture<Void>> all = new ArrayList<>();
                ExecutorService threads = Executors.newFixedThreadPool(writers);
                for (int i = 0; i < writers; i++) {
                    String id = "k" + i;
                    boolean blocks = i % 2 == 0;
                    all.add(CompletableFuture.runAsync(() -> putDurably(engine, table, id, blocks, visible), threads));
                }
                visible.await();
                gate.open();
                first.join();
                all.forEach(CompletableFuture::join);
                threads.shutdown();
                assertEquals(2, forces.get(), "one for the first row, one for those that came meanwhile");
            }
            assertEquals(writers + 1, table.count());
        }
        assertEquals(2, forces.get(), "nothing was left to force at close");
    }

    /** Half of the callers wait, half have themselves be told. */
    private static void putDurably(Engine engine, Table table, String id, boolean blocks, CountDownLatch visible) {
        try (Writer writer = engine.writer()) {
            long sequence = Rows.put(writer, table, id, 1);
            writer.awaitVisible(sequence);
            visible.countDown();
            if (blocks) {
                writer.awaitDurable(sequence);
            } else {
                assertEquals(
                        sequence,
                        writer.whenDurable(sequence).toCompletableFuture().join());
            }
        }
    }

    @Test
    void shouldSatisfyADurableWaitAfterASealOnlyByTheNewSegmentsForce() {
        try (Engine engine = Engine.open(directory, POWER.withGenerationRows(1), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Gate flushes = new Gate();
            env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, flushes);
            try (Writer writer = engine.writer()) {
                writer.awaitDurable(Rows.put(writer, table, "a", 1));
                Gate force = new Gate();
                env.failPoints().arm(FailPoint.WAL_BEFORE_FORCE, force);
                long sequence = Rows.put(writer, table, "b", 2);
                CompletableFuture<Long> durable = writer.whenDurable(sequence).toCompletableFuture();
                force.awaitReached();
                assertFalse(durable.isDone());
                assertTrue(engine.stats().durableSequence() < sequence);
                env.failPoints().disarm(FailPoint.WAL_BEFORE_FORCE);
                force.open();
                assertEquals(sequence, durable.join());
            }
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
            flushes.open();
        }
    }

    /** Here the sealed segment is unforced too: its force comes first and says nothing of the row behind the seal. */
    @Test
    void shouldNotSatisfyADurableWaitAfterASealByTheForceOfTheSealedSegment() {
        Gate flushes = new Gate();
        Gate second = new Gate();
        AtomicInteger forces = new AtomicInteger();
        try (Engine engine = Engine.open(directory, POWER.withGenerationRows(2), env);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, flushes);
            env.failPoints().arm(FailPoint.WAL_BEFORE_FORCE, () -> {
                if (forces.incrementAndGet() == 2) {
                    second.run();
                }
            });
            Rows.put(writer, table, "a", 1);
            long sealed = Rows.put(writer, table, "b", 2);
            writer.awaitVisible(sealed);
            flushes.awaitReached();
            long sequence = Rows.put(writer, table, "c", 3);
            writer.awaitVisible(sequence);
            assertEquals(2, engine.stats().activeGeneration());
            assertTrue(engine.stats().durableSequence() < sealed, "forced though nobody waits");
            CompletableFuture<Long> durable = writer.whenDurable(sequence).toCompletableFuture();
            second.awaitReached();
            assertFalse(durable.isDone());
            assertTrue(engine.stats().durableSequence() < sequence);
            second.open();
            assertEquals(sequence, durable.join());
            assertEquals(2, forces.get());
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
            flushes.open();
        }
    }

    @Test
    void shouldPoisonOnAFailedForceAndNeverRetryIt() {
        AtomicInteger forces = new AtomicInteger();
        Engine engine = Engine.open(directory, POWER, env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        env.failPoints().arm(FailPoint.WAL_BEFORE_FORCE, () -> {
            forces.incrementAndGet();
            throw new StorageException(Kind.FATAL, "injected: force failed");
        });
        try (Writer writer = engine.writer()) {
            long sequence = Rows.put(writer, table, "a", 1);
            StorageException failed = assertThrows(StorageException.class, () -> writer.awaitDurable(sequence));
            assertEquals("injected: force failed", failed.getMessage());
            assertThrows(StorageException.class, () -> Rows.put(writer, table, "b", 2));
            assertThrows(StorageException.class, () -> writer.awaitDurable(sequence));
        }
        assertEquals(1, forces.get());
        assertEquals(Health.State.POISONED, engine.health().state());
        StorageException first = assertThrows(StorageException.class, engine::close);
        assertEquals("injected: force failed", first.getMessage());
        env.failPoints().disarm(FailPoint.WAL_BEFORE_FORCE);
        try (Engine again = Engine.open(directory)) {
            assertEquals(1L, Rows.get(again.table("t"), "a"));
        }
    }

    @Test
    void shouldEndWaitersAndHideRowsWhenTheWriteLoopFails() {
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        Rows.putNow(engine, table, "a", 1);
        env.failPoints().arm(FailPoint.APPLIED_BEFORE_PUBLISH, () -> {
            throw new AssertionError("injected");
        });
        try (Writer writer = engine.writer()) {
            long sequence = Rows.put(writer, table, "b", 2);
            StorageException failed = assertThrows(StorageException.class, () -> writer.awaitVisible(sequence));
            assertEquals(Kind.FATAL, failed.kind());
            assertTrue(failed.getMessage().contains("injected"), failed::getMessage);
            assertEquals(Map.of("a", 1L), Rows.scan(table), "a failed append is visible");
            assertThrows(StorageException.class, () -> Rows.put(writer, table, "c", 3));
            assertThrows(StorageException.class, engine::flush);
        }
        assertThrows(StorageException.class, engine::close);
    }
}
