package io.onlap.cli;

import io.onlap.memtable.Column;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Writes rows as an aligned table for people.
 *
 * <p>Threading: one thread.
 */
final class TableWriter implements RowsOutput {
    private final List<Column> columns;
    private final TextTable table;

    TableWriter(List<Column> columns, OutputStream out) {
        this.columns = columns;
        boolean[] right = new boolean[columns.size()];
        for (int i = 0; i < right.length; i++) {
            right[i] = isNumber(columns.get(i));
        }
        this.table = new TextTable(out, columns.stream().map(Column::name).toArray(String[]::new), right);
    }

    private static boolean isNumber(Column column) {
        return switch (column.type()) {
            case INT8, INT16, INT32, INT64, FLOAT32, FLOAT64 -> true;
            default -> false;
        };
    }

    @Override
    public void write(VectorSchemaRoot batch) throws IOException {
        for (int row = 0; row < batch.getRowCount(); row++) {
            String[] cells = new String[columns.size()];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = CellText.of(columns.get(i), batch.getVector(i), row);
            }
            table.add(cells);
        }
    }

    @Override
    public void end() throws IOException {
        table.end();
    }
}
