package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.TableEntry;
import io.onlap.memtable.Row;
import io.onlap.memtable.TableSchema;
import java.util.List;
import java.util.Optional;

/**
 * One table of an engine. Each read opens a view of its own; for several reads of one moment use {@link Engine#view}.
 *
 * <p>Threading: any thread.
 */
public final class Table {
    private final Store store;
    private final TableEntry entry;

    Table(Store store, TableEntry entry) {
        this.store = store;
        this.entry = entry;
    }

    TableEntry entry() {
        return entry;
    }

    /**
     * This table if it is one of {@code expected}: in another store its ids mean another table, or none, and rows of it would
     * stop every later open of the log.
     *
     * @throws StorageException INVALID if it is not
     */
    Table of(Store expected) {
        if (store != expected) {
            throw new StorageException(
                    Kind.INVALID,
                    "table of another engine: path=" + entry.path() + ", engine="
                            + expected.layout().root() + ", tableEngine="
                            + store.layout().root());
        }
        return this;
    }

    public String path() {
        return entry.path();
    }

    /** Never reused within its store. */
    public int tableId() {
        return entry.tableId();
    }

    public TableSchema schema() {
        return entry.schema();
    }

    /**
     * The row of a key.
     *
     * @param key a value per key column
     * @throws StorageException INVALID for a table without key or values of other types
     */
    public Optional<Row> get(Object... key) {
        try (View view = new View(store)) {
            return view.get(this, key);
        }
    }

    /** Live rows at this moment. */
    public long count() {
        try (View view = new View(store)) {
            return view.count(this);
        }
    }

    /** Its segment files at this moment, by generation. Rows that are not flushed are in the log and in memory. */
    public List<Source> sources() {
        try (View view = new View(store)) {
            return view.segments(this).stream()
                    .map(file -> new Source(
                            file.name(),
                            file.minGeneration(),
                            file.maxGeneration(),
                            file.rows(),
                            file.tombstones(),
                            file.bytes()))
                    .toList();
        }
    }

    /**
     * Its versions that can be read, ascending: the flushes that touched it. Costs a count of each.
     *
     * @throws StorageException CORRUPT naming the place
     */
    public List<TableVersion> versions() {
        store.checkOpen();
        return Versions.of(store, entry.tableId());
    }

    /** A scan of this moment, to be narrowed and opened. */
    public ScanBuilder scan() {
        return new ScanBuilder(store, null, this);
    }

    @Override
    public String toString() {
        return entry.path() + " " + entry.schema();
    }
}
