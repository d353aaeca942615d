package io.onlap.cli;

import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The values of one line by place of the column, reused from line to line: a row stays here until the whole line is known to
 * be good, so that a bad line never reaches a batch.
 *
 * <p>Threading: one thread.
 */
final class LineValues {
    /** What a column holds. Bools, ints, dates and timestamps are integers; floats are doubles. */
    enum Kind {
        ABSENT,
        NULL,
        INTEGER,
        FLOATING,
        BYTES,
        FLOATS
    }

    private final TableSchema schema;
    private final Column[] columns;
    private final Kind[] kinds;
    private final long[] integers;
    private final double[] floating;
    private final int[] starts;
    private final int[] lengths;
    private final float[][] floats;
    private byte[] bytes = new byte[1 << 12];
    private int bytesUsed;
    private boolean delete;

    LineValues(TableSchema schema) {
        this.schema = schema;
        this.columns = schema.columns().toArray(new Column[0]);
        int count = columns.length;
        this.kinds = new Kind[count];
        this.integers = new long[count];
        this.floating = new double[count];
        this.starts = new int[count];
        this.lengths = new int[count];
        this.floats = new float[count][];
        for (Column column : columns) {
            floats[column.index()] = new float[column.dimensions()];
        }
        clear();
    }

    void clear() {
        Arrays.fill(kinds, Kind.ABSENT);
        bytesUsed = 0;
        delete = false;
    }

    TableSchema schema() {
        return schema;
    }

    Kind kind(int column) {
        return kinds[column];
    }

    /** Does the line delete its key? */
    boolean isDelete() {
        return delete;
    }

    void setDelete() {
        delete = true;
    }

    void setNull(int column) {
        kinds[column] = Kind.NULL;
    }

    void setInteger(int column, long value) {
        kinds[column] = Kind.INTEGER;
        integers[column] = value;
    }

    void setFloating(int column, double value) {
        kinds[column] = Kind.FLOATING;
        floating[column] = value;
    }

    void setBytes(int column, byte[] source, int start, int length) {
        byte[] target = reserveBytes(length);
        System.arraycopy(source, start, target, bytesUsed, length);
        commitBytes(column, length);
    }

    /** The array to write a value into, from {@link #bytesUsed} on; then {@link #commitBytes}. */
    byte[] reserveBytes(int length) {
        if (bytes.length - bytesUsed < length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, bytesUsed + length));
        }
        return bytes;
    }

    int bytesUsed() {
        return bytesUsed;
    }

    void commitBytes(int column, int length) {
        kinds[column] = Kind.BYTES;
        starts[column] = bytesUsed;
        lengths[column] = length;
        bytesUsed += length;
    }

    /** The array to write an embedding into; marks the column as set. */
    float[] setFloats(int column) {
        kinds[column] = Kind.FLOATS;
        return floats[column];
    }

    long integer(int column) {
        return integers[column];
    }

    double floating(int column) {
        return floating[column];
    }

    float[] floats(int column) {
        return floats[column];
    }

    /** Holds the values of all text and binary columns. */
    byte[] bytes() {
        return bytes;
    }

    int bytesStart(int column) {
        return starts[column];
    }

    int bytesLength(int column) {
        return lengths[column];
    }

    /** A text value. */
    String text(int column) {
        return new String(bytes, starts[column], lengths[column], StandardCharsets.UTF_8);
    }

    /** Puts {@code prefix} before the text in {@code column}. */
    void prepend(int column, byte[] prefix) {
        int length = prefix.length + lengths[column];
        byte[] target = reserveBytes(length);
        System.arraycopy(prefix, 0, target, bytesUsed, prefix.length);
        System.arraycopy(target, starts[column], target, bytesUsed + prefix.length, lengths[column]);
        commitBytes(column, length);
    }

    /** Hands the row to a builder of the same schema. */
    void fill(RowBuilder row) {
        for (int i = 0; i < columns.length; i++) {
            switch (kinds[i]) {
                case ABSENT, NULL -> {
                    // a column that is not set is null
                }
                case INTEGER -> {
                    if (columns[i].type() == ColumnType.BOOL) {
                        row.setBool(i, integers[i] != 0);
                    } else {
                        row.setLong(i, integers[i]);
                    }
                }
                case FLOATING -> row.setDouble(i, floating[i]);
                case BYTES -> {
                    if (columns[i].type() == ColumnType.UTF8) {
                        row.setUtf8(i, bytes, starts[i], lengths[i]);
                    } else {
                        row.setBinary(i, bytes, starts[i], lengths[i]);
                    }
                }
                case FLOATS -> row.setFloats(i, floats[i]);
            }
        }
    }

    /** The key as the door takes it: String, byte[], Long or Instant per key column. */
    Object[] key() {
        List<Column> keyColumns = schema.keyColumns();
        Object[] key = new Object[keyColumns.size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = keyValue(keyColumns.get(i));
        }
        return key;
    }

    private Object keyValue(Column column) {
        int index = column.index();
        return switch (column.type()) {
            case UTF8 -> text(index);
            case BINARY -> Arrays.copyOfRange(bytes, starts[index], starts[index] + lengths[index]);
            case TIMESTAMP -> TimestampText.instant(integers[index], column);
            default -> integers[index];
        };
    }
}
