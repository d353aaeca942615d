package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Each version of a table names the readers that hold it. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class VersionsTest {
    private static final String HERE = "lease pid " + ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    @Test
    void shouldNameReadersAtTheVersionTheySee() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Table other = engine.createTable("other", Rows.SCHEMA);
            flushInto(engine, table, "a");
            flushInto(engine, table, "b");
            flushInto(engine, other, "c");
            try (Engine reader = Engine.openReadOnly(directory)) {
                flushInto(engine, table, "d");
                assertEquals(List.of(List.of(), List.of(HERE), List.of()), heldBy(table));
                assertEquals(List.of(List.of(HERE)), heldBy(other));
                assertEquals(List.of(List.of(), List.of(), List.of()), heldBy(reader.table("t")));
                reader.refresh();
                assertEquals(List.of(List.of(), List.of(), List.of(HERE)), heldBy(table));
            }
            assertEquals(List.of(List.of(), List.of(), List.of()), heldBy(table));
        }
    }

    @Test
    void shouldNotNameReadersThatDied() throws Exception {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            flushInto(engine, table, "a");
            Files.writeString(directory.resolve("leases/dead"), "nobody locks this");
            assertEquals(List.of(List.of()), heldBy(table));
        }
    }

    @Test
    void shouldNameReaderThatDoesNotSayWhereItStandsAtEveryVersion() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            flushInto(engine, table, "a");
            flushInto(engine, table, "b");
            Env env = Env.system();
            List<List<List<String>>> seen = new ArrayList<>();
            env.failPoints().arm(FailPoint.READER_AFTER_LEASE, () -> seen.add(heldBy(table)));
            Engine.openReadOnly(directory, env).close();
            assertEquals(List.of(List.of(List.of(HERE), List.of(HERE))), seen);
        }
    }

    private static void flushInto(Engine engine, Table table, String id) {
        Rows.putNow(engine, table, id, 1);
        engine.flush();
    }

    private static List<List<String>> heldBy(Table table) {
        return table.versions().stream().map(TableVersion::heldBy).toList();
    }
}
