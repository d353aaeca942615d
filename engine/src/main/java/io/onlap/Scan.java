package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.BatchAppender;
import io.onlap.memtable.Column;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.RunCursor;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * An open scan: live rows, batch by batch, as Arrow vectors. Newest-wins comes first, then the filter, then the limit.
 *
 * <p>Threading: one thread.
 */
public final class Scan implements AutoCloseable {
    private final View ownView;
    private final RunCursor cursor;
    private final BoundFilter filter;
    private final BatchAppender passing;
    private final int columnCount;
    private int[] selected = {};
    private long left;
    private VectorSchemaRoot batch;
    private boolean isSlice;
    private boolean closed;

    /** @param read the asked columns, then those only the filter needs */
    Scan(ScanBuilder asked, Store store, View view, List<Column> read) {
        this.ownView = asked.ownsView() ? view : null;
        this.columnCount = asked.columns().size();
        this.left = asked.limit();
        int[] columns = read.stream().mapToInt(Column::index).toArray();
        this.filter = asked.filter() == null
                ? null
                : BoundFilter.of(asked.filter(), asked.table().schema(), columns);
        this.cursor = view.union(asked.table(), asked.range(), asked.isReverse(), columns);
        this.passing = filter == null
                ? null
                : new BatchAppender(store.allocator(), asked.table().schema(), columns, false, 1);
    }

    /** Moves to the next batch, which holds at least one row; false at the end. */
    public boolean next() {
        if (closed) {
            throw new StorageException(Kind.CLOSED, "scan closed");
        }
        dropBatch();
        while (left > 0 && cursor.next()) {
            RowBatch rows = filter == null ? cursor.batch() : select(cursor.batch());
            if (rows.rowCount() > 0) {
                int count = (int) Math.min(left, rows.rowCount());
                left -= count;
                show(rows, count);
                return true;
            }
        }
        return false;
    }

    /**
     * The current batch: the asked columns in the asked order, every row live. Borrowed: valid until {@link #next} or
     * {@link #close}, and not to be closed or changed.
     */
    public VectorSchemaRoot batch() {
        if (batch == null) {
            throw new StorageException(Kind.INVALID, "scan has no batch: call next() first, until it returns false");
        }
        return batch;
    }

    /** The rows that pass, gathered. */
    private RowBatch select(RowBatch rows) {
        passing.clear();
        passing.bind(0, rows);
        if (selected.length < rows.rowCount()) {
            selected = new int[rows.rowCount()];
        }
        int count = filter.select(rows, selected);
        for (int i = 0; i < count; i++) {
            if (passing.add(0, selected[i], 1) == 0) {
                // A cursor's batch is no larger than an appender's, so all of it fits.
                throw new StorageException(Kind.FATAL, "batch larger than an output batch: rows=" + rows.rowCount());
            }
        }
        return passing.batch();
    }

    private void show(RowBatch rows, int count) {
        List<FieldVector> vectors = rows.columns().subList(0, columnCount);
        int total = vectors.isEmpty() ? count : vectors.get(0).getValueCount();
        VectorSchemaRoot whole = new VectorSchemaRoot(
                vectors.stream().map(FieldVector::getField).toList(), vectors, vectors.isEmpty() ? count : total);
        isSlice = !vectors.isEmpty() && (rows.firstRow() > 0 || count < total);
        batch = isSlice ? whole.slice(rows.firstRow(), count) : whole;
    }

    private void dropBatch() {
        if (isSlice) {
            batch.close();
        }
        isSlice = false;
        batch = null;
    }

    /** Gives back what it holds; idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        dropBatch();
        Closing closing = new Closing();
        closing.run(cursor::close);
        if (passing != null) {
            closing.run(passing::close);
        }
        if (ownView != null) {
            closing.run(ownView::close);
        }
        closing.end();
    }
}
