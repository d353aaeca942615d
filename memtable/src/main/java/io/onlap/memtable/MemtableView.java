package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The rows of one table in one generation up to a sequence, for ever the same.
 *
 * <p>Does not itself keep the memtable from being freed: whoever made it does. Each open cursor does.
 *
 * <p>Threading: immutable; any thread.
 */
public final class MemtableView implements Run {
    private final long generation;
    private final TableMemtable table;
    private final int end;
    private final BufferAllocator readers;
    private final Lifetime lifetime;

    MemtableView(long generation, TableMemtable table, int end, BufferAllocator readers, Lifetime lifetime) {
        this.generation = generation;
        this.table = table;
        this.end = end;
        this.readers = readers;
        this.lifetime = lifetime;
    }

    @Override
    public long generation() {
        return generation;
    }

    public TableSchema schema() {
        return table.schema();
    }

    /** Rows up to the sequence, tombstones and superseded ones included. */
    public int rows() {
        return table.rows().count(0, end);
    }

    /**
     * What this run knows of a key, by its encoded bytes.
     *
     * @throws StorageException INVALID in a table without key
     */
    public Lookup get(byte[] encodedKey) {
        if (!table.schema().isKeyed()) {
            throw ColumnValue.invalid("table without key has no lookups: generation=" + generation);
        }
        int id = table.find(encodedKey, end);
        if (id == KeyIndex.NONE) {
            return Lookup.ABSENT;
        }
        return table.isDeleted(id) ? Lookup.DELETED : Lookup.found(table.row(id));
    }

    /**
     * {@inheritDoc}
     *
     * @throws StorageException CLOSED if the memtable was freed, INVALID for a range in a table without key
     */
    @Override
    public RunCursor open(KeyRange range, boolean reverse, int[] columns) {
        return open(readers, range, reverse, columns);
    }

    /** As {@link #open(KeyRange, boolean, int[])}; the batches come from that allocator. */
    public RunCursor open(BufferAllocator allocator, KeyRange range, boolean reverse, int[] columns) {
        if (!table.schema().isKeyed() && !range.isAll()) {
            throw ColumnValue.invalid("table without key has no ranges: range=" + range);
        }
        if (!lifetime.retain()) {
            throw new StorageException(Kind.CLOSED, "memtable is freed: generation=" + generation);
        }
        try {
            int[] ids = range.isEmpty() ? new int[0] : table.order().select(range, end);
            return new MemtableCursor(allocator, table.rows(), ids, reverse, columns, lifetime);
        } catch (Throwable e) { // also a failed allocation must not keep the memtable for ever
            lifetime.release();
            throw e;
        }
    }
}
