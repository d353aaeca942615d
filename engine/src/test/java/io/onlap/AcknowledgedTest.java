package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.StoreLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** What an owner told to have acknowledged is asked of its log while it lives, and of no other log: a sound one is never CORRUPT. */
@Timeout(value = 240, threadMode = ThreadMode.SEPARATE_THREAD)
class AcknowledgedTest {
    private static final long FAR_SEQUENCE = 1_000;
    private static final int ROUNDS = 4;
    private static final int ROWS_OF_ROUND = 6_000;
    private static final int READERS = 2;

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Test
    void shouldBeAskedOfTheLogOfLivingOwner() {
        try (Engine owner = openWithRow()) {
            Told.replace(directory, told(1, FAR_SEQUENCE, FAR_SEQUENCE));
            StorageException damaged = assertThrows(StorageException.class, () -> read(1));
            assertEquals(Kind.CORRUPT, damaged.kind());
            String told = "lastSequence=1, acknowledgedSequence=" + FAR_SEQUENCE;
            assertTrue(damaged.getMessage().endsWith(told), damaged::getMessage);
            assertEquals(1, owner.table("t").count());
        }
    }

    @Test
    void shouldNotBeAskedWhereItWasToldByAnotherOwner() {
        try (Engine owner = openWithRow()) {
            Told.replace(directory, told(0, FAR_SEQUENCE, FAR_SEQUENCE));
            read(1);
            Told.replace(directory, told(2, FAR_SEQUENCE, FAR_SEQUENCE));
            read(1);
            assertEquals(1, owner.table("t").count());
        }
    }

    @Test
    void shouldNotBeAskedWhereTheNumbersAreNotWhole() throws IOException {
        try (Engine owner = openWithRow()) {
            Told.replaceTorn(directory, told(1, FAR_SEQUENCE, FAR_SEQUENCE));
            read(1);
            Told.replace(directory, told(1, FAR_SEQUENCE, 1));
            read(1);
            Told.replace(directory, Map.of(Counter.EPOCH, 1L, Counter.VISIBLE_SEQUENCE, FAR_SEQUENCE));
            read(1);
            Path counters = new StoreLayout(directory).counters();
            Files.write(counters, new byte[1]);
            read(1);
            Files.delete(counters);
            read(1);
            assertEquals(1, owner.table("t").count());
        }
    }

    /** Programs made no own files once: that of the newest log directory may be dead. */
    @Test
    void shouldNotBeAskedWhereItIsInDoubtWhetherTheOwnerLives() throws IOException {
        StoreLayout layout = new StoreLayout(directory);
        try (Engine owner = openWithRow()) {
            Told.replace(directory, told(1, FAR_SEQUENCE, FAR_SEQUENCE));
            Files.delete(layout.ownFile(1));
            Files.delete(layout.owners());
            assertTrue(Inspection.ownerLives(directory, 1));
            read(1);
            assertEquals(1, owner.table("t").count());
        }
    }

    /** As after a loss of power that took the end of the log and spared the numbers. */
    @Test
    void shouldNotBeAskedOfDeadOwnerNorOfItsSuccessor() {
        openWithRow().close();
        Told.replace(directory, told(1, FAR_SEQUENCE, FAR_SEQUENCE));
        read(1);
        try (Engine successor = Engine.open(directory)) {
            Told.replace(directory, told(1, FAR_SEQUENCE, FAR_SEQUENCE));
            read(1);
            assertEquals(1, successor.table("t").count());
        }
    }

