package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.StorageException;
import io.onlap.memtable.RowBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBatchTest {
    @TempDir
    Path directory;

    @Test
    void shouldKeepABatchAsItWasWhenFillingARowThrows() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            try (Writer writer = engine.writer()) {
                WriteBatch batch = writer.batch();
                batch.put(table, row -> row.set("id", "a").set("n", 1L));
                RowBuilder[] kept = {null};
                for (Throwable thrown : List.of(new IllegalStateException("mine"), new AssertionError("mine"))) {
                    assertEquals(
                            thrown,
                            assertThrows(
                                    Throwable.class,
                                    () -> batch.put(table, row -> {
                                        kept[0] = row.set("id", "half");
                                        sneak(thrown);
                                    })));
                    assertThrows(StorageException.class, () -> kept[0].set("n", 7L), "the half row is still open");
                }
                assertEquals(1, batch.rowCount());
                writer.awaitVisible(writer.write(batch));
                batch.put(table, row -> row.set("id", "b").set("n", 2L));
                writer.awaitVisible(writer.write(batch));
            }
            assertEquals(Map.of("a", 1L, "b", 2L), Rows.scan(table));
        }
    }

    private static void sneak(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }
}
