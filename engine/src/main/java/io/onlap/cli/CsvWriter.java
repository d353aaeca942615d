package io.onlap.cli;

import io.onlap.memtable.Column;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Writes rows as CSV (RFC 4180, but lines end with {@code \n}): a header, then values as in {@link CellText}. Null is nothing,
 * empty text is {@code ""}.
 *
 * <p>Threading: one thread.
 */
final class CsvWriter implements RowsOutput {
    private final List<Column> columns;
    private final OutputStream out;
    private final StringBuilder text = new StringBuilder();

    CsvWriter(List<Column> columns, OutputStream out) {
        this.columns = columns;
        this.out = out;
        for (Column column : columns) {
            append(column.index() == columns.get(0).index(), column.name());
        }
        text.append('\n');
    }

    @Override
    public void write(VectorSchemaRoot batch) throws IOException {
        for (int row = 0; row < batch.getRowCount(); row++) {
            for (int i = 0; i < columns.size(); i++) {
                append(i == 0, CellText.of(columns.get(i), batch.getVector(i), row));
            }
            text.append('\n');
        }
        end();
    }

    @Override
    public void end() throws IOException {
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        text.setLength(0);
    }

    private void append(boolean first, String value) {
        text.append(first ? "" : ",");
        if (value == null) {
            return;
        }
        boolean quoted = value.isEmpty() || value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        if (quoted) {
            text.append('"').append(value.replace("\"", "\"\"")).append('"');
        } else {
            text.append(value);
        }
    }
}
