package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is in the reads of another process that opens the store, or refreshes, after it. */
class AcknowledgedRowsAreReadByAnotherProcessTest {
    @TempDir
    Path directory;

    /** Opens the store read-only and prints what it reads; again, after a refresh, for each line it is given, a key. */
    static final class ReadingChild {
        private ReadingChild() {}

        public static void main(String[] arguments) throws IOException {
            try (Engine engine = Engine.openReadOnly(Path.of(arguments[0]));
                    BufferedReader keys =
                            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                tell(engine, "a");
                for (String key = keys.readLine(); key != null; key = keys.readLine()) {
                    engine.refresh();
                    tell(engine, key);
                }
            }
        }

        private static void tell(Engine engine, String key) {
            Table table = engine.table("t");
            System.out.println(table.count() + " " + Rows.get(table, key) + " " + new TreeMap<>(Rows.scan(table)));
            System.out.flush();
        }
    }

    @Test
    void shouldBeReadByAProcessThatOpensOrRefreshesAfter() throws Exception {
        Map<String, Long> model = new TreeMap<>();
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            model.put("a", 1L);
            try (ChildJvm child = ChildJvm.start(ReadingChild.class, directory.toString())) {
                assertEquals(told(model, "a"), child.readLine());
                for (int i = 0; i < 100; i++) {
                    String key = "k" + i % 30;
                    if (i % 7 == 6) {
                        Rows.deleteNow(engine, table, key);
                        model.remove(key);
                    } else {
                        Rows.putNow(engine, table, key, i);
                        model.put(key, (long) i);
                    }
                    if (i % 13 == 12) {
                        engine.flush();
                    }
                    child.writeLine(key);
                    assertEquals(told(model, key), child.readLine(), "i=" + i);
                }
            }
        }
    }

    private static String told(Map<String, Long> model, String key) {
        return model.size() + " " + model.get(key) + " " + model;
    }
}
