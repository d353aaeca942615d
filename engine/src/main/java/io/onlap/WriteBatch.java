package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.RowEncoder;
import java.util.function.Consumer;

/**
 * Rows of one or several tables that are written together; see {@link Writer#write}. A row that is refused (INVALID), or
 * whose filling throws, is not in the batch, and the batch stays usable.
 *
 * <p>Threading: one thread.
 */
public final class WriteBatch {
    private final Store store;
    private final RowEncoder encoder;

    WriteBatch(Store store, int batchBytesMax) {
        this.store = store;
        this.encoder = new RowEncoder(batchBytesMax);
    }

    /** Adds a row; of two rows of one key the later counts. */
    public WriteBatch put(Table table, Consumer<RowBuilder> row) {
        RowBuilder builder = encoder.beginPut(table.of(store).tableId(), table.schema());
        try {
            row.accept(builder);
        } catch (RuntimeException | Error failure) {
            encoder.abandonRow(); // else whoever kept the builder could go on filling a row that no batch has
            throw failure;
        }
        encoder.endRow();
        return this;
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
