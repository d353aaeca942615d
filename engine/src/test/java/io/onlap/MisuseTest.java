package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller does wrong is refused at the door, before it can reach the log. */
class MisuseTest {
    @TempDir
    Path directory;

    @Test
    void shouldRefuseATableOrBatchOfAnotherEngineBeforeTheLog() {
        try (Engine mine = Engine.open(directory.resolve("mine"));
                Engine other = Engine.open(directory.resolve("other"))) {
            Table own = mine.createTable("t", Rows.SCHEMA);
            other.createTable("first", Rows.SCHEMA);
            Table foreign = other.createTable("t", Rows.SCHEMA);
            try (Writer writer = mine.writer();
                    Writer otherWriter = other.writer();
                    View view = mine.view()) {
                WriteBatch batch = writer.batch();
                WriteBatch otherBatch = otherWriter.batch();
                otherBatch.put(foreign, row -> row.set("id", "a"));
                for (Runnable call : List.<Runnable>of(
                        () -> Rows.put(writer, foreign, "a", 1),
                        () -> writer.delete(foreign, "a"),
                        () -> batch.put(foreign, row -> row.set("id", "a")),
                        () -> batch.delete(foreign, "a"),
                        () -> writer.write(otherBatch),
                        () -> view.get(foreign, "a"),
                        () -> view.count(foreign),
                        () -> view.scan(foreign).open().close())) {
                    StorageException refused = assertThrows(StorageException.class, call::run);
                    assertEquals(Kind.INVALID, refused.kind(), refused::getMessage);
                    assertTrue(refused.getMessage().contains("of another engine"), refused::getMessage);
                }
                writer.awaitVisible(Rows.put(writer, own, "a", 1));
            }
            assertEquals(1, own.count());
        }
        try (Engine again = Engine.open(directory.resolve("mine"))) {
            assertEquals(1, again.table("t").count());
        }
    }

    @Test
    void shouldRefuseAColumnThatIsAskedForTwice() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            StorageException refused = assertThrows(
                    StorageException.class,
                    () -> table.scan().columns("id", "id").open().close());
            assertEquals("column asked for twice: column=id, columns=[id, id]", refused.getMessage());
            assertEquals(Kind.INVALID, refused.kind());
        }
    }
}
