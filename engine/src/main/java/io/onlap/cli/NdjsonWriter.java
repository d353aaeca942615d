package io.onlap.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import io.onlap.memtable.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * Writes rows as NDJSON: columns in schema order, nulls left out, floats JSON has no number for as text (the generator quotes
 * them by itself). What
 * {@link NdjsonReader} reads back is the same row.
 *
 * <p>Threading: one thread.
 */
final class NdjsonWriter implements RowsOutput {
    private final Column[] columns;
    private final SerializedString[] names;
    private final JsonGenerator json;
    private byte[] scratch = new byte[1 << 12];

    NdjsonWriter(List<Column> columns, OutputStream out) throws IOException {
        this.columns = columns.toArray(new Column[0]);
        this.names = columns.stream()
                .map(column -> new SerializedString(column.name()))
                .toArray(SerializedString[]::new);
        this.json = Json.lineFactory().createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
        json.setRootValueSeparator(new SerializedString(""));
    }

    @Override
    public void write(VectorSchemaRoot batch) throws IOException {
        int rows = batch.getRowCount();
        for (int row = 0; row < rows; row++) {
            json.writeStartObject();
            for (int i = 0; i < columns.length; i++) {
                FieldVector vector = batch.getVector(i);
                if (!vector.isNull(row)) {
                    json.writeFieldName(names[i]);
                    value(columns[i], vector, row);
                }
            }
            json.writeEndObject();
            json.writeRaw('\n');
        }
        json.flush();
    }

    /** Writes one row that has all columns of its schema, which are those of this writer. */
    void write(Row row) throws IOException {
        json.writeStartObject();
        for (int i = 0; i < columns.length; i++) {
            Object value = row.get(i);
            if (value != null) {
                json.writeFieldName(names[i]);
                value(value);
            }
        }
        json.writeEndObject();
        json.writeRaw('\n');
        json.flush();
    }

    private void value(Object value) throws IOException {
        if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Long integer) {
            json.writeNumber(integer);
        } else if (value instanceof Double floating) {
            json.writeNumber(floating);
        } else if (value instanceof Float floating) {
            json.writeNumber(floating);
        } else if (value instanceof byte[] bytes) {
            json.writeString(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof float[] floats) {
            json.writeStartArray();
            for (float element : floats) {
                json.writeNumber(element);
            }
            json.writeEndArray();
        } else {
            json.writeString(value.toString()); // text, and dates and moments in ISO-8601
        }
    }

    @Override
    public void end() throws IOException {
        json.flush();
    }

    private void value(Column column, FieldVector vector, int row) throws IOException {
        ColumnType type = column.type();
        switch (type) {
            case BOOL -> json.writeBoolean(((BitVector) vector).get(row) == 1);
            case INT8, INT16, INT32, INT64 -> json.writeNumber(CellText.integer(type, vector, row));
            case FLOAT32 -> json.writeNumber(((Float4Vector) vector).get(row));
            case FLOAT64 -> json.writeNumber(((Float8Vector) vector).get(row));
            case UTF8 -> text((BaseVariableWidthVector) vector, row);
            case BINARY, DATE, TIMESTAMP -> json.writeString(CellText.of(column, vector, row));
            case EMBEDDING -> embedding((FixedSizeListVector) vector, row);
        }
    }

    private void text(BaseVariableWidthVector vector, int row) throws IOException {
        ArrowBuf offsets = vector.getOffsetBuffer();
        int start = offsets.getInt((long) row * Integer.BYTES);
        int length = offsets.getInt((row + 1L) * Integer.BYTES) - start;
        if (scratch.length < length) {
            scratch = new byte[Math.max(length, scratch.length * 2)];
        }
        vector.getDataBuffer().getBytes(start, scratch, 0, length);
        json.writeUTF8String(scratch, 0, length);
    }

    private void embedding(FixedSizeListVector vector, int row) throws IOException {
        Float4Vector elements = (Float4Vector) vector.getDataVector();
        int size = vector.getListSize();
        json.writeStartArray();
        for (int i = row * size; i < (row + 1) * size; i++) {
            json.writeNumber(elements.get(i));
        }
        json.writeEndArray();
    }
}
