package io.onlap.memtable;

import java.util.List;

/**
 * The rows of several runs one run after the other: the union of a table without key, where no row replaces another. Only
 * one run's cursor is open at a time; its batches are passed through.
 *
 * <p>Threading: one thread.
 */
final class Concatenation implements RunCursor {
    private final List<Run> runs;
    private final boolean reverse;
    private final int[] columns;
    private int next;
    private RunCursor cursor;

    Concatenation(List<Run> runs, boolean reverse, int[] columns) {
        this.runs = runs;
        this.reverse = reverse;
        this.columns = columns;
    }

    @Override
    public boolean next() {
        while (cursor != null || next < runs.size()) {
            if (cursor == null) {
                cursor = runs.get(next++).open(KeyRange.ALL, reverse, columns);
            }
            if (cursor.next()) {
                return true;
            }
            closeCursor();
        }
        return false;
    }

    @Override
    public RowBatch batch() {
        return cursor == null ? null : cursor.batch();
    }

    private void closeCursor() {
        RunCursor done = cursor;
        cursor = null;
        if (done != null) {
            done.close();
        }
    }

    @Override
    public void close() {
        next = runs.size();
        closeCursor();
    }
}
