package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.onlap.io.ChildJvm;
import io.onlap.io.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process that owns a store is stopped wherever it is, its lock bypassed, a successor in its place; then it goes on. What
 * it acknowledged, then or later, the successor has; it ends FENCED, and the successor's rows stay as they are.
 */
class PausedOwnerTest {
    private static final int ROUNDS = 4;
    private static final int LINES = 40;

    @TempDir
    Path directory;

    /** Puts k0, k1, … with flushes on the way, prints each number once it is acknowledged, at last the kind of failure. */
    static final class WritingChild {
        private WritingChild() {}

        public static void main(String[] arguments) {
            EngineSettings settings =
                    EngineSettings.defaults().withGenerationRows(100).withDurability(Durability.valueOf(arguments[1]));
            try (Engine engine = Engine.open(Path.of(arguments[0]), settings);
                    Writer writer = engine.writer()) {
                Table table = engine.createTable("t", Rows.SCHEMA);
                for (long i = Long.parseLong(arguments[2]); ; i++) {
                    long sequence = Rows.put(writer, table, "k" + i, i);
                    if (i % 10 == 0) {
                        writer.awaitDurable(sequence);
                        System.out.println(i);
                    }
                }
            } catch (StorageException e) {
                System.out.println(e.kind());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndFencedWithNothingAcknowledgedThatItsSuccessorHasNot(Durability durability) throws Exception {
        assumeTrue(Held.isKnown(), "no /proc here: whether a process has stopped cannot be seen");
        Map<String, Long> model = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            try (ChildJvm child =
                    ChildJvm.start(WritingChild.class, directory.toString(), durability.name(), "" + model.size())) {
                pauseAndSucceed(child, model);
            }
        }
        assertEquals(List.of(), Faults.of(directory));
    }

    /** The successor's rows are in {@code model} at the end. */
    private void pauseAndSucceed(ChildJvm child, Map<String, Long> model) throws Exception {
        List<String> told = new ArrayList<>();
        for (int i = 0; i < LINES; i++) {
            told.add(child.readLine());
        }
        child.pause();
        Files.delete(directory.resolve("LOCK"));
        try (Engine successor = Engine.open(directory)) {
            Table table = successor.table("t");
            Map<String, Long> found = Rows.scan(table);
            model.clear();
            for (long i = 0; i < found.size(); i++) {
                model.put("k" + i, i);
            }
            assertEquals(model, found);
            Rows.putNow(successor, table, "k0", 0);
            child.resume();
            for (String line = child.readLine(); line != null; line = child.readLine()) {
                told.add(line);
            }
            assertEquals(0, child.waitFor());
            assertEquals("FENCED", told.remove(told.size() - 1));
            told.forEach(line -> assertTrue(model.containsKey("k" + line), "acknowledged, not found: " + line));
            successor.flush();
            assertEquals(model, Rows.scan(table));
        }
    }
}
