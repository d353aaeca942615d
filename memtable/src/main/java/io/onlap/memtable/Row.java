package io.onlap.memtable;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * A copy of one row. Values are: Boolean; Long for every integer; Float and Double; String; byte[]; LocalDate; Instant;
 * float[] for an embedding; null.
 *
 * <p>Threading: immutable; arrays are the caller's to leave unchanged.
 */
public final class Row {
    private final TableSchema schema;
    private final Object[] values;

    Row(TableSchema schema, Object[] values) {
        this.schema = schema;
        this.values = values;
    }

    /**
     * Copies row {@code row} of a batch that holds all columns of the schema, in its order.
     *
     * @throws io.onlap.io.StorageException INVALID if a timestamp is beyond what {@link Instant} holds
     */
    public static Row of(TableSchema schema, RowBatch batch, int row) {
        Object[] values = new Object[schema.columns().size()];
        for (Column column : schema.columns()) {
            values[column.index()] = value(column, batch.columns().get(column.index()), row);
        }
        return new Row(schema, values);
    }

    private static Object value(Column column, FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        if (vector instanceof BaseVariableWidthVector variable) {
            long offsets = variable.getOffsetBuffer().memoryAddress();
            int start = KeyBytes.offset(offsets, row);
            long address = variable.getDataBuffer().memoryAddress() + start;
            return ColumnValue.read(column, address, KeyBytes.offset(offsets, row + 1) - start);
        }
        if (column.type() == ColumnType.BOOL) {
            return (vector.getDataBuffer().getByte(row >>> 3) >>> (row & 7) & 1) == 1;
        }
        FieldVector data = vector instanceof FixedSizeListVector list ? list.getDataVector() : vector;
        long address = data.getDataBuffer().memoryAddress() + (long) row * column.valueBytes();
        return ColumnValue.read(column, address, 0);
    }

    public TableSchema schema() {
        return schema;
    }

    /** The value of a column, or null; INVALID if there is no such column. */
    public Object get(String column) {
        return values[schema.column(column).index()];
    }

    /** The value of the column at that place in the schema, or null. */
    public Object get(int ordinal) {
        return values[ordinal];
    }

    public boolean isNull(String column) {
        return get(column) == null;
    }

    /** INVALID if the column is null or no integer column. */
    public long getLong(String column) {
        return require(column, Long.class);
    }

    /** Of a float column of either width; INVALID if it is null or no float column. */
    public double getDouble(String column) {
        Object value = get(column);
        return value instanceof Float narrow ? narrow : require(column, Double.class);
    }

    /** INVALID if the column is null or not bool. */
    public boolean getBoolean(String column) {
        return require(column, Boolean.class);
    }

    /** INVALID if the column is null or not utf8. */
    public String getString(String column) {
        return require(column, String.class);
    }

    /** INVALID if the column is null or not binary. */
    public byte[] getBytes(String column) {
        return require(column, byte[].class);
    }

    /** INVALID if the column is null or no embedding. */
    public float[] getFloats(String column) {
        return require(column, float[].class);
    }

    /** INVALID if the column is null or no timestamp. */
    public Instant getInstant(String column) {
        return require(column, Instant.class);
    }

    /** INVALID if the column is null or no date. */
    public LocalDate getDate(String column) {
        return require(column, LocalDate.class);
    }

    private <T> T require(String column, Class<T> type) {
        Object value = get(column);
        if (!type.isInstance(value)) {
            throw value == null
                    ? ColumnValue.invalid("value is null: column=" + column)
                    : ColumnValue.wrongType(schema.column(column), type.getSimpleName());
        }
        return type.cast(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row that && schema.equals(that.schema) && Arrays.deepEquals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (Column column : schema.columns()) {
            Object value = values[column.index()];
            text.append(text.length() == 1 ? "" : ", ")
                    .append(column.name())
                    .append('=')
                    .append(
                            value instanceof byte[] bytes
                                    ? Arrays.toString(bytes)
                                    : value instanceof float[] floats ? Arrays.toString(floats) : value);
        }
        return text.append('}').toString();
    }
}
