package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Column;
import io.onlap.memtable.KeyCodec;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a scan reads. Rows come ordered by key; those of a table without key in the order of writing.
 *
 * <p>Threading: one thread.
 */
public final class ScanBuilder {
    private final Store store;
    private final View view;
    private final Table table;
    private List<Column> columns;
    private KeyRange range = KeyRange.ALL;
    private boolean reverse;
    private long limit = Long.MAX_VALUE;
    private Filter filter;

    /** @param view the view to scan, or null for one of the scan's own, opened and closed with it */
    ScanBuilder(Store store, View view, Table table) {
        this.store = store;
        this.view = view;
        this.table = table;
        this.columns = table.schema().columns();
    }

    /** Only these columns, in this order; INVALID if one is unknown or named twice. */
    public ScanBuilder columns(String... names) {
        columns = Arrays.stream(names).map(table.schema()::column).toList();
        Set<Column> once = new HashSet<>();
        for (Column column : columns) {
            if (!once.add(column)) {
                throw new StorageException(
                        Kind.INVALID,
                        "column asked for twice: column=" + column.name() + ", columns=" + Arrays.toString(names));
            }
        }
        return this;
    }

    /** Only keys that begin so: leading key columns' values, the last of them, if text or binary, itself a prefix. */
    public ScanBuilder prefix(Object... leading) {
        return within(KeyRange.prefix(KeyCodec.encodePrefix(keyed(), leading)));
    }

    /** Only keys from this one on, inclusive; leading key columns' values are enough. */
    public ScanBuilder from(Object... key) {
        return within(new KeyRange(KeyCodec.encodeBound(keyed(), key), null));
    }

    /** Only keys before this one; leading key columns' values are enough. */
    public ScanBuilder to(Object... key) {
        return within(new KeyRange(null, KeyCodec.encodeBound(keyed(), key)));
    }

    /** Last key first. */
    public ScanBuilder reverse() {
        reverse = true;
        return this;
    }

    /** At most {@code rows} rows, counted after newest-wins and filter; INVALID if negative. */
    public ScanBuilder limit(long rows) {
        if (rows < 0) {
            throw new StorageException(Kind.INVALID, "limit negative: limit=" + rows);
        }
        limit = rows;
        return this;
    }

    /** Only rows whose newest version passes; INVALID if it names an unknown column or compares other types. */
    public ScanBuilder filter(Filter condition) {
        filter = condition;
        return this;
    }

    /** Opens the scan. */
    public Scan open() {
        Set<Column> read = new LinkedHashSet<>(columns);
        if (filter != null) {
            filter.columns().forEach(name -> read.add(table.schema().column(name)));
        }
        List<Column> readColumns = new ArrayList<>(read);
        View source = view == null ? new View(store) : view;
        try {
            return new Scan(this, store, source, readColumns);
        } catch (RuntimeException | Error failure) {
            if (view == null) {
                source.close();
            }
            throw failure;
        }
    }

    Table table() {
        return table;
    }

    List<Column> columns() {
        return columns;
    }

    KeyRange range() {
        return range;
    }

    boolean isReverse() {
        return reverse;
    }

    long limit() {
        return limit;
    }

    Filter filter() {
        return filter;
    }

    boolean ownsView() {
        return view == null;
    }

    private TableSchema keyed() {
        if (!table.schema().isKeyed()) {
            throw new StorageException(Kind.INVALID, "table has no key: path=" + table.path());
        }
        return table.schema();
    }

    private ScanBuilder within(KeyRange narrower) {
        range = range.intersect(narrower);
        return this;
    }
}
