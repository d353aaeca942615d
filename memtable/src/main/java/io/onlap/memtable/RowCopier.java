package io.onlap.memtable;

import java.util.List;

/**
 * Copies single rows out of one batch. The addresses of the vectors' buffers are taken once, so that a copy makes no call
 * into Arrow; the lengths of all texts are read before the first is copied, so that their cache misses overlap.
 *
 * <p>Borrowed: valid as long as the batch's vectors are.
 *
 * <p>Threading: immutable; any thread.
 */
public final class RowCopier {
    private final RowLayout layout;
    private final ColumnView[] views;

    /** @param batch holds all columns of the schema, in its order */
    public RowCopier(TableSchema schema, RowBatch batch) {
        List<Column> columns = schema.columns();
        this.layout = schema.layout();
        this.views = new ColumnView[columns.size()];
        for (int i = 0; i < views.length; i++) {
            views[i] = new ColumnView();
            views[i].bind(batch.columns().get(i), columns.get(i).type());
        }
    }

    /** A copy of row {@code row}. */
    public Row copy(int row) {
        int varBytes = 0;
        for (int column : layout.variable()) {
            if (!isNull(column, row)) {
                varBytes += views[column].offset(row + 1) - views[column].offset(row);
            }
        }
        byte[] bytes = new byte[layout.fixedBytes() + varBytes];
        int end = layout.fixedBytes();
        for (int column = 0; column < views.length; column++) {
            ColumnView view = views[column];
            int at = layout.columnOffset(column);
            if (isNull(column, row)) {
                RowLayout.setNull(bytes, column);
            } else if (layout.isVariable(column)) {
                int start = view.offset(row);
                end = RowLayout.putBytes(bytes, at, end, view.data() + start, view.offset(row + 1) - start);
            } else if (layout.isBool(column)) {
                bytes[at] = (byte) (Bits.get(view.data(), row) ? 1 : 0);
            } else {
                int width = layout.width(column);
                RawBytes.copyOut(view.data() + (long) row * width, bytes, at, width);
            }
        }
        return new Row(layout, bytes);
    }

    private boolean isNull(int column, int row) {
        return views[column].hasNulls() && !Bits.get(views[column].validity(), row);
    }
}
