package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
    @TempDir
    Path directory;

    private final Env env = Env.system();

    @Test
    void shouldBringBackUnflushedRowsOnce() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Table log = engine.createTable("log", Rows.KEYLESS);
            Rows.putNow(engine, table, "a", 1);
            Rows.putNow(engine, log, "x", 1);
        }
        for (int round = 2; round < 6; round++) {
            try (Engine engine = Engine.open(directory)) {
                Table table = engine.table("t");
                Table log = engine.table("log");
                assertEquals(round - 1, Rows.get(table, "a"));
                assertEquals(round - 1, log.count());
                Rows.putNow(engine, table, "a", round);
                Rows.putNow(engine, log, "x" + round, round);
                engine.flush();
                assertEquals(Map.of("a", (long) round), Rows.scan(table));
                assertEquals(round, log.count());
            }
        }
    }

    @Test
    void shouldTellWhatItDroppedFromTheEndOfTheLog(@TempDir Path lost) throws IOException {
        List<Inspection.WalFrame> frames = new ArrayList<>();
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            for (int i = 0; i < 3; i++) {
                Rows.putNow(engine, table, "k" + i, i);
            }
            assertEquals(Optional.empty(), engine.droppedTail());
            Inspection.walFrames(directory, frames::add);
            CrashImage.copy(directory, lost);
        }
        Inspection.WalFrame second = frames.get(1);
        Path segment = lost.resolve(second.file());
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(64), second.offset());
        }
        try (Engine engine = Engine.open(lost)) {
            assertEquals(Map.of("k0", 0L), Rows.scan(engine.table("t")));
            String dropped = engine.droppedTail().orElseThrow();
            assertTrue(
                    dropped.startsWith("log ended torn, dropped: path=" + segment + ", position=")
                            && dropped.endsWith(", frames=1"),
                    dropped);
        }
        try (Engine engine = Engine.open(lost)) {
            assertEquals(Optional.empty(), engine.droppedTail());
        }
    }

    @Test
    void shouldContinueSequencesAndGenerationsUpwards() {
        long sequence;
        long generation;
        try (Engine engine = Engine.open(directory)) {
            sequence = Rows.putNow(engine, engine.createTable("t", Rows.SCHEMA), "a", 1);
            generation = engine.stats().activeGeneration();
        }
        try (Engine engine = Engine.open(directory)) {
            assertTrue(Rows.putNow(engine, engine.table("t"), "b", 1) > sequence);
            assertTrue(engine.stats().activeGeneration() > generation);
        }
    }

    @Test
    void shouldLetTheNewerValueWinAcrossRotationAndCrash(@TempDir Path crashed) throws IOException {
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            throw new StorageException(Kind.DISK_FULL, "injected");
        });
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(2), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "k7", 1);
            Rows.putNow(engine, table, "k20", 1);
            Rows.putNow(engine, table, "k30", 2);
            Rows.putNow(engine, table, "k7", 2);
            Rows.deleteNow(engine, table, "k20");
            assertEquals(2, engine.stats().sealedGenerations());
            CrashImage.copy(directory, crashed);
        }
        for (Path left : List.of(crashed, directory)) {
            Env parked = Env.system();
            Gate gate = new Gate();
            parked.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
            try (Engine engine = Engine.open(left, EngineSettings.defaults(), parked)) {
                Table table = engine.table("t");
                gate.awaitReached();
                assertEquals(3, engine.stats().sealedGenerations());
                assertNewer(table);
                parked.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
                gate.open();
                engine.flush();
                assertNewer(table);
            }
        }
    }

    private static void assertNewer(Table table) {
        assertEquals(Map.of("k7", 2L, "k30", 2L), Rows.scan(table));
        assertEquals(Map.of("k7", 2L, "k30", 2L), Rows.scan(table.scan().reverse()));
        assertEquals(2, table.count());
        assertEquals(2L, Rows.get(table, "k7"));
        assertEquals(2L, Rows.get(table, "k30"));
        assertNull(Rows.get(table, "k20"));
    }

    /** The segments of the first owner's log. */
    private List<String> log(Path store) {
        return env.storage().list(store.resolve("wal").resolve("00000000000000000001")).stream()
                .filter(name -> name.endsWith(".cq4"))
                .toList();
    }

    /** Killed between its record and the cut of the log: the generation is in both. */
    @Test
    void shouldNotReplayAFlushedGenerationThatIsStillInTheLog(@TempDir Path crashed) throws IOException {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Table keyless = engine.createTable("log", Rows.KEYLESS);
            Rows.putNow(engine, table, "a", 1);
            Rows.putNow(engine, keyless, "x", 1);
            List<String> log = log(directory);
            assertEquals(1, log.size(), log::toString);
            Gate gate = new Gate();
            env.failPoints().arm(FailPoint.FLUSH_BEFORE_TRUNCATE, gate);
            CompletableFuture<Long> flush = CompletableFuture.supplyAsync(engine::flush);
            gate.awaitReached();
            Rows.putNow(engine, table, "a", 2);
            Rows.putNow(engine, keyless, "y", 2);
            CrashImage.copy(directory, crashed);
            assertTrue(log(crashed).containsAll(log), "the log was cut");
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_TRUNCATE);
            gate.open();
            flush.join();
        }
        Env counting = Env.system();
        AtomicInteger replayed = new AtomicInteger();
        counting.failPoints().arm(FailPoint.OPEN_AFTER_REPLAYED_GENERATION, replayed::incrementAndGet);
        try (Engine engine = Engine.open(crashed, EngineSettings.defaults(), counting)) {
            assertEquals(1, replayed.get());
            for (int round = 0; round < 2; round++) {
                assertEquals(Map.of("a", 2L), Rows.scan(engine.table("t")));
                assertEquals(Map.of("x", 1L, "y", 2L), Rows.scan(engine.table("log")));
                assertEquals(2, engine.table("log").count());
                engine.flush();
            }
        }
    }

    @Test
    void shouldReplayALogLargerThanTheBudgetAndThenOnlyItsTail() {
        Map<String, Long> model = new HashMap<>();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            throw new StorageException(Kind.DISK_FULL, "injected");
        });
        EngineSettings small = EngineSettings.defaults().withGenerationBytes(1 << 20);
        try (Engine engine = Engine.open(directory, small, env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                long last = 0;
                for (int i = 0; i < 100_000; i++) {
                    String id = "some key of a certain length " + i % 60_000;
                    last = Rows.put(writer, table, id, i);
                    model.put(id, (long) i);
                }
                writer.awaitVisible(last);
            }
            assertTrue(engine.stats().sealedGenerations() >= 3, () -> engine.stats()
                    .toString());
        }
        Env second = Env.system();
        AtomicInteger replayed = new AtomicInteger();
        AtomicInteger flushed = new AtomicInteger();
        AtomicInteger inMemoryMost = new AtomicInteger();
        second.failPoints().arm(FailPoint.FLUSH_BEFORE_DROP, flushed::incrementAndGet);
        second.failPoints().arm(FailPoint.OPEN_AFTER_REPLAYED_GENERATION, () -> {
            int inMemory = replayed.incrementAndGet() - flushed.get();
            inMemoryMost.accumulateAndGet(inMemory, Math::max);
        });
        try (Engine engine = Engine.open(directory, small.withMemoryBytes(2 << 20), second)) {
            assertTrue(replayed.get() >= 8, "replayed generations: " + replayed);
            // Two fill the budget, and one may be begun as long as they do not.
            assertTrue(inMemoryMost.get() <= 3, "generations in memory: " + inMemoryMost);
            assertEquals(model, Rows.scan(engine.table("t")));
            engine.flush();
            assertEquals(model, Rows.scan(engine.table("t")));
            for (int i = 0; i < 10; i++) {
                String id = "some key of a certain length " + i;
                Rows.putNow(engine, engine.table("t"), id, -i);
                model.put(id, (long) -i);
            }
        }
        for (int round = 0; round < 2; round++) {
            Env third = Env.system();
            replayed.set(0);
            third.failPoints().arm(FailPoint.OPEN_AFTER_REPLAYED_GENERATION, replayed::incrementAndGet);
            try (Engine engine = Engine.open(directory, small, third)) {
                assertEquals(round == 0 ? 1 : 0, replayed.get(), "flushed generations replayed");
                assertEquals(model, Rows.scan(engine.table("t")));
                engine.flush();
            }
        }
    }
}
