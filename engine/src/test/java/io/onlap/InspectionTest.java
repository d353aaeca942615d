package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class InspectionTest {
    @TempDir
    private Path directory;

    private List<Inspection.Found> faults() {
        List<Inspection.Found> found = new ArrayList<>();
        Inspection.verify(directory, found::add);
        return found.stream().filter(Inspection.Found::fault).toList();
    }

    /** Two flushed generations with a tombstone, and one in the log, forced. */
    private void fill() {
        try (Engine engine = Engine.open(directory);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 500; i++) {
                    int n = i;
                    writer.put(table, row -> row.set("id", "k" + n).set("n", n));
                }
                long last = writer.delete(table, "k" + round);
                writer.awaitDurable(last, Durability.POWER);
                if (round < 2) {
                    engine.flush();
                }
            }
        }
    }

    @Test
    void shouldFindNoFaultWhenStoreIsSound() {
        fill();
        assertEquals(List.of(), faults());
    }

    @ParameterizedTest
    @ValueSource(strings = {"segments/*.arrow", "segments/*.sidecar", "manifest/*.json", "FORMAT"})
    void shouldFindFaultWhereverByteIsFlipped(String kind) throws Exception {
        fill();
        Path victim;
        try (Stream<Path> files = Files.walk(directory)) {
            String suffix = kind.substring(kind.lastIndexOf('*') + 1);
            String folder = kind.contains("/") ? kind.substring(0, kind.indexOf('/')) : "";
            victim = files.filter(Files::isRegularFile)
                    .filter(file -> directory.relativize(file).toString().startsWith(folder))
                    .filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        byte[] sound = Files.readAllBytes(victim);
        for (int part = 0; part < 40; part++) {
            byte[] damaged = sound.clone();
            int at = (int) ((long) sound.length * part / 40);
            damaged[at] ^= 0x10;
            Files.write(victim, damaged);
            assertFalse(faults().isEmpty(), victim + " at " + at);
        }
        Files.write(victim, sound);
        assertEquals(List.of(), faults());
    }

    @Test
    void shouldFindFaultWhenSegmentFileIsGone() throws Exception {
        fill();
        try (Stream<Path> files = Files.list(directory.resolve("segments"))) {
            Files.delete(files.filter(file -> file.toString().endsWith(".arrow"))
                    .findFirst()
                    .orElseThrow());
        }
        assertEquals("NOT_FOUND", faults().get(0).what());
    }

    @Test
    void shouldFindFaultWhenVersionIsGone() throws Exception {
        fill();
        Files.delete(directory.resolve("manifest/00000000000000000002.json"));
        assertFalse(faults().isEmpty());
    }

    @Test
    void shouldShowOwnersNumbersWhileItLives() {
        try (Engine engine = Engine.open(directory);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            writer.awaitVisible(writer.put(table, row -> row.set("id", "a").set("n", 1)));
            Map<Counter, Long> first = Inspection.counters(directory);
            assertEquals(ProcessHandle.current().pid(), first.get(Counter.PID));
            assertEquals(engine.stats().epoch(), first.get(Counter.EPOCH));
            assertEquals(EngineSettings.defaults().generationBytes(), first.get(Counter.GENERATION_BYTES));
        }
        Map<Counter, Long> last = Inspection.counters(directory);
        assertEquals(Counter.values().length, last.size());
        assertEquals(1, last.get(Counter.ROWS));
        assertTrue(last.get(Counter.ALLOCATED_BYTES) > 0);
    }

    @Test
    void shouldShowTheNumbersOfTheEndAfterClose() {
        try (Engine engine = Engine.open(directory);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            for (int i = 0; i < 3; i++) {
                String id = "k" + i;
                writer.awaitVisible(writer.put(table, row -> row.set("id", id).set("n", 1)));
            }
        }
        Map<Counter, Long> last = Inspection.counters(directory);
        assertEquals(3, last.get(Counter.VISIBLE_SEQUENCE));
        assertEquals(3, last.get(Counter.DURABLE_SEQUENCE));
        assertEquals(3, last.get(Counter.ROWS));
    }

    @Test
    void shouldListFramesAndVersionsWhenAsked() {
        fill();
        List<Inspection.WalFrame> frames = new ArrayList<>();
        Inspection.walFrames(directory, frames::add);
        assertEquals(501, frames.stream().mapToLong(Inspection.WalFrame::rows).sum());
        assertEquals(
                List.of("OPEN", "CREATE_TABLE", "FLUSH", "FLUSH"),
                Inspection.manifestVersions(directory).stream()
                        .map(Inspection.ManifestVersion::operation)
                        .toList());
    }
}
