package io.onlap.memtable;

import java.time.Instant;
import java.time.LocalDate;

/**
 * Sets the columns of one row, straight into the bytes of its batch. A column that is not set is null; set twice, the
 * later value counts. Each setter checks its value and throws before anything of the row has changed.
 *
 * <p>By name, or by ordinal (the column's place in the schema), which allocates nothing.
 *
 * <p>Threading: one thread, and only until the row ends; afterwards every setter is INVALID. Reused for the next row.
 */
public final class RowBuilder {
    private final RowBuffer out;
    private RowLayout layout;
    private int rowStart;

    RowBuilder(RowBuffer out) {
        this.out = out;
    }

    void open(RowLayout rowLayout, int start) {
        layout = rowLayout;
        rowStart = start;
    }

    void close() {
        layout = null;
    }

    /** Text into a utf8 column; INVALID if it has a lone surrogate. */
    public RowBuilder set(String column, CharSequence value) {
        return setUtf8(ordinal(column), value);
    }

    /** As {@link #setLong}. */
    public RowBuilder set(String column, long value) {
        return setLong(ordinal(column), value);
    }

    /** As {@link #setDouble}. */
    public RowBuilder set(String column, double value) {
        return setDouble(ordinal(column), value);
    }

    /** As {@link #setFloat}. */
    public RowBuilder set(String column, float value) {
        return setFloat(ordinal(column), value);
    }

    public RowBuilder set(String column, boolean value) {
        return setBool(ordinal(column), value);
    }

    /** Bytes into a binary column. */
    public RowBuilder set(String column, byte[] value) {
        return setBinary(ordinal(column), value, 0, value.length);
    }

    /** An embedding. */
    public RowBuilder set(String column, float[] value) {
        return setFloats(ordinal(column), value);
    }

    /** As {@link #setInstant}. */
    public RowBuilder set(String column, Instant value) {
        return setInstant(ordinal(column), value);
    }

    /** Into a date column; INVALID if its days do not fit 32 bits. */
    public RowBuilder set(String column, LocalDate value) {
        Column target = column(ordinal(column));
        if (target.type() != ColumnType.DATE) {
            throw ColumnValue.wrongType(target, "LocalDate");
        }
        return setLong(target.index(), value.toEpochDay());
    }

    public RowBuilder setNull(String column) {
        return setNull(ordinal(column));
    }

    /**
     * An integer, if the column's width holds it; also the days of a date, the raw units of a timestamp, and into float
     * columns, where it is rounded to the nearest.
     */
    public RowBuilder setLong(int ordinal, long value) {
        Column column = column(ordinal);
        int at = fixed(ordinal);
        switch (column.type()) {
            case FLOAT32 -> out.putInt(at, Float.floatToRawIntBits((float) value));
            case FLOAT64 -> out.putLong(at, Double.doubleToRawLongBits((double) value));
            default -> out.putInteger(at, column.valueBytes(), ColumnValue.integer(column, value));
        }
        return present(ordinal);
    }

    /** Into a float column; into float32 rounded to the nearest, INVALID where that would make a number infinite. */
    public RowBuilder setDouble(int ordinal, double value) {
        Column column = column(ordinal);
        if (column.type() == ColumnType.FLOAT64) {
            out.putLong(fixed(ordinal), Double.doubleToRawLongBits(value));
        } else if (column.type() == ColumnType.FLOAT32) {
            float rounded = (float) value;
            if (Float.isInfinite(rounded) && !Double.isInfinite(value)) {
                throw ColumnValue.invalid("value out of range: column=" + column.name() + ", type=" + column.typeName()
                        + ", value=" + value);
            }
            out.putInt(fixed(ordinal), Float.floatToRawIntBits(rounded));
        } else {
            throw ColumnValue.wrongType(column, "double");
        }
        return present(ordinal);
    }

    /** Into a float column. */
    public RowBuilder setFloat(int ordinal, float value) {
        Column column = column(ordinal);
        if (column.type() != ColumnType.FLOAT32) {
            return setDouble(ordinal, value);
        }
        out.putInt(fixed(ordinal), Float.floatToRawIntBits(value));
        return present(ordinal);
    }

    public RowBuilder setBool(int ordinal, boolean value) {
        Column column = column(ordinal);
        if (column.type() != ColumnType.BOOL) {
            throw ColumnValue.wrongType(column, "boolean");
        }
        out.putByte(fixed(ordinal), (byte) (value ? 1 : 0));
        return present(ordinal);
    }

    /** Into a timestamp column, rounded down to its unit; INVALID if 64 bits do not hold it. */
    public RowBuilder setInstant(int ordinal, Instant value) {
        out.putLong(fixedOf(ordinal, ColumnType.TIMESTAMP, "Instant"), ColumnValue.units(column(ordinal), value));
        return present(ordinal);
    }

