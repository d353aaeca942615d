package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stall timeout is for writers that wait for memory or a slot, and for nobody else. */
class AcknowledgementWaitTest {
    private static final EngineSettings NO_STALLS = EngineSettings.defaults().withStallTimeout(Duration.ZERO);

    @TempDir
    Path directory;

    private final Env env = Env.system();

    @Test
    void shouldWaitForAnAcknowledgementWhenWritersMayNotStall() {
        Gate append = new Gate();
        Gate force = new Gate();
        try (Engine engine = Engine.open(directory, NO_STALLS, env);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, append);
            env.failPoints().arm(FailPoint.WAL_BEFORE_FORCE, force);
            long sequence = Rows.put(writer, table, "a", 1);
            append.awaitReached();
            Thread[] waiter = {null};
            CompletableFuture<Void> durable =
                    CompletableFuture.runAsync(() -> writer.awaitDurable(sequence, Durability.POWER), task -> {
                        waiter[0] = new Thread(task);
                        waiter[0].start();
                    });
            while (!durable.isDone() && waiter[0].getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            append.open();
            force.open();
            durable.join();
        }
    }

    @Test
    void shouldReplayALogLargerThanMemoryWhenWritersMayNotStall() {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            throw new StorageException(Kind.DISK_FULL, "injected");
        });
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(1_000), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                for (int i = 0; i < 10_000; i++) {
                    Rows.put(writer, table, "k" + i, i);
                }
            }
        }
        env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
        env.failPoints().arm(FailPoint.SEGMENT_HALF_WRITTEN, gate);
        CompletableFuture<Engine> opening = CompletableFuture.supplyAsync(
                () -> Engine.open(directory, NO_STALLS.withMemoryBytes(1), env), task -> new Thread(task).start());
        gate.awaitReached();
        gate.open();
        try (Engine engine = opening.join()) {
            assertEquals(10_000, engine.table("t").count());
        }
    }
}
