package io.onlap.memtable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The one place where sources are ordered and the newest row of a key wins: a k-way merge over the runs of a table.
 *
 * <p>A heap holds the sources by the key they stand at, of equal keys the newest generation first. The top's row wins; older
 * rows of its key are skipped; then everything of the top's batch up to the next source's key is a stretch that belongs to
 * it alone. A long stretch without tombstones is passed through as a window of the source's own vectors; short ones are
 * gathered into an output batch.
 *
 * <p>Invariants: output keys strictly follow each other in the cursor's order; a source moves to its next batch only when
 * nothing noted for copying, and no window given to the caller, refers to the batch before.
 *
 * <p>Threading: one thread.
 */
public final class Union implements RunCursor {
    /** Shorter stretches are copied: a batch of few rows costs its reader more than the copy. */
    private static final int WINDOW_ROWS_MIN = 256;

    private final UnionSource[] heap;
    private final BatchAppender appender;
    private final boolean reverse;
    private final boolean keepTombstones;
    private int size;
    private RowBatch batch;
    private boolean closed;

    private Union(
            BufferAllocator allocator,
            TableSchema schema,
            List<Run> runs,
            KeyRange range,
            boolean reverse,
            int[] columns,
            boolean keepTombstones) {
        this.heap = new UnionSource[runs.size()];
        this.reverse = reverse;
        this.keepTombstones = keepTombstones;
        this.appender = new BatchAppender(allocator, schema, columns, keepTombstones, runs.size());
        try {
            for (Run run : runs) {
                UnionSource source = new UnionSource(run.open(range, reverse, columns), run.generation(), size);
                heap[size++] = source;
            }
            fill();
        } catch (RuntimeException | Error e) {
            closeAfter(e);
            throw e;
        }
    }

    /**
     * The live rows of {@code runs} whose key is in {@code range}, newest row per key, without tombstones. A table without
     * key gives all rows of all runs, older generations first ({@code reverse}: last).
     *
     * @param runs in any order; no two share a generation; the caller holds them until the cursor is closed
     * @param columns places in the schema of the columns that batches must hold, in that order
     */
    public static RunCursor open(
            BufferAllocator allocator,
            TableSchema schema,
            List<Run> runs,
            KeyRange range,
            boolean reverse,
            int[] columns) {
        if (!schema.isKeyed()) {
            return new Concatenation(ordered(runs, reverse), reverse, columns);
        }
        return new Union(allocator, schema, runs, range, reverse, columns, false);
    }

    /** All rows of {@code runs} with all columns, newest row per key, tombstones kept: what a merge of files writes. */
    public static RunCursor openWithTombstones(BufferAllocator allocator, TableSchema schema, List<Run> runs) {
        int[] columns = new int[schema.columns().size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = i;
        }
        if (!schema.isKeyed()) {
            return new Concatenation(ordered(runs, false), false, columns);
        }
        return new Union(allocator, schema, runs, KeyRange.ALL, false, columns, true);
    }

    private static List<Run> ordered(List<Run> runs, boolean reverse) {
        List<Run> ordered = new ArrayList<>(runs);
        Comparator<Run> byGeneration = Comparator.comparingLong(Run::generation);
        ordered.sort(reverse ? byGeneration.reversed() : byGeneration);
        return ordered;
    }

    /** Gives every source its first batch, drops empty ones, and makes the heap. */
    private void fill() {
        int opened = size;
        int filled = 0;
        for (int i = 0; i < opened; i++) {
            UnionSource source = heap[i];
            if (source.nextBatch()) {
                appender.bind(source.index(), source.batch());
                // Swapped, not overwritten: a failure of a later source must find all of them for closing.
                heap[i] = heap[filled];
                heap[filled++] = source;
            }
        }
        for (int i = filled; i < opened; i++) {
            heap[i].close();
        }
        size = filled;
        for (int i = (size >>> 1) - 1; i >= 0; i--) {
            siftDown(i);
        }
    }

    @Override
    public boolean next() {
        batch = null;
        if (closed) {
            return false;
        }
        appender.clear();
        while (settle(0)) {
            skipOlderRows();
            UnionSource top = heap[0];
            int stretchEnd = size == 1 ? top.end() : top.firstNotBefore(second(), reverse);
            if (!take(top, stretchEnd)) {
                break;
            }
        }
        if (batch == null && appender.rows() > 0) {
            batch = appender.batch();
        }
        return batch != null;
    }

    /** Skips the rows of older sources that have the top's key. */
    private void skipOlderRows() {
        while (size > 1) {
            UnionSource second = second();
            if (second.compareHead(heap[0]) != 0) {
                return;
            }
            int place = second == heap[1] ? 1 : 2;
            second.moveTo(second.position() + 1);
            settle(place);
        }
    }

    private UnionSource second() {
        return size > 2 && isBefore(heap[2], heap[1]) ? heap[2] : heap[1];
    }

    /**
     * Outputs rows of the top source up to {@code stretchEnd}.
     *
     * @return false if the output batch is complete
     */
    private boolean take(UnionSource top, int stretchEnd) {
        while (top.position() < stretchEnd) {
            int live = keepTombstones ? stretchEnd : top.nextMarked(stretchEnd, true);
            int from = top.position();
            int count = live - from;
            if (count == 0) {
                top.moveTo(top.nextMarked(stretchEnd, false));
                continue;
            }
            if (count >= WINDOW_ROWS_MIN || (size == 1 && appender.rows() == 0 && live == top.end())) {
                if (appender.rows() == 0) {
                    batch = window(top.batch(), from, live);
                    top.moveTo(live);
                }
                return false;
            }
            int taken = appender.add(top.index(), from, count);
            top.moveTo(from + taken);
            if (appender.isFull() || taken < count) {
                return false;
            }
        }
        return true;
    }

    private RowBatch window(RowBatch source, int from, int end) {
        if (source.firstRow() == from && source.endRow() == end && (keepTombstones || source.deleted() == null)) {
            return source;
        }
        return new RowBatch(source.columns(), source.key(), keepTombstones ? source.deleted() : null, from, end);
    }

    /** Puts the source at {@code place}, which may have moved, where it belongs; false if no source is left. */
    private boolean settle(int place) {
        if (size == 0) {
            return false;
        }
        UnionSource source = heap[place];
        if (source.isExhausted()) {
            appender.apply();
            if (source.nextBatch()) {
                appender.bind(source.index(), source.batch());
            } else {
                heap[place] = heap[--size];
                heap[size] = source;
                source.close();
            }
        }
        siftDown(place);
        return size > 0;
    }

    private void siftDown(int place) {
        int hole = place;
        UnionSource source = heap[place];
        for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], source)) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = source;
    }

    private boolean isBefore(UnionSource a, UnionSource b) {
        int order = a.compareHead(b);
        if (order == 0) {
            return a.generation() > b.generation();
        }
        return reverse ? order > 0 : order < 0;
    }

    @Override
    public RowBatch batch() {
        return batch;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        batch = null;
        RuntimeException first = null;
        for (int i = heap.length - 1; i >= 0; i--) {
            try {
                if (heap[i] != null) {
                    heap[i].close();
                }
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        size = 0;
        appender.close();
        if (first != null) {
            throw first;
        }
    }

    private void closeAfter(Throwable cause) {
        try {
            close();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}
