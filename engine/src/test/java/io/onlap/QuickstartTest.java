package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.memtable.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of the README, compiled and run; and that the README shows these very lines. */
class QuickstartTest {
    @TempDir
    Path directory;

    @Test
    void shouldRunTheLinesOfTheReadme() {
        // begin
        Schema arrow = new Schema(List.of(
                Field.notNullable("id", new ArrowType.Utf8()),
                Field.nullable("ts", new ArrowType.Int(64, true)),
                Field.nullable("text", new ArrowType.Utf8())));
        try (Engine engine = Engine.open(directory)) {
            Table turns =
                    engine.createTable("agents/ada/turns", TableSchema.of(arrow).key("id"));
            try (Writer writer = engine.writer()) {
                long sequence = writer.put(
                        turns, row -> row.set("id", "s1/0001").set("ts", 1L).set("text", "prefers tea"));
                writer.awaitDurable(sequence);
            }
            String text = turns.get("s1/0001").orElseThrow().getString("text");
            try (Scan scan = turns.scan()
                    .prefix("s1/")
                    .columns("ts", "text")
                    .reverse()
                    .limit(20)
                    .open()) {
                while (scan.next()) {
                    System.out.print(scan.batch().contentToTSVString());
                }
            }
            // end
            assertEquals("prefers tea", text);
        }
    }

    @Test
    void shouldBeWhatTheReadmeShows() throws IOException {
        Path readme = Path.of("..", "README.md");
        String shown = between(Files.readString(readme), "```java\n", "```");
        String run = between(
                Files.readString(Path.of("src/test/java/io/onlap/QuickstartTest.java")), "// begin\n", "// end\n");
        // The last two braces close the engine and stand behind the assertion here.
        assertEquals(words(shown).substring(0, words(shown).length() - 1), words(run));
        assertTrue(words(shown).contains("turns.scan()"));
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        return text.substring(start, text.indexOf(to, start));
    }

    /** Without white space, in which the formatter and the README differ. */
    private static String words(String code) {
        return code.replaceAll("\\s+", "");
    }
}
