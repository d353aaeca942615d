package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.FaultStorage.Call;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Whoever waits, for ring space, memory or a mark, ends with the cause when the engine is poisoned, fenced or closed. */
class WaitersTest {
    private static final long WAIT_NS_MAX = 60_000_000_000L;
    private static final EngineSettings SHORT = EngineSettings.defaults().withStallTimeout(Duration.ofMillis(200));

    @TempDir
    Path directory;

    private final FaultyDisk disk = FaultyDisk.sound();
    private final Env env = disk.env();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private static void until(BooleanSupplier state, String what) {
        long startNs = System.nanoTime();
        while (!state.getAsBoolean()) {
            assertTrue(System.nanoTime() - startNs < WAIT_NS_MAX, "never so: " + what);
            LockSupport.parkNanos(100_000);
        }
    }

    private static StorageException failure(CompletableFuture<?> call) {
        return (StorageException)
                assertThrows(CompletionException.class, call::join).getCause();
    }

    private CompletableFuture<Void> writeForEver(Engine engine, AtomicLong written) {
        Table table = engine.table("t");
        return CompletableFuture.runAsync(() -> putForEver(engine, table, written), threads);
    }

    private static void putForEver(Engine engine, Table table, AtomicLong written) {
        try (Writer writer = engine.writer()) {
            while (true) {
                Rows.put(writer, table, "some key of a certain length " + written.get(), 1);
                written.incrementAndGet();
            }
        }
    }

    private void writeUntilTheDiskIsFull(Call call, Runnable write) {
        disk.storage().failAlways(call, Kind.DISK_FULL);
        StorageException full = assertThrows(StorageException.class, () -> {
            for (int i = 0; i < 1_000_000; i++) {
                write.run();
            }
        });
        assertEquals(Kind.DISK_FULL, full.kind(), full::getMessage);
    }

    /** Nobody hears FENCED from this engine yet: it stands still. Then it does, from whatever it is asked. */
    private void assertFencedBesideASuccessor(Engine old, Runnable goesOn, CompletableFuture<?>... waiting) {
        Takeover.takeLockAway(directory);
        try (Engine successor = Engine.open(directory)) {
            goesOn.run();
            until(() -> old.health().state() == Health.State.POISONED, "poisoned");
            for (CompletableFuture<?> waiter : waiting) {
                assertEquals(Kind.FENCED, failure(waiter).kind());
            }
            Table table = old.table("t");
            assertFenced(() -> Rows.putNow(old, table, "late", 1));
            assertFenced(old::flush);
            assertFenced(old::close);
            assertNull(Rows.get(successor.table("t"), "late"));
            Rows.putNow(successor, successor.table("t"), "after", 1);
            successor.flush();
            assertEquals(1L, Rows.get(successor.table("t"), "after"));
        }
    }

    private static void assertFenced(Executable call) {
        assertEquals(Kind.FENCED, assertThrows(StorageException.class, call).kind());
    }

    @Test
    void shouldEndWhoWaitsForALogWithoutRoomWhenFenced() {
        Engine old = Engine.open(directory, SHORT.withDurability(Durability.POWER), env);
        old.createTable("t", Rows.SCHEMA);
        Table large = old.createTable("large", LargeRows.SCHEMA);
        byte[] value = LargeRows.value(3 << 20); // the log reserves room for a few of them
        try (Writer writer = old.writer()) {
            long[] last = {0};
            writeUntilTheDiskIsFull(Call.ALLOCATE, () -> {
                last[0] = writer.put(large, row -> row.set("id", "k").set("value", value));
                writer.awaitVisible(last[0]);
            });
            CompletableFuture<Long> durable = writer.whenDurable(last[0]).toCompletableFuture();
            assertFalse(durable.isDone());
            assertFencedBesideASuccessor(old, () -> {}, durable);
        }
    }

    @Test
    void shouldEndAFlushWithoutRoomWhenFenced() {
        EngineSettings small = SHORT.withGenerationBytes(256 << 10).withMemoryBytes(1 << 20);
        Engine old = Engine.open(directory, small, env);
        Table table = old.createTable("t", Rows.SCHEMA);
        writeUntilTheDiskIsFull(Call.CREATE, () -> Rows.putNow(old, table, "some key of a certain length", 1));
        assertFencedBesideASuccessor(old, () -> {});
    }

