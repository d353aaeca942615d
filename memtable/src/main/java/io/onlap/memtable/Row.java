package io.onlap.memtable;

import io.onlap.io.StorageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import org.agrona.UnsafeApi;

/**
 * A copy of one row. Values are: Boolean; Long for every integer; Float and Double; String; byte[]; LocalDate; Instant;
 * float[] for an embedding; null.
 *
 * <p>The row is one block of bytes, laid out as {@link RowLayout} (length, op and key slot zero), and each value is made
 * when it is asked for: who asks for one column of twenty pays for one, and a value that Java cannot represent is refused
 * by its getter and not by the lookup. {@link #bytes(int)} gives text and binary without making anything of them.
 *
 * <p>Invariant: equal values are equal bytes, because {@link RowCopier} and {@link TableMemtable} write columns in order and
 * zeros between; so two rows are compared as bytes, floats by their bits.
 *
 * <p>Threading: immutable; arrays are copies.
 */
public final class Row {
    private final RowLayout layout;
    private final byte[] bytes;

    /** Takes over {@code bytes}, a row of that layout. */
    Row(RowLayout layout, byte[] bytes) {
        this.layout = layout;
        this.bytes = bytes;
    }

    /** Copies row {@code row} of a batch that holds all columns of the schema, in its order. */
    public static Row of(TableSchema schema, RowBatch batch, int row) {
        return new RowCopier(schema, batch).copy(row);
    }

    public TableSchema schema() {
        return layout.schema();
    }

    /**
     * The value of a column, or null.
     *
     * @throws StorageException INVALID if there is no such column, or for a timestamp beyond what {@link Instant} holds
     */
    public Object get(String column) {
        return get(schema().column(column).index());
    }

    /** The value of the column at that place in the schema, or null; INVALID as {@link #get(String)}. */
    public Object get(int ordinal) {
        return isNull(ordinal) ? null : value(schema().columns().get(ordinal));
    }

    private Object value(Column column) {
        int at = layout.columnOffset(column.index());
        if (column.type().isVariableWidth()) {
            return ColumnValue.read(column, bytes, RawBytes.ARRAY_OFFSET + intAt(at), intAt(at + Integer.BYTES));
        }
        return ColumnValue.read(column, bytes, RawBytes.ARRAY_OFFSET + at, 0);
    }

    private int intAt(int place) {
        return UnsafeApi.getInt(bytes, RawBytes.ARRAY_OFFSET + place);
    }

    public boolean isNull(String column) {
        return isNull(schema().column(column).index());
    }

    /** Is the column at that place in the schema null? */
    public boolean isNull(int ordinal) {
        return (bytes[RowLayout.NULLS_OFFSET + (ordinal >>> 3)] >>> (ordinal & 7) & 1) == 1;
    }

    /** INVALID if the column is null or no integer column. */
    public long getLong(String column) {
        return getLong(schema().column(column).index());
    }

    /** Of the column at that place in the schema, as {@link #getLong(String)}, without allocation. */
    public long getLong(int ordinal) {
        Column column = schema().columns().get(ordinal);
        if (isNull(ordinal)) {
            throw isNullValue(column);
        }
        long address = RawBytes.ARRAY_OFFSET + layout.columnOffset(ordinal);
        return switch (column.type()) {
            case INT8 -> UnsafeApi.getByte(bytes, address);
            case INT16 -> UnsafeApi.getShort(bytes, address);
            case INT32 -> UnsafeApi.getInt(bytes, address);
            case INT64 -> UnsafeApi.getLong(bytes, address);
            default -> throw ColumnValue.wrongType(column, Long.class.getSimpleName());
        };
    }

    /**
     * The bytes of the text or binary column at that place in the schema, as they are stored (text as UTF-8): a read-only,
     * little-endian window of the row itself, from position 0, nothing copied. INVALID if the column is null or of another
     * type.
     */
    public ByteBuffer bytes(int ordinal) {
        Column column = schema().columns().get(ordinal);
        if (!column.type().isVariableWidth()) {
            throw ColumnValue.wrongType(column, ByteBuffer.class.getSimpleName());
        }
        if (isNull(ordinal)) {
            throw isNullValue(column);
        }
        int at = layout.columnOffset(ordinal);
        return ByteBuffer.wrap(bytes, intAt(at), intAt(at + Integer.BYTES))
                .slice()
                .asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
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

    /** INVALID if the column is null, no timestamp, or beyond what {@link Instant} holds. */
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
                    ? isNullValue(schema().column(column))
                    : ColumnValue.wrongType(schema().column(column), type.getSimpleName());
        }
        return type.cast(value);
    }

    private static StorageException isNullValue(Column column) {
        return ColumnValue.invalid("value is null: column=" + column.name());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row that && Arrays.equals(bytes, that.bytes) && schema().equals(that.schema());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (Column column : schema().columns()) {
            text.append(text.length() == 1 ? "" : ", ").append(column.name()).append('=');
            Object value = column.type() == ColumnType.TIMESTAMP ? timestampText(column) : get(column.index());
            text.append(
                    value instanceof byte[] binary
                            ? Arrays.toString(binary)
                            : value instanceof float[] floats ? Arrays.toString(floats) : value);
        }
        return text.append('}').toString();
    }

    /** What no instant holds is shown as the number it is, because a message about a row must never fail. */
    private Object timestampText(Column column) {
        try {
            return get(column.index());
        } catch (StorageException e) {
            return UnsafeApi.getLong(bytes, RawBytes.ARRAY_OFFSET + layout.columnOffset(column.index()));
        }
    }
}