    /** Its successor's final scan was over when it published the row: that is in its log alone, and in no head to come. */
    @Test
    void shouldNotBeWhatFencedOwnerPublishedButDidNotAcknowledge() {
        Env env = Env.system();
        Gate append = new Gate();
        Engine old = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = old.createTable("t", Rows.SCHEMA);
        Rows.putNow(old, table, "a", 1);
        Told.awaitAcknowledged(directory, 1);
        env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, append);
        CompletableFuture<Long> put = CompletableFuture.supplyAsync(() -> Rows.putNow(old, table, "b", 2), threads);
        append.awaitReached();
        Takeover.takeLockAway(directory);
        Env successorEnv = Env.system();
        Gate replayed = new Gate();
        successorEnv.failPoints().arm(FailPoint.OPEN_AFTER_REPLAYED_GENERATION, replayed);
        EngineSettings flushesSoon = EngineSettings.defaults().withGenerationAge(Duration.ofMillis(1));
        CompletableFuture<Engine> opening =
                CompletableFuture.supplyAsync(() -> Engine.open(directory, flushesSoon, successorEnv), threads);
        replayed.awaitReached();
        awaitFlush();
        append.open();
        assertThrows(CompletionException.class, put::join);
        awaitVisible(2);
        assertEquals(1, Inspection.counters(directory).get(Counter.ACKNOWLEDGED_SEQUENCE));
        assertTrue(Inspection.ownerLives(directory, 1));
        read(1);
        replayed.open();
        try (Engine successor = opening.join()) {
            read(1);
            assertEquals(1, successor.table("t").count());
            assertEquals(
                    Kind.FENCED,
                    assertThrows(StorageException.class, old::close).kind());
        }
    }

    private void awaitFlush() {
        while (Inspection.manifestVersions(directory).stream()
                .noneMatch(version -> version.operation().equals("FLUSH"))) {
            Thread.onSpinWait();
        }
    }

    private void awaitVisible(long sequence) {
        while (Inspection.counters(directory).get(Counter.VISIBLE_SEQUENCE) < sequence) {
            Thread.onSpinWait();
        }
    }

    /** The owners acknowledge, seal, flush and use log files again; what is acknowledged is told at once, as fast as it goes. */
    @Test
    void shouldBeInEveryReadingOfSoundStore() {
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong acknowledged = new AtomicLong();
        AtomicLong refreshes = new AtomicLong();
        openWithRow().close();
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(CompletableFuture.runAsync(() -> readUntil(done, acknowledged, refreshes), threads)
                    .whenComplete((nothing, failure) -> done.set(true)));
        }
        long rows = 1;
        try {
            for (int round = 0; round < ROUNDS && !done.get(); round++) {
                Durability durability = round % 2 == 0 ? Durability.PROCESS : Durability.POWER;
                rows = write(durability, rows, acknowledged, done);
            }
        } finally {
            done.set(true);
        }
        readers.forEach(CompletableFuture::join);
        assertTrue(refreshes.get() > 0);
    }

    private long write(Durability durability, long from, AtomicLong acknowledged, AtomicBoolean done) {
        EngineSettings settings =
                EngineSettings.defaults().withGenerationRows(400).withDurability(durability);
        int waitsEach = durability == Durability.PROCESS ? 10 : 300;
        long to = from + ROWS_OF_ROUND;
        AtomicBoolean written = new AtomicBoolean();
        try (Engine owner = Engine.open(directory, settings);
                Writer writer = owner.writer()) {
            Table table = owner.table("t");
            CompletableFuture<Void> telling =
                    CompletableFuture.runAsync(() -> Told.tellAtOnce(directory, owner, written::get), threads);
            try {
                for (long i = from; i < to && !done.get(); i++) {
                    long sequence = Rows.put(writer, table, "k" + i, i);
                    if (i % waitsEach == 0) {
                        writer.awaitDurable(sequence);
                        acknowledged.set(i + 1);
                    }
                }
            } finally {
                written.set(true);
            }
            telling.join();
        }
        return to;
    }

    private void readUntil(AtomicBoolean done, AtomicLong acknowledged, AtomicLong refreshes) {
        try (Engine reader = Engine.openReadOnly(directory)) {
            while (!done.get()) {
                long atLeast = acknowledged.get();
                reader.refresh();
                long rows = reader.table("t").count();
                assertTrue(rows >= atLeast, "acknowledged=" + atLeast + ", rows=" + rows);
                refreshes.incrementAndGet();
            }
        }
    }

    private Engine openWithRow() {
        Engine owner = Engine.open(directory);
        assertEquals(1, Rows.putNow(owner, owner.createTable("t", Rows.SCHEMA), "k0", 0));
        return owner;
    }

    private void read(int rows) {
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(rows, reader.table("t").count());
            reader.refresh();
            assertEquals(rows, reader.table("t").count());
        }
    }

    private static Map<Counter, Long> told(long epoch, long acknowledged, long visible) {
        return Map.of(
                Counter.EPOCH, epoch, Counter.ACKNOWLEDGED_SEQUENCE, acknowledged, Counter.VISIBLE_SEQUENCE, visible);
    }
}