    @Test
    void shouldEndAWriterThatWaitsForMemoryWhenFenced() {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        EngineSettings small =
                EngineSettings.defaults().withGenerationBytes(256 << 10).withMemoryBytes(1 << 20);
        Engine old = Engine.open(directory, small, env);
        old.createTable("t", Rows.SCHEMA);
        CompletableFuture<Void> writer = writeForEver(old, new AtomicLong());
        until(() -> old.stats().stalled(), "writer waits for memory");
        assertFencedBesideASuccessor(old, gate::open, writer);
    }

    @Test
    void shouldEndAWriterThatWaitsForARingSlotWhenFenced() {
        Engine old = Engine.open(directory, EngineSettings.defaults().withRing(2, 256), env);
        old.createTable("t", Rows.SCHEMA);
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, gate);
        AtomicLong written = new AtomicLong();
        CompletableFuture<Void> writer = writeForEver(old, written);
        gate.awaitReached();
        until(() -> written.get() == 2, "ring full");
        assertFencedBesideASuccessor(old, gate::open, writer);
        assertEquals(2, written.get());
    }

    @Test
    void shouldEndAWriterThatWaitsForMemoryWhenPoisoned() {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            gate.run();
            throw new StorageException(Kind.FATAL, "injected");
        });
        EngineSettings small = EngineSettings.defaults()
                .withGenerationBytes(256 << 10)
                .withMemoryBytes(1 << 20)
                .withFlushAttemptsMax(1);
        Engine engine = Engine.open(directory, small, env);
        engine.createTable("t", Rows.SCHEMA);
        CompletableFuture<Void> writer = writeForEver(engine, new AtomicLong());
        until(() -> engine.stats().stalled(), "writer waits for memory");
        gate.open();
        StorageException told = failure(writer);
        assertEquals(Kind.FATAL, told.kind());
        assertTrue(told.getMessage().contains("injected"), told::getMessage);
        assertThrows(StorageException.class, engine::close);
    }

    @Test
    void shouldEndAWriterThatWaitsForMemoryWhenClosed() {
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            throw new StorageException(Kind.DISK_FULL, "injected");
        });
        EngineSettings small =
                EngineSettings.defaults().withGenerationBytes(256 << 10).withMemoryBytes(1 << 20);
        Engine engine = Engine.open(directory, small, env);
        engine.createTable("t", Rows.SCHEMA);
        AtomicLong written = new AtomicLong();
        CompletableFuture<Void> writer = writeForEver(engine, written);
        until(() -> engine.stats().stalled(), "writer waits for memory");
        assertEquals(Health.State.DEGRADED, engine.health().state());
        engine.close();
        assertEquals(Kind.CLOSED, failure(writer).kind());
        try (Engine again = Engine.open(directory)) {
            assertEquals(written.get(), again.table("t").count());
        }
    }

    @Test
    void shouldEndAWriterThatWaitsForARingSlotWhenPoisoned() {
        Engine engine = Engine.open(directory, EngineSettings.defaults().withRing(2, 256), env);
        engine.createTable("t", Rows.SCHEMA);
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, () -> {
            gate.run();
            throw new StorageException(Kind.FATAL, "injected");
        });
        AtomicLong written = new AtomicLong();
        CompletableFuture<Void> writer = writeForEver(engine, written);
        gate.awaitReached();
        until(() -> written.get() == 2, "ring full");
        gate.open();
        assertEquals("injected", failure(writer).getMessage());
        assertEquals(2, written.get());
        assertThrows(StorageException.class, engine::close);
    }

    @Test
    void shouldEndThoseWhoWaitForAMarkWhenPoisonedUnderAClose() {
        Engine engine = Engine.open(directory, EngineSettings.defaults().withDurability(Durability.POWER), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.WAL_BEFORE_FORCE, () -> {
            gate.run();
            throw new StorageException(Kind.FATAL, "injected");
        });
        try (Writer writer = engine.writer()) {
            long sequence = Rows.put(writer, table, "a", 1);
            CompletableFuture<Long> durable = writer.whenDurable(sequence).toCompletableFuture();
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> writer.awaitDurable(sequence), threads);
            gate.awaitReached();
            CompletableFuture<Void> close = CompletableFuture.runAsync(engine::close, threads);
            gate.open();
            assertEquals("injected", failure(durable).getMessage());
            assertEquals("injected", failure(waiting).getMessage());
            assertEquals("injected", failure(close).getMessage());
        }
    }
}
