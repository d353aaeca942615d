package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What users hang on to acknowledgements runs on none of the threads that write. */
class CallbackTest {
    @TempDir
    Path directory;

    private final Env env = Env.system();

    @ParameterizedTest
    @EnumSource(Durability.class)
    void shouldLetACallbackWriteAndWait(Durability durability) throws Exception {
        Gate gate = new Gate();
        FailPoint before = durability == Durability.PROCESS ? FailPoint.WAL_BEFORE_APPEND : FailPoint.WAL_BEFORE_FORCE;
        EngineSettings settings =
                EngineSettings.defaults().withDurability(durability).withStallTimeout(Duration.ofSeconds(3));
        try (Engine engine = Engine.open(directory, settings, env);
                Writer writer = engine.writer();
                Writer inner = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            env.failPoints().arm(before, gate);
            CompletableFuture<Long> second = writer.whenDurable(Rows.put(writer, table, "a", 1))
                    .thenApply(first -> {
                        long sequence = Rows.put(inner, table, "b", 2);
                        inner.awaitDurable(sequence);
                        return inner.whenDurable(Rows.put(inner, table, "c", 3))
                                .toCompletableFuture()
                                .join();
                    })
                    .toCompletableFuture();
            gate.awaitReached();
            gate.open();
            assertEquals(3, second.get(60, TimeUnit.SECONDS));
            assertEquals(Map.of("a", 1L, "b", 2L, "c", 3L), Rows.scan(table));
        }
    }

    @Test
    void shouldLetACallbackWaitForAnAcknowledgementThatCameWithItsOwn() throws Exception {
        Gate gate = new Gate();
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, gate);
            Rows.put(writer, table, "a", 1);
            gate.awaitReached();
            // Both wait in the ring behind the first, so one group, and one move of the mark, acknowledges both.
            long second = Rows.put(writer, table, "b", 2);
            long third = Rows.put(writer, table, "c", 3);
            CompletableFuture<Long> later = writer.whenDurable(third).toCompletableFuture();
            CompletableFuture<Long> both =
                    writer.whenDurable(second).thenApply(first -> later.join()).toCompletableFuture();
            gate.open();
            assertEquals(third, both.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldEndWhatWaitsWhenACallbackClosesTheEngine() throws Exception {
        Gate gate = new Gate();
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        try (Writer writer = engine.writer()) {
            env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, gate);
            long sequence = Rows.put(writer, table, "a", 1);
            CompletableFuture<Void> closed = writer.whenDurable(sequence)
                    .thenAccept(first -> engine.close())
                    .toCompletableFuture();
            CompletableFuture<Long> never = writer.whenDurable(sequence + 1_000).toCompletableFuture();
            gate.awaitReached();
            gate.open();
            closed.get(60, TimeUnit.SECONDS);
            ExecutionException ended = assertThrows(ExecutionException.class, () -> never.get(60, TimeUnit.SECONDS));
            assertEquals(
                    Kind.CLOSED,
                    assertInstanceOf(StorageException.class, ended.getCause()).kind());
        }
    }
}
