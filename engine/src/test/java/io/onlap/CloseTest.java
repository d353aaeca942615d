package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends of an engine that meet other work half-way. */
class CloseTest {
    @TempDir
    Path directory;

    private final Env env = Env.system();

    @Test
    void shouldMakeNoTablesWhenPoisoned() {
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Table table = engine.createTable("t", Rows.SCHEMA);
        env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, () -> {
            throw new StorageException(Kind.FATAL, "injected");
        });
        assertThrows(StorageException.class, () -> Rows.putNow(engine, table, "a", 1));
        StorageException refused = assertThrows(StorageException.class, () -> engine.createTable("u", Rows.SCHEMA));
        assertEquals("injected", refused.getMessage());
        assertThrows(StorageException.class, engine::close);
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(1, reader.tables().size());
        }
    }
}