    /** Text into a utf8 column; INVALID if it has a lone surrogate. */
    public RowBuilder setUtf8(int ordinal, CharSequence value) {
        Column column = column(ordinal);
        if (column.type() != ColumnType.UTF8) {
            throw ColumnValue.wrongType(column, "text");
        }
        if (!out.hasRoom(3L * value.length())) {
            out.reserve(Utf8.length(value)); // exact, so that a text that just fits is not refused
        }
        int start = out.length();
        int end = Utf8.write(value, out.bytes(), start);
        if (end < 0) {
            throw ColumnValue.loneSurrogate(column, -1 - end);
        }
        out.length(end);
        return slot(ordinal, start, end - start);
    }

    /** UTF-8 bytes into a utf8 column; INVALID if they are not UTF-8. */
    public RowBuilder setUtf8(int ordinal, byte[] value, int offset, int length) {
        Column column = column(ordinal);
        if (column.type() != ColumnType.UTF8) {
            throw ColumnValue.wrongType(column, "text");
        }
        if (!Utf8.isValid(value, offset, length)) {
            throw ColumnValue.invalid("bytes are not UTF-8: column=" + column.name() + ", length=" + length);
        }
        return slot(ordinal, out.append(value, offset, length), length);
    }

    /** Bytes into a binary column. */
    public RowBuilder setBinary(int ordinal, byte[] value, int offset, int length) {
        Column column = column(ordinal);
        if (column.type() != ColumnType.BINARY) {
            throw ColumnValue.wrongType(column, "bytes");
        }
        return slot(ordinal, out.append(value, offset, length), length);
    }

    /** An embedding; INVALID if it has another length than the column. */
    public RowBuilder setFloats(int ordinal, float[] value) {
        Column column = column(ordinal);
        int at = fixedOf(ordinal, ColumnType.EMBEDDING, "float[]");
        if (value.length != column.dimensions()) {
            throw ColumnValue.invalid("wrong embedding length: column=" + column.name() + ", floats=" + value.length
                    + ", dimensions=" + column.dimensions());
        }
        for (int i = 0; i < value.length; i++) {
            out.putInt(at + i * Float.BYTES, Float.floatToRawIntBits(value[i]));
        }
        return present(ordinal);
    }

    /** Takes a value back; whether the column may be null is checked when the row ends. */
    public RowBuilder setNull(int ordinal) {
        Column column = column(ordinal);
        int at = fixed(ordinal);
        int width = column.type().isVariableWidth() ? RowLayout.SLOT_BYTES : column.valueBytes();
        for (int i = 0; i < width; i++) {
            out.putByte(at + i, (byte) 0); // a null column's place is zero, so that equal rows have equal bytes
        }
        byte[] bytes = out.bytes();
        bytes[nullByte(ordinal)] |= (byte) (1 << (ordinal & 7));
        return this;
    }

    /** A key value of whatever class. */
    void setKey(Column column, Object value) {
        int ordinal = column.index();
        if (value instanceof CharSequence text) {
            setUtf8(ordinal, text);
        } else if (value instanceof byte[] bytes) {
            setBinary(ordinal, bytes, 0, bytes.length);
        } else if (value instanceof Instant instant) {
            setInstant(ordinal, instant);
        } else if (KeyCodec.isInteger(value)) {
            setLong(ordinal, ((Number) value).longValue());
        } else {
            throw KeyCodec.wrongValue(column, value);
        }
    }

    private int ordinal(String name) {
        return opened().schema().column(name).index();
    }

    private Column column(int ordinal) {
        TableSchema schema = opened().schema();
        if (ordinal < 0 || ordinal >= schema.columns().size()) {
            throw ColumnValue.invalid("no such column: ordinal=" + ordinal + ", columns="
                    + schema.columns().size());
        }
        return schema.columns().get(ordinal);
    }

    private RowLayout opened() {
        if (layout == null) {
            throw ColumnValue.invalid("row has ended: the builder is good only until its row ends");
        }
        return layout;
    }

    private int fixedOf(int ordinal, ColumnType type, String given) {
        Column column = column(ordinal);
        if (column.type() != type) {
            throw ColumnValue.wrongType(column, given);
        }
        return fixed(ordinal);
    }

    private int fixed(int ordinal) {
        return rowStart + layout.columnOffset(ordinal);
    }

    private RowBuilder slot(int ordinal, int start, int length) {
        int at = fixed(ordinal);
        out.putInt(at, start - rowStart);
        out.putInt(at + Integer.BYTES, length);
        return present(ordinal);
    }

    private RowBuilder present(int ordinal) {
        byte[] bytes = out.bytes();
        bytes[nullByte(ordinal)] &= (byte) ~(1 << (ordinal & 7));
        return this;
    }

    private int nullByte(int ordinal) {
        return rowStart + RowLayout.NULLS_OFFSET + (ordinal >>> 3);
    }
}
