package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.ChildJvm;
import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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

    /** Of the reader that opens the rows are in a file, in a sealed generation and in the active one. */
    @Test
    void shouldBeReadByAProcessThatOpensWhileAFlushIsUnderWay() throws Exception {
        Env env = Env.system();
        Gate gate = new Gate();
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(10), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Map<String, Long> model = new TreeMap<>();
            for (String key : List.of("a", "file", "rewritten", "deleted")) {
                Rows.putNow(engine, table, key, 1);
                model.put(key, 1L);
            }
            engine.flush();
            env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
            for (int i = 0; i < 8; i++) {
                Rows.putNow(engine, table, "sealed" + i, i);
                model.put("sealed" + i, (long) i);
            }
            Rows.putNow(engine, table, "rewritten", 2);
            Rows.deleteNow(engine, table, "deleted");
            gate.awaitReached();
            Rows.putNow(engine, table, "a", 3);
            model.putAll(Map.of("rewritten", 2L, "a", 3L));
            model.remove("deleted");
            assertEquals(1, engine.stats().sealedGenerations());
            try (ChildJvm child = ChildJvm.start(ReadingChild.class, directory.toString())) {
                assertEquals(told(model, "a"), child.readLine());
                gate.open();
                engine.flush();
                child.writeLine("deleted");
                assertEquals(told(model, "deleted"), child.readLine());
            }
        }
    }

    private static String told(Map<String, Long> model, String key) {
        return model.size() + " " + model.get(key) + " " + model;
    }
}
