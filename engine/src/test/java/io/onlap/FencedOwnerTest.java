package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An owner that was declared dead but lives: parked at a fail point, its lock taken from under it, a successor in its
 * place. When it goes on it acknowledges nothing more and commits nothing more, and the successor's rows stay as they are.
 */
class FencedOwnerTest {
    private static final EngineSettings POWER = EngineSettings.defaults().withDurability(Durability.POWER);

    @TempDir
    Path directory;

    private final Env env = Env.system();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Long> model = new TreeMap<>();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "WAL_BEFORE_APPEND",
                "WAL_AFTER_APPEND",
                "APPLIED_BEFORE_PUBLISH",
                "PUBLISHED_BEFORE_ACK",
                "WAL_BEFORE_FORCE",
                "WAL_AFTER_FORCE"
            })
    void shouldAcknowledgeNothingMoreWhenParkedAt(FailPoint point) {
        overtake(point, old -> putDurably(old, "under way", 1), FencedOwnerTest::assertFenced);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "SEAL_BEFORE_ROLL",
                "SEAL_AFTER_ROLL",
                "FLUSH_BEFORE_INTENT",
                "SEGMENT_HALF_WRITTEN",
                "FLUSH_BEFORE_COMMIT",
                "COMMIT_BEFORE_CREATE"
            })
    void shouldCommitNoFlushWhenParkedAt(FailPoint point) {
        overtake(point, Engine::flush, FencedOwnerTest::assertFenced);
    }

    @ParameterizedTest
    @EnumSource(names = {"COMMIT_AFTER_CREATE", "FLUSH_BEFORE_DROP", "FLUSH_BEFORE_TRUNCATE", "TRUNCATE_AFTER_DELETE"})
    void shouldHarmNothingWhenItsFlushWasCommittedBeforeAndItIsParkedAt(FailPoint point) {
        overtake(point, Engine::flush, flush -> flush.handle((nothing, failure) -> null)
                .join());
    }

    /** Parks {@code call} at {@code point} until a successor is in, who finds the store sound whatever comes of the call. */
    private void overtake(FailPoint point, Consumer<Engine> call, Consumer<CompletableFuture<Void>> outcome) {
        Engine old = open();
        Gate gate = new Gate();
        env.failPoints().arm(point, gate);
        CompletableFuture<Void> parked = CompletableFuture.runAsync(() -> call.accept(old), threads);
        gate.awaitReached();
        try (Engine successor = succeed()) {
            long before = versions();
            env.failPoints().disarm(point);
            gate.open();
            outcome.accept(parked);
            assertOver(old);
            assertEquals(before, versions(), "a fenced owner committed");
            assertIntact(successor);
        }
        assertIntactAfterReopen();
    }

    /**
     * Here nothing but the epoch stands against it: the generation is the next one, and no other file is in its place. Each of
     * the two has it in memory alone.
     */
    @Test
    void shouldCommitNoFlushThatItsSuccessorHasNotDoneEitherAndKeepItsRowsReadable() throws Exception {
        Engine old = open();
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_COMMIT, gate);
        CompletableFuture<Long> flush = CompletableFuture.supplyAsync(old::flush, threads);
        gate.awaitReached();
        Takeover.takeLockAway(directory);
        Env successorEnv = Env.system();
        Gate successorFlush = new Gate();
        successorEnv.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, successorFlush);
        try (Engine successor = Engine.open(directory, POWER, successorEnv)) {
            successorFlush.awaitReached();
            long before = versions();
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_COMMIT);
            gate.open();
            assertFenced(flush);
            assertEquals(1, old.stats().sealedGenerations());
            assertReads(old.table("t"));
            assertReads(successor.table("t"));
            assertOver(old);
            assertEquals(before, versions(), "a fenced owner committed");
            successorEnv.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
            successorFlush.open();
            assertIntact(successor);
        }
        assertIntactAfterReopen();
    }

    private void assertReads(Table table) {
        assertEquals(model, new TreeMap<>(Rows.scan(table)));
        model.forEach((id, n) -> assertEquals(n, Rows.get(table, id)));
        assertEquals(model.size(), table.count());
    }

    @Test
    void shouldEndEveryWaiterWhenFenced() {
        Engine old = open();
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, gate);
        Table table = old.table("t");
        List<CompletableFuture<?>> waiters = new ArrayList<>();
        try (Writer writer = old.writer()) {
            long sequence = Rows.put(writer, table, "under way", 1);
            gate.awaitReached();
            waiters.add(CompletableFuture.runAsync(() -> old.writer().awaitVisible(sequence), threads));
            waiters.add(CompletableFuture.runAsync(() -> old.writer().awaitDurable(sequence), threads));
            waiters.add(writer.whenDurable(sequence).toCompletableFuture());
            waiters.add(CompletableFuture.supplyAsync(old::flush, threads));
            try (Engine successor = succeed()) {
                env.failPoints().disarm(FailPoint.WAL_BEFORE_APPEND);
                gate.open();
                waiters.forEach(FencedOwnerTest::assertFenced);
                assertOver(old);
                assertIntact(successor);
            }
        }
        assertIntactAfterReopen();
    }

    @Test
    void shouldLiveForReadersUntilItIsClosed() throws Exception {
        Engine old = open();
        try (Engine successor = succeed()) {
            assertTrue(Inspection.ownerLives(directory, 1), "it may still write a frame");
            assertTrue(Inspection.ownerLives(directory, 2));
            assertFenced(CompletableFuture.runAsync(() -> putDurably(old, "too late", 1), threads));
            assertOver(old);
            assertFalse(Inspection.ownerLives(directory, 1));
            assertIntact(successor);
        }
        assertIntactAfterReopen();
    }

    private long versions() {
        return Inspection.manifestVersions(directory).size();
    }

    /** The first owner, with rows in a file and in the log, all acknowledged. */
    private Engine open() {
        Engine old = Engine.open(directory, POWER, env);
        old.createTable("t", Rows.SCHEMA);
        for (int i = 0; i < 10; i++) {
            putDurably(old, "k" + i, i);
            model.put("k" + i, (long) i);
            if (i == 4) {
                old.flush();
            }
        }
        return old;
    }

    /** The next owner: it finds all that was acknowledged, overwrites, deletes, adds, flushes, adds. */
    private Engine succeed() {
        Takeover.takeLockAway(directory);
        Engine successor = Engine.open(directory, POWER);
        Table table = successor.table("t");
        Long underWay = Rows.get(table, "under way");
        if (underWay != null) {
            model.put("under way", underWay); // in the log though nobody was told: then it stays
        }
        assertEquals(model, new TreeMap<>(Rows.scan(table)));
        for (String id : List.of("k0", "k4", "k9", "new")) {
            putDurably(successor, id, 100);
            model.put(id, 100L);
        }
        Rows.deleteNow(successor, table, "k5");
        model.remove("k5");
        successor.flush();
        putDurably(successor, "k1", 200);
        model.put("k1", 200L);
        return successor;
    }

    private static void putDurably(Engine engine, String id, long n) {
        try (Writer writer = engine.writer()) {
            writer.awaitDurable(Rows.put(writer, engine.table("t"), id, n));
        }
    }

    private static void assertFenced(CompletableFuture<?> call) {
        CompletionException failure = assertThrows(CompletionException.class, call::join);
        StorageException told = (StorageException) failure.getCause();
        assertEquals(Kind.FENCED, told.kind(), told::getMessage);
    }

    /** Whatever the old owner is asked to write from now on ends with FENCED, its close too, which frees everything. */
    private void assertOver(Engine old) {
        assertEquals(
                Kind.FENCED,
                assertThrows(StorageException.class, () -> putDurably(old, "late", 1))
                        .kind());
        assertEquals(
                Kind.FENCED,
                assertThrows(StorageException.class, () -> Rows.putNow(old, old.table("t"), "later", 1))
                        .kind());
        assertEquals(
                Kind.FENCED, assertThrows(StorageException.class, old::flush).kind());
        assertEquals(Health.State.POISONED, old.health().state());
        assertTrue(old.health().cause().contains("FENCED"), () -> old.health().cause());
        assertEquals(
                Kind.FENCED, assertThrows(StorageException.class, old::close).kind());
    }

    private void assertIntact(Engine successor) {
        Table table = successor.table("t");
        assertEquals(model, new TreeMap<>(Rows.scan(table)));
        assertNull(Rows.get(table, "late"));
        putDurably(successor, "after", 1);
        model.put("after", 1L);
        successor.flush();
        assertEquals(model, new TreeMap<>(Rows.scan(table)));
    }

    private void assertIntactAfterReopen() {
        try (Engine again = Engine.open(directory)) {
            assertEquals(3, again.stats().epoch());
            assertEquals(model, new TreeMap<>(Rows.scan(again.table("t"))));
            again.flush();
            assertEquals(model, new TreeMap<>(Rows.scan(again.table("t"))));
        }
        assertEquals(List.of(), Faults.of(directory));
    }
}
