package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.SegmentFile;
import io.onlap.memtable.KeyCodec;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.Lookup;
import io.onlap.memtable.Row;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.Union;
import java.util.List;
import java.util.Optional;

/**
 * All tables at one moment. It never changes, whatever is written, sealed, flushed or compacted meanwhile, and holds the
 * memory it reads until {@link #close}.
 *
 * <p>Threading: any thread may read; close after the last read.
 */
public final class View implements AutoCloseable {
    private static final int[] NO_COLUMNS = {};

    private final Store store;
    private final ReadView view;

    View(Store store) {
        store.checkOpen();
        this.store = store;
        this.view = store.reads().open();
        try {
            store.checkOpen();
        } catch (StorageException closed) {
            // A view that was opened beside a close may miss the memory which that gave back.
            view.close();
            throw closed;
        }
    }

    /** The newest sequence it holds. */
    public long sequence() {
        return view.sequence();
    }

    /** See {@link Table#get}. */
    public Optional<Row> get(Table table, Object... key) {
        view.checkOpen();
        if (!table.schema().isKeyed()) {
            throw new StorageException(Kind.INVALID, "table has no key: path=" + table.path());
        }
        Lookup found = view.get(table.of(store).entry(), KeyCodec.encode(table.schema(), key));
        return found.isAbsent() || found.isDeleted() ? Optional.empty() : Optional.of(found.row());
    }

    /** Live rows of the table. */
    public long count(Table table) {
        view.checkOpen();
        long rows = 0;
        try (RunCursor cursor = union(table, KeyRange.ALL, false, NO_COLUMNS)) {
            while (cursor.next()) {
                rows += cursor.batch().rowCount();
            }
        }
        return rows;
    }

    /** A scan of this view, to be narrowed and opened; close it before the view. */
    public ScanBuilder scan(Table table) {
        view.checkOpen();
        return new ScanBuilder(store, this, table);
    }

    int heldFiles() {
        return view.heldFiles();
    }

    RunCursor union(Table table, KeyRange range, boolean reverse, int[] columns) {
        return Union.open(
                store.allocator(), table.schema(), view.runs(table.of(store).entry()), range, reverse, columns);
    }

    List<SegmentFile> segments(Table table) {
        return view.entry(table.of(store).entry()).segments();
    }

    /** Gives back what it holds; idempotent. */
    @Override
    public void close() {
        view.close();
    }
}
