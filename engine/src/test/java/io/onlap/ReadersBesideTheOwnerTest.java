package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Read-only engines see a prefix of what was written, no shorter than what was acknowledged when they looked. */
class ReadersBesideTheOwnerTest {
    private static final int BATCHES = 30_000;
    private static final int BATCHES_MAX = 120_000;
    private static final int READS_MIN = 6;

    @TempDir
    Path directory;

    @Test
    void shouldSeeAPrefixWhileTheOwnerFlushesAndUsesLogFilesAgain() throws Exception {
        EngineSettings settings = EngineSettings.defaults().withGenerationRows(3_000);
        try (Engine engine = Engine.open(directory, settings)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            AtomicLong acknowledged = new AtomicLong(-1);
            AtomicLong reads = new AtomicLong();
            AtomicBoolean done = new AtomicBoolean();
            CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> readUntil(done, acknowledged, reads))
                    .whenComplete((nothing, failure) -> done.set(true));
            try (Writer writer = engine.writer()) {
                for (long i = 0; (i < BATCHES || reads.get() < READS_MIN) && i < BATCHES_MAX && !done.get(); i++) {
                    long sequence = Rows.put(writer, table, "k" + i, i);
                    if (i % 10 == 0) {
                        writer.awaitVisible(sequence);
                        acknowledged.set(i);
                    }
                }
            }
            done.set(true);
            reader.get();
            assertTrue(reads.get() > 0);
        }
    }

    private void readUntil(AtomicBoolean done, AtomicLong acknowledged, AtomicLong reads) {
        try (Engine reader = Engine.openReadOnly(directory)) {
            while (!done.get()) {
                long atLeast = acknowledged.get();
                reader.refresh();
                Map<String, Long> rows = Rows.scan(reader.table("t"));
                assertTrue(rows.size() > atLeast, "acknowledged=" + atLeast + ", rows=" + rows.size());
                for (long i = 0; i < rows.size(); i++) {
                    assertEquals(i, rows.get("k" + i), "hole in a prefix of " + rows.size());
                }
                reads.incrementAndGet();
            }
        }
    }

    @Test
    void shouldKeepTheRowsOfAGenerationThatIsFlushedAndClearedWhileItIsRead() {
        Env readerEnv = Env.system();
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(200))) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Table log = engine.createTable("log", Rows.KEYLESS);
            for (int i = 0; i < 50; i++) {
                Rows.putNow(engine, table, "k" + i, i);
                Rows.putNow(engine, log, "k" + i, i);
            }
            boolean[] flushed = {false};
            readerEnv.failPoints().arm(FailPoint.READER_BEFORE_HEAD, () -> {
                if (!flushed[0]) {
                    flushed[0] = true;
                    for (int i = 50; i < 500; i++) {
                        Rows.putNow(engine, table, "k" + i, i);
                    }
                    engine.flush();
                }
            });
            try (Engine reader = Engine.openReadOnly(directory, readerEnv)) {
                assertTrue(flushed[0]);
                Map<String, Long> rows = Rows.scan(reader.table("t"));
                assertEquals(500, rows.size());
                assertEquals(500, reader.table("t").count());
                assertEquals(50, reader.table("log").count(), "a row without key read from memory and from its file");
            }
        }
    }

    @Test
    void shouldNotLoseTheGenerationsBehindOneThatIsClearedBeforeItIsRead() throws Exception {
        Env ownerEnv = Env.system();
        Gate first = new Gate();
        Gate second = new Gate();
        AtomicLong flushes = new AtomicLong();
        CountDownLatch cleared = new CountDownLatch(2);
        ownerEnv.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            long flush = flushes.incrementAndGet();
            if (flush == 1 || flush == 3) {
                (flush == 1 ? first : second).run();
            }
        });
        ownerEnv.failPoints().arm(FailPoint.TRUNCATE_AFTER_DELETE, cleared::countDown);
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(100), ownerEnv)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            for (int i = 0; i < 350; i++) {
                Rows.putNow(engine, table, "k" + i, i);
            }
            first.awaitReached();
            // The reader has the first generation in its hands when that and the next are flushed and cleared.
            Env readerEnv = Env.system();
            readerEnv.failPoints().arm(FailPoint.READER_BEFORE_REPLAY, () -> {
                if (cleared.getCount() > 0) {
                    first.open();
                    second.awaitReached();
                    await(cleared);
                }
            });
            try (Engine reader = Engine.openReadOnly(directory, readerEnv)) {
                assertEquals(0, cleared.getCount());
                assertEquals(350, Rows.scan(reader.table("t")).size());
            }
            second.open();
        }
    }

    /** What a reading meets that the owner overtook says nothing of the log: a file that is being cleared looks damaged. */
    @Test
    void shouldBeBusyWhenTheOwnerOvertakesEveryReadingWhateverThoseMet() {
        Env readerEnv = Env.system();
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            long[] flushes = {0};
            readerEnv.failPoints().arm(FailPoint.READER_BEFORE_HEAD, () -> {
                Rows.putNow(engine, table, "a", flushes[0]++);
                engine.flush();
                throw new StorageException(Kind.CORRUPT, "injected");
            });
            StorageException failure =
                    assertThrows(StorageException.class, () -> Engine.openReadOnly(directory, readerEnv));
            assertEquals(Kind.BUSY, failure.kind(), failure::getMessage);
            assertTrue(flushes[0] > 1, "no reading was repeated");
        }
    }

    @Test
    void shouldEndARefreshBeforeTheReaderCloses() throws Exception {
        Env readerEnv = Env.system();
        Gate gate = new Gate();
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            Engine reader = Engine.openReadOnly(directory, readerEnv);
            readerEnv.failPoints().arm(FailPoint.READER_BEFORE_HEAD, gate);
            CompletableFuture<Void> refresh = CompletableFuture.runAsync(reader::refresh);
            gate.awaitReached();
            CompletableFuture<Void> closed = new CompletableFuture<>();
            Thread closer = new Thread(() -> {
                try {
                    reader.close();
                    closed.complete(null);
                } catch (RuntimeException | Error e) {
                    closed.completeExceptionally(e);
                }
            });
            closer.start();
            while (!closed.isDone() && closer.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            gate.open();
            refresh.get(60, TimeUnit.SECONDS);
            closed.get(60, TimeUnit.SECONDS);
            assertThrows(StorageException.class, reader::refresh);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS), "log file never cleared");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
