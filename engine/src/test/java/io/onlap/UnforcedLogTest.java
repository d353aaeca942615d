package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However far flushes get ahead of the force thread, only so many segments of the log are open. */
class UnforcedLogTest {
    private static final int FLUSHES = ForceThread.SEGMENTS_MAX + 8;

    @TempDir
    Path directory;

    private final Env env = Env.system();
    private final AtomicInteger flushes = new AtomicInteger();

    @Test
    void shouldWaitWithTheNextSealWhenTheForceThreadIsParked() {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.TRUNCATE_AFTER_DELETE, gate);
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            CompletableFuture<Void> flushing = CompletableFuture.runAsync(() -> flushAgainAndAgain(engine, table));
            gate.awaitReached();
            awaitStandstill();
            assertTrue(segments() <= ForceThread.SEGMENTS_MAX + 1, () -> "segments=" + segments());
            assertEquals(flushes.get() + 1, table.count(), "readers go on");
            gate.open();
            flushing.join();
            assertEquals(FLUSHES, table.count());
            assertEquals(Health.State.OK, engine.health().state(), engine.health()::toString);
        }
        try (Engine again = Engine.open(directory)) {
            assertEquals(FLUSHES, again.table("t").count());
        }
    }

    @Test
    void shouldEndTheWaitWithTheCauseWhenPoisoned() {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.TRUNCATE_AFTER_DELETE, () -> {
            gate.run();
            throw new StorageException(Kind.FATAL, "injected");
        });
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        CompletableFuture<Void> flushing = CompletableFuture.runAsync(() -> flushAgainAndAgain(engine, table));
        gate.awaitReached();
        awaitStandstill();
        gate.open();
        CompletionException told = assertThrows(CompletionException.class, flushing::join);
        assertEquals("injected", told.getCause().getMessage());
        assertThrows(StorageException.class, engine::close);
        assertEquals(List.of(), Held.of(directory));
    }

    private void flushAgainAndAgain(Engine engine, Table table) {
        for (int i = 0; i < FLUSHES; i++) {
            Rows.putNow(engine, table, "k" + i, i);
            engine.flush();
            flushes.incrementAndGet();
        }
    }

    /** Until the write loop waits for the force thread, or nothing made it wait. */
    private void awaitStandstill() {
        while (flushes.get() < FLUSHES && !isWriteLoopInForceThread()) {
            Thread.onSpinWait();
        }
    }

    private static boolean isWriteLoopInForceThread() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("onlap-write"))
                .flatMap(thread -> Stream.of(thread.getValue()))
                .anyMatch(frame -> frame.getMethodName().equals("awaitRoom")
                        && frame.getClassName().equals(ForceThread.class.getName()));
    }

    private long segments() {
        return env.storage().list(directory.resolve("wal").resolve("00000000000000000001")).stream()
                .filter(name -> name.endsWith(".cq4"))
                .count();
    }
}
