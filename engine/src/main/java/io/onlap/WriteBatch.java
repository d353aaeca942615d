package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.RowEncoder;
import io.onlap.memtable.TableSchema;
import java.util.function.Consumer;

/**
 * Rows of one or several tables that are written together; see {@link Writer#write}. A row that is refused (INVALID), or
 * whose filling throws, is not in the batch, and the batch stays usable.
 *
 * <p>Threading: one thread.
 */
public final class WriteBatch {
    private static final int NO_TABLE = 0;

    private final Store store;
    private final RowEncoder encoder;

    WriteBatch(Store store, int batchBytesMax) {
        this.store = store;
        this.encoder = new RowEncoder(batchBytesMax);
    }

    /**
     * Does a batch take {@code row} of a table of {@code schema}? Needs no store.
     *
     * @throws StorageException INVALID naming the limit that it is over, or what it lacks
     */
    public static void checkPut(EngineSettings settings, TableSchema schema, Consumer<RowBuilder> row) {
        put(new RowEncoder(settings.batchBytesMax()), NO_TABLE, schema, row);
    }

    /** The same of a deletion. */
    public static void checkDelete(EngineSettings settings, TableSchema schema, Object... key) {
        new RowEncoder(settings.batchBytesMax()).addDelete(NO_TABLE, schema, key);
    }

    /** Adds a row; of two rows of one key the later counts. */
    public WriteBatch put(Table table, Consumer<RowBuilder> row) {
        put(encoder, table.of(store).tableId(), table.schema(), row);
        return this;
    }

    private static void put(RowEncoder encoder, int tableId, TableSchema schema, Consumer<RowBuilder> row) {
        RowBuilder builder = encoder.beginPut(tableId, schema);
        try {
            row.accept(builder);
        } catch (RuntimeException | Error failure) {
            encoder.abandonRow(); // else whoever kept the builder could go on filling a row that no batch has
            throw failure;
        }
        encoder.endRow();
    }

    /** Adds the deletion of a key. */
    public WriteBatch delete(Table table, Object... key) {
        encoder.addDelete(table.of(store).tableId(), table.schema(), key);
        return this;
    }

    /** Rows and deletions in it. */
    public int rowCount() {
        return encoder.rowCount();
    }

    /** Encoded bytes in it. */
    public int byteCount() {
        return encoder.length();
    }

    /** Empties it. */
    public void clear() {
        encoder.clear();
    }

    /** This batch if its rows are of {@code expected}, else INVALID; see {@link Table#of}. */
    WriteBatch of(Store expected) {
        if (store != expected) {
            throw new StorageException(
                    Kind.INVALID,
                    "batch of another engine: rows=" + rowCount() + ", engine="
                            + expected.layout().root() + ", batchEngine="
                            + store.layout().root());
        }
        return this;
    }

    RowEncoder encoder() {
        return encoder;
    }
}
