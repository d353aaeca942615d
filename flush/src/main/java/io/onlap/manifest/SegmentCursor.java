package io.onlap.manifest;

import io.onlap.memtable.BatchAppender;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.RunCursor;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;

/**
 * Walks a segment file. Forward it hands out windows of the file's own vectors; backward it must copy, because a batch's
 * rows lie in the cursor's order: few rows at first, since most backward scans want the last few.
 *
 * <p>Invariant: it holds a reference to its reader until closed.
 *
 * <p>Threading: one thread.
 */
final class SegmentCursor implements RunCursor {
    private static final int FIRST_ROWS = 64;
    private static final int GROWTH = 4;

    private final SegmentReader reader;
    private final KeyRange range;
    private final int[] columns;
    /** Batches not yet walked are {@code [next, end)}. */
    private int next;

    private int end;
    private BatchAppender appender;
    private RowBatch source;
    private int sourceRow;
    private int rowsMax = FIRST_ROWS;
    private RowBatch batch;
    private boolean closed;

    /** Takes over a reference to {@code reader}. */
    SegmentCursor(SegmentReader reader, KeyRange range, boolean reverse, int[] columns) {
        this.reader = reader;
        this.range = range;
        this.columns = columns;
        Sidecar sidecar = reader.sidecar();
        this.next = range.from() == null ? 0 : Math.max(0, sidecar.batchOf(range.from()));
        this.end = range.to() == null ? sidecar.batches() : sidecar.batchOf(range.to()) + 1;
        if (range.isEmpty()) {
            end = next;
        }
        if (reverse) {
            appender = new BatchAppender(reader.allocator(), reader.schema(), columns, true, 1);
        }
    }

    @Override
    public boolean next() {
        batch = null;
        if (closed) {
            return false;
        }
        return appender == null ? nextForward() : nextBackward();
    }

    private boolean nextForward() {
        while (next < end) {
            batch = window(next++);
            if (batch.rowCount() > 0) {
                return true;
            }
        }
        batch = null;
        return false;
    }

    private boolean nextBackward() {
        appender.clear();
        while (source == null || sourceRow < source.firstRow()) {
            if (next >= end) {
                return false;
            }
            source = window(--end);
            sourceRow = source.endRow() - 1;
            appender.bind(0, source);
        }
        while (sourceRow >= source.firstRow() && appender.rows() < rowsMax && !appender.isFull()) {
            appender.add(0, sourceRow, 1);
            sourceRow--;
        }
        rowsMax = Math.min(rowsMax * GROWTH, BatchAppender.ROWS_MAX);
        batch = appender.batch();
        return true;
    }

    /** The rows of batch {@code place} that are in the range, with the asked columns; maybe none. */
    private RowBatch window(int place) {
        SegmentBatch found = reader.batch(place);
        RowBatch all = found.rows();
        int first = range.from() == null ? 0 : found.keys().firstNotBefore(range.from());
        int last = range.to() == null ? all.endRow() : found.keys().firstNotBefore(range.to());
        List<FieldVector> asked = new ArrayList<>(columns.length);
        for (int column : columns) {
            asked.add(all.columns().get(column));
        }
        return new RowBatch(asked, all.key(), all.deleted(), first, Math.max(first, last));
    }

    @Override
    public RowBatch batch() {
        return batch;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            batch = null;
            source = null;
            if (appender != null) {
                appender.close();
            }
            reader.release();
        }
    }
}
