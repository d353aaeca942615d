package io.onlap.memtable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A memtable with tables of one schema, its encoder and its allocator; closing it fails on a leak. Threading: one thread. */
final class MemtableRig implements AutoCloseable {
    static final int TABLE = 1;

    final BufferAllocator allocator = new RootAllocator();
    final RowEncoder encoder = new RowEncoder(64 << 20);
    final TableSchema schema;
    final Memtable memtable;
    private long sequence;

    MemtableRig(TableSchema schema) {
        this.schema = schema;
        this.memtable = new Memtable(1, allocator);
    }

    /** Applies one batch of whatever was added to the encoder; returns its sequence. */
    long apply() {
        memtable.apply(++sequence, encoder.buffer(), 0, encoder.length(), (table, schemaId) -> schema);
        encoder.clear();
        return sequence;
    }

    long put(Consumer<RowBuilder> row) {
        add(row);
        return apply();
    }

    void add(Consumer<RowBuilder> row) {
        row.accept(encoder.beginPut(TABLE, schema));
        encoder.endRow();
    }

    long delete(Object... key) {
        encoder.addDelete(TABLE, schema, key);
        return apply();
    }

    long sequence() {
        return sequence;
    }

    MemtableView view() {
        return memtable.view(TABLE, sequence);
    }

    Lookup get(Object... key) {
        return view().get(KeyCodec.encode(schema, key));
    }

    int[] allColumns() {
        return IntStream.range(0, schema.columns().size()).toArray();
    }

    /** What a cursor gives: rows, and null for a tombstone. */
    List<Row> scan(MemtableView view, KeyRange range, boolean reverse) {
        List<Row> rows = new ArrayList<>();
        try (RunCursor cursor = view.open(range, reverse, allColumns())) {
            while (cursor.next()) {
                RowBatch batch = cursor.batch();
                for (int row = batch.firstRow(); row < batch.endRow(); row++) {
                    rows.add(batch.isDeleted(row) ? null : Row.of(schema, batch, row));
                }
            }
        }
        return rows;
    }

    @Override
    public void close() {
        memtable.close();
        allocator.close();
    }
}
