package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
            copy(directory, lost);
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

    /** What a loss of power may leave: the files as they are while the owner has them. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
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
    void shouldLetTheNewerValueWinAcrossRotationAndCrash() {
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            throw new io.onlap.io.StorageException(io.onlap.io.StorageException.Kind.DISK_FULL, "injected");
        });
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(2), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "k7", 1);
            Rows.putNow(engine, table, "k20", 1);
            Rows.putNow(engine, table, "k30", 2);
            Rows.putNow(engine, table, "k7", 2);
            Rows.deleteNow(engine, table, "k20");
            assertEquals(2, engine.stats().sealedGenerations());
        }
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.table("t");
            assertEquals(Map.of("k7", 2L, "k30", 2L), Rows.scan(table));
            assertNull(Rows.get(table, "k20"));
            engine.flush();
            assertEquals(Map.of("k7", 2L, "k30", 2L), Rows.scan(table));
        }
    }

    @Test
    void shouldReplayALogLargerThanTheBudgetAndThenOnlyItsTail() {
        Map<String, Long> model = new HashMap<>();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            throw new io.onlap.io.StorageException(io.onlap.io.StorageException.Kind.DISK_FULL, "injected");
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
        int[] replayed = {0};
        second.failPoints().arm(FailPoint.OPEN_AFTER_REPLAYED_GENERATION, () -> replayed[0]++);
        try (Engine engine = Engine.open(directory, small.withMemoryBytes(2 << 20), second)) {
            assertTrue(replayed[0] >= 4, "replayed generations: " + replayed[0]);
            assertEquals(model, Rows.scan(engine.table("t")));
            engine.flush();
            assertEquals(model, Rows.scan(engine.table("t")));
        }
        Env third = Env.system();
        replayed[0] = 0;
        third.failPoints().arm(FailPoint.OPEN_AFTER_REPLAYED_GENERATION, () -> replayed[0]++);
        try (Engine engine = Engine.open(directory, small, third)) {
            assertEquals(0, replayed[0], "flushed generations replayed");
            assertEquals(model, Rows.scan(engine.table("t")));
        }
    }
}
