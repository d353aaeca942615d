package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.ChildJvm;
import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.FaultStorage.Call;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A flush that fails: its generation stays in every read and first in line, and what it left behind is never read. */
class FailedFlushTest {
    private static final int FAILURES = 2;
    private static final int GENERATIONS = 5;

    @TempDir
    Path directory;

    private final FaultyDisk disk = FaultyDisk.sound();

    /** What an attempt left cannot be deleted at once: a second attempt under the same names would meet it. */
    @ParameterizedTest
    @EnumSource(names = {"SEGMENT_HALF_WRITTEN", "SEGMENT_BEFORE_SIDECAR", "FLUSH_BEFORE_COMMIT"})
    void shouldUseNewNamesAndNeverReadTheFilesOfAnAttemptThatFailedAt(FailPoint point) {
        Map<String, Long> expected = Map.of("a", 2L, "b", 2L);
        AtomicInteger attempts = new AtomicInteger();
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), disk.env())) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Table keyless = engine.createTable("log", Rows.KEYLESS);
            Rows.putNow(engine, table, "a", 1);
            engine.flush();
            Rows.putNow(engine, table, "a", 2);
            Rows.putNow(engine, table, "b", 2);
            Rows.putNow(engine, keyless, "x", 1);
            disk.failPoints().arm(point, () -> {
                assertRows(engine, expected);
                if (attempts.incrementAndGet() <= FAILURES) {
                    throw new StorageException(Kind.FATAL, "injected: attempt=" + attempts.get());
                }
            });
            disk.storage().failAlways(Call.DELETE, Kind.FATAL);
            engine.flush();
            assertTrue(attempts.get() > FAILURES, "attempts: " + attempts.get());
            assertEquals(3, engine.stats().segmentFiles());
            assertTrue(segments().size() > 6, "nothing was left behind: " + segments());
            assertRows(engine, expected);
            disk.failPoints().disarm(point);
            disk.storage().heal();
        }
        try (Engine again = Engine.open(directory)) {
            assertEquals(6, segments().size(), "left of failed attempts");
            assertRows(again, expected);
        }
    }

    private List<String> segments() {
        return disk.storage().list(directory.resolve("segments"));
    }

    /** From inside and from beside. */
    private static void assertRows(Engine engine, Map<String, Long> expected) {
        assertEquals(expected, Rows.scan(engine.table("t")));
        assertEquals(Map.of("x", 1L), Rows.scan(engine.table("log")));
        try (Engine reader = Engine.openReadOnly(engine.directory())) {
            assertEquals(expected, Rows.scan(reader.table("t")));
            assertEquals(Map.of("x", 1L), Rows.scan(reader.table("log")));
        }
    }

    @Test
    void shouldCommitGenerationsInOrderWhenTheFirstFailsWithLaterOnesReady() {
        EngineSettings settings = EngineSettings.defaults().withGenerationRows(1);
        try (Engine engine = Engine.open(directory, settings, disk.env())) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Gate gate = new Gate();
            AtomicInteger attempts = new AtomicInteger();
            disk.failPoints().arm(FailPoint.FLUSH_BEFORE_COMMIT, () -> {
                gate.run();
                if (attempts.incrementAndGet() <= FAILURES) {
                    throw new StorageException(Kind.FATAL, "injected: attempt=" + attempts.get());
                }
            });
            for (int i = 0; i < GENERATIONS; i++) {
                Rows.putNow(engine, table, "k" + i, i);
            }
            gate.awaitReached();
            CompletableFuture<Long> flush = CompletableFuture.supplyAsync(engine::flush);
            gate.open();
            flush.join();
            assertEquals(FAILURES + GENERATIONS, attempts.get());
            assertEquals(GENERATIONS, Rows.scan(table).size());
        }
        List<Object> flushed = new ArrayList<>();
        for (Inspection.ManifestVersion version : Inspection.manifestVersions(directory)) {
            if (version.operation().equals("FLUSH")) {
                flushed.add(version.changes().get("flushedGeneration"));
            }
        }
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), flushed);
    }

    /** Fills generation after generation while no flush of the first succeeds, and says how many attempts it made. */
    static final class FailingChild {
        private FailingChild() {}

        public static void main(String[] arguments) {
            Env env = Env.system();
            AtomicInteger attempts = new AtomicInteger();
            env.failPoints().arm(FailPoint.FLUSH_BEFORE_COMMIT, () -> {
                throw new StorageException(Kind.FATAL, "injected: attempt=" + attempts.incrementAndGet());
            });
            EngineSettings settings =
                    EngineSettings.defaults().withGenerationRows(1).withFlushAttemptsMax(1_000);
            Engine engine = Engine.open(Path.of(arguments[0]), settings, env);
            Table table = engine.createTable("t", Rows.SCHEMA);
            for (int i = 0; i < GENERATIONS; i++) {
                Rows.putNow(engine, table, "k" + i, i);
            }
            while (attempts.get() <= FAILURES) {
                Thread.onSpinWait();
            }
            System.out.println("failed");
            System.out.flush();
            engine.flush();
        }
    }

    @Test
    void shouldHaveAllRowsAfterAKillWhileTheFirstFlushFailsWithLaterOnesReady() throws Exception {
        try (ChildJvm child = ChildJvm.start(FailingChild.class, directory.toString())) {
            assertEquals("failed", child.readLine());
            child.killAndWait();
        }
        Map<String, Long> expected = new TreeMap<>();
        for (int i = 0; i < GENERATIONS; i++) {
            expected.put("k" + i, (long) i);
        }
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(0, reader.stats().flushedGeneration());
            assertEquals(expected, new TreeMap<>(Rows.scan(reader.table("t"))));
        }
        try (Engine again = Engine.open(directory)) {
            assertEquals(expected, new TreeMap<>(Rows.scan(again.table("t"))));
            again.flush();
            assertEquals(GENERATIONS, again.stats().flushedGeneration());
            assertEquals(expected, new TreeMap<>(Rows.scan(again.table("t"))));
        }
    }
}
