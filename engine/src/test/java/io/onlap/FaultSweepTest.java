package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.onlap.io.Env;
import io.onlap.io.FaultStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One small program, run again and again with another call to the disk failing: whatever fails, and whether or not it had
 * its effect, what was acknowledged is there after a reopen, batches are whole, the store is sound, and the failed engine
 * holds nothing any more.
 *
 * <p>The build takes every few calls, from a printed seed; {@code -Donlap.faultSweep=whole} takes every one.
 */
class FaultSweepTest {
    private static final int BATCHES = 4;
    private static final int CALLS_MAX = 10_000;
    private static final int STRIDE_MAX = 45;

    @TempDir
    Path directory;

    /** How the call fails. */
    enum Failure {
        REFUSED,
        DONE_BUT_ANSWERED_WITH_AN_ERROR,
        DISK_FULL_ONCE,
        /** That call and every later one. */
        DISK_GONE;

        void arm(FaultStorage storage, int nth) {
            switch (this) {
                case REFUSED -> storage.failAny(nth, Kind.FATAL, FaultStorage.When.BEFORE);
                case DONE_BUT_ANSWERED_WITH_AN_ERROR -> storage.failAny(nth, Kind.FATAL, FaultStorage.When.AFTER);
                case DISK_FULL_ONCE -> storage.failAny(nth, Kind.DISK_FULL, FaultStorage.When.BEFORE);
                case DISK_GONE -> storage.failAllFrom(nth, Kind.FATAL);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 1_800, threadMode = ThreadMode.SEPARATE_THREAD)
    void shouldLoseNothingWhicheverCallToTheDiskIs(Failure failure) {
        long seed = System.nanoTime();
        boolean whole = "whole".equals(System.getProperty("onlap.faultSweep"));
        Random random = new Random(seed);
        System.out.println("failure=" + failure + ", seed=" + seed + ", whole=" + whole);
        int runs = 0;
        boolean reached = true;
        for (int nth = 1; reached; nth += whole ? 1 : 1 + random.nextInt(STRIDE_MAX)) {
            assertTrue(nth < CALLS_MAX, "the program does not come to its end");
            reached = run(failure, nth, "call=" + nth + ", failure=" + failure + ", seed=" + seed);
            runs++;
        }
        System.out.println("failure=" + failure + ", runs=" + runs);
        assertTrue(runs > 3, "runs: " + runs);
    }

    /** False if the program came to its end before that call. */
    private boolean run(Failure failure, int nth, String place) {
        Path store = directory.resolve("store" + nth);
        FaultyDisk disk = FaultyDisk.sound();
        FaultStorage storage = disk.storage();
        Run run = new Run(store, disk.env());
        failure.arm(storage, nth);
        List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, escaped) -> uncaught.add(escaped));
        StorageException told = null;
        try {
            run.program();
        } catch (StorageException expected) {
            told = expected;
        } catch (RuntimeException | Error foreign) {
            throw new AssertionError("not told as a StorageException: " + place, foreign);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        boolean reached = storage.isReached();
        storage.heal();
        try {
            assertEquals(List.of(), uncaught, "threads that died of it");
            assertEquals(List.of(), Held.of(store), "not given back");
            assertNothingLeaked(told);
            run.check();
        } catch (RuntimeException | Error broken) {
            if (told != null) {
                broken.addSuppressed(told);
            }
            uncaught.forEach(broken::addSuppressed);
            throw new AssertionError(place + ", told=" + told, broken);
        }
        return reached;
    }

    /** An allocator that is closed with memory in use says so in an exception that comes second. */
    private static void assertNothingLeaked(Throwable told) {
        for (Throwable at = told; at != null; at = at.getCause()) {
            for (Throwable second : at.getSuppressed()) {
                boolean leak = !(second instanceof StorageException storage) || storage.kind() == Kind.BUSY;
                assertTrue(!leak, second::toString);
                assertNothingLeaked(second);
            }
        }
    }

    /** One run of the program and what it was told. */
    private static final class Run {
        private final Path store;
        private final Env env;
        private boolean created;
        private long sent;
        private long acknowledged;

        private Run(Path store, Env env) {
            this.store = store;
            this.env = env;
        }

        /** Create, write, flush, write, read; open again over what is not flushed, write, read from beside. */
        private void program() {
            EngineSettings settings = EngineSettings.defaults().withDurability(Durability.POWER);
            try (Engine engine = Engine.open(store, settings, env)) {
                Table left = engine.createTable("left", Rows.SCHEMA);
                Table right = engine.createTable("right", Rows.SCHEMA);
                created = true;
                write(engine, left, right, BATCHES);
                engine.flush();
                write(engine, left, right, 2 * BATCHES);
                assertEquals(2 * BATCHES, left.count());
            }
            try (Engine engine = Engine.open(store, settings, env)) {
                write(engine, engine.table("left"), engine.table("right"), 3 * BATCHES);
                try (Engine reader = Engine.openReadOnly(store, env)) {
                    assertEquals(3 * BATCHES, reader.table("right").count());
                }
            }
        }

        private void write(Engine engine, Table left, Table right, long end) {
            try (Writer writer = engine.writer()) {
                WriteBatch batch = writer.batch();
                while (sent < end) {
                    long n = sent;
                    batch.clear();
                    batch.put(left, row -> row.set("id", "k" + n).set("n", n));
                    batch.put(right, row -> row.set("id", "k" + n).set("n", n));
                    long sequence = writer.write(batch);
                    sent++;
                    writer.awaitDurable(sequence);
                    acknowledged = sent;
                }
            }
        }

        /** On a healthy disk: as the failed engine left it, and once more from the next one's files. */
        private void check() {
            long rows;
            try (Engine engine = Engine.open(store)) {
                Table left = created ? engine.table("left") : engine.createTable("left", Rows.SCHEMA);
                Table right = created ? engine.table("right") : engine.createTable("right", Rows.SCHEMA);
                rows = rows(left, right);
                sent = rows;
                write(engine, left, right, rows + 1);
                engine.flush();
                assertEquals(rows + 1, rows(left, right));
            }
            assertEquals(List.of(), Faults.of(store));
            try (Engine reader = Engine.openReadOnly(store)) {
                assertEquals(rows + 1, rows(reader.table("left"), reader.table("right")));
            }
        }

        private long rows(Table left, Table right) {
            Map<String, Long> rows = Rows.scan(left);
            assertEquals(rows, Rows.scan(right), "half a batch");
            for (long n = 0; n < rows.size(); n++) {
                assertEquals(n, rows.get("k" + n), "hole");
            }
            if (rows.size() < acknowledged || rows.size() > sent) {
                fail("acknowledged=" + acknowledged + ", sent=" + sent + ", rows=" + rows.size());
            }
            return rows.size();
        }
    }
}
