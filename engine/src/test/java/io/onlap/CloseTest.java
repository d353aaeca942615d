package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends of an engine that meet other work half-way. */
class CloseTest {
    @TempDir
    Path directory;

    private final Env env = Env.system();

    @Test
    void shouldThrowTheCauseWhenTheWriteLoopFailsUnderAClose() throws Exception {
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, () -> {
            gate.run();
            throw new StorageException(Kind.FATAL, "injected");
        });
        Writer writer = engine.writer();
        long sequence = Rows.put(writer, table, "a", 1);
        gate.awaitReached();
        Throwable[] thrown = {null};
        Thread closer = new Thread(() -> {
            try {
                engine.close();
            } catch (RuntimeException | Error e) {
                thrown[0] = e;
            }
        });
        closer.start();
        while (!waitsForTheWriteLoop(closer)) {
            Thread.onSpinWait();
        }
        gate.open();
        closer.join();
        assertEquals(
                "injected", assertInstanceOf(StorageException.class, thrown[0]).getMessage());
        assertThrows(StorageException.class, () -> writer.awaitVisible(sequence));
        writer.close();
        env.failPoints().disarm(FailPoint.WAL_BEFORE_APPEND);
        Engine.open(directory).close();
    }

    @Test
    void shouldWriteTheBatchesThatAreInTheRingWhenItCloses() throws Exception {
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, gate);
        try (Writer writer = engine.writer()) {
            Rows.put(writer, table, "a", 1);
            gate.awaitReached();
            Rows.put(writer, table, "b", 2);
            Rows.put(writer, table, "c", 3);
        }
        Thread closer = new Thread(engine::close);
        closer.start();
        while (!waitsForTheWriteLoop(closer)) {
            Thread.onSpinWait();
        }
        gate.open();
        closer.join();
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(Map.of("a", 1L, "b", 2L, "c", 3L), Rows.scan(reader.table("t")));
        }
    }

    private static boolean waitsForTheWriteLoop(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(WriteRing.class.getName()));
    }

    @Test
    void shouldOpenNoViewThatAClosePasses() throws Exception {
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        Rows.putNow(engine, table, "a", 1);
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.VIEW_AFTER_MEMORY, gate);
        CompletableFuture<View> view = CompletableFuture.supplyAsync(engine::view);
        gate.awaitReached();
        assertEquals(
                Kind.BUSY, assertThrows(StorageException.class, engine::close).kind());
        gate.open();
        CompletionException refused = assertThrows(CompletionException.class, view::join);
        assertEquals(
                Kind.CLOSED,
                assertInstanceOf(StorageException.class, refused.getCause()).kind());
    }

    @Test
    void shouldMakeNoTablesWhenPoisoned() {
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, () -> {
            throw new StorageException(Kind.FATAL, "injected");
        });
        assertThrows(StorageException.class, () -> Rows.putNow(engine, table, "a", 1));
        StorageException refused = assertThrows(StorageException.class, () -> engine.createTable("u", Rows.SCHEMA));
        assertEquals("injected", refused.getMessage());
        assertThrows(StorageException.class, engine::close);
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(1, reader.tables().size());
        }
    }
}
