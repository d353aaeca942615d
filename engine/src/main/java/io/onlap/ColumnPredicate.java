package io.onlap;

import io.onlap.Filter.Comparison;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import io.onlap.memtable.KeyBytes;
import java.nio.charset.StandardCharsets;
import org.agrona.UnsafeApi;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;

/**
 * One comparison of a column with a literal, the literal turned into the column's own form once. The outcome is looked up by the
 * sign of the comparison, so that the loops are the same for all six operators.
 *
 * <p>Threading: immutable.
 */
final class ColumnPredicate {
    private final ColumnType type;
    private final long integer;
    private final double floating;
    private final byte[] bytes;
    /** Truth for a value less than, equal to, greater than the literal, and for one that is none of them (NaN). */
    private final byte less;

    private final byte equal;
    private final byte greater;
    private final byte unordered;

    private ColumnPredicate(Comparison comparison, ColumnType type, Literal literal) {
        this.type = type;
        this.integer = literal.integer();
        this.floating = literal.floating();
        this.bytes = literal.bytes();
        this.less = truth(comparison, -1);
        // a time between two units of the column lies behind the lower one, which is then less
        this.equal = truth(comparison, literal.isBehind() ? -1 : 0);
        this.greater = truth(comparison, 1);
        this.unordered = comparison == Comparison.NOT_EQUAL ? BoundFilter.TRUE : BoundFilter.FALSE;
    }

    /** Binds a comparison; INVALID if the literal does not fit the column. */
    static ColumnPredicate of(Filter.Compare compare, Column column) {
        boolean ordered = compare.comparison() != Comparison.EQUAL && compare.comparison() != Comparison.NOT_EQUAL;
        if (ordered && column.type() == ColumnType.BOOL) {
            throw new StorageException(
                    Kind.INVALID,
                    "bool has no order: column=" + column.name() + ", comparison=" + compare.comparison());
        }
        return new ColumnPredicate(compare.comparison(), column.type(), Literal.of(compare.literal(), column));
    }

    private static byte truth(Comparison comparison, int sign) {
        boolean holds =
                switch (comparison) {
                    case EQUAL -> sign == 0;
                    case NOT_EQUAL -> sign != 0;
                    case LESS -> sign < 0;
                    case LESS_OR_EQUAL -> sign <= 0;
                    case GREATER -> sign > 0;
                    case GREATER_OR_EQUAL -> sign >= 0;
                };
        return holds ? BoundFilter.TRUE : BoundFilter.FALSE;
    }

    /** Writes the truth of rows {@code [firstRow, firstRow + count)} to {@code out[0, count)}. */
    void evaluate(FieldVector vector, int firstRow, int count, byte[] out) {
        switch (type) {
            case BOOL -> bits((BitVector) vector, firstRow, count, out);
            case INT8, INT16, INT32, INT64, DATE, TIMESTAMP -> integers(vector, firstRow, count, out);
            case FLOAT32, FLOAT64 -> floats(vector, firstRow, count, out);
            case UTF8, BINARY -> bytes(vector, firstRow, count, out);
            case EMBEDDING -> throw new IllegalStateException("embeddings are not compared");
        }
        if (vector.getNullCount() > 0) {
            for (int i = 0; i < count; i++) {
                if (vector.isNull(firstRow + i)) {
                    out[i] = BoundFilter.UNKNOWN;
                }
            }
        }
    }

    private byte bySign(int sign) {
        return sign < 0 ? less : sign == 0 ? equal : greater;
    }

    private void bits(BitVector vector, int firstRow, int count, byte[] out) {
        long address = vector.getDataBuffer().memoryAddress();
        for (int i = 0; i < count; i++) {
            int row = firstRow + i;
            int value = UnsafeApi.getByte(address + (row >> 3)) >> (row & 7) & 1;
            out[i] = bySign(Long.compare(value, integer));
        }
    }

    private void integers(FieldVector vector, int firstRow, int count, byte[] out) {
        long address = vector.getDataBuffer().memoryAddress();
        int width = type.fixedBytes();
        for (int i = 0; i < count; i++) {
            long at = address + (long) (firstRow + i) * width;
            long value =
                    switch (width) {
                        case 1 -> UnsafeApi.getByte(at);
                        case 2 -> UnsafeApi.getShort(at);
                        case 4 -> UnsafeApi.getInt(at);
                        default -> UnsafeApi.getLong(at);
                    };
            out[i] = bySign(Long.compare(value, integer));
        }
    }

    private void floats(FieldVector vector, int firstRow, int count, byte[] out) {
        long address = vector.getDataBuffer().memoryAddress();
        boolean wide = type == ColumnType.FLOAT64;
        for (int i = 0; i < count; i++) {
            long row = (long) firstRow + i;
            double value = wide ? UnsafeApi.getDouble(address + row * 8) : UnsafeApi.getFloat(address + row * 4);
            // not Double.compare: zero equals minus zero, and NaN is none of the three
            out[i] = value < floating ? less : value == floating ? equal : value > floating ? greater : unordered;
        }
    }

    private void bytes(FieldVector vector, int firstRow, int count, byte[] out) {
        long offsets = vector.getOffsetBuffer().memoryAddress();
        long data = vector.getDataBuffer().memoryAddress();
        for (int i = 0; i < count; i++) {
            int start = KeyBytes.offset(offsets, firstRow + i);
            int length = KeyBytes.offset(offsets, firstRow + i + 1) - start;
            out[i] = bySign(KeyBytes.compare(data + start, length, bytes));
        }
    }

    @Override
    public String toString() {
        return "ColumnPredicate(" + type + ", " + (bytes == null ? integer : new String(bytes, StandardCharsets.UTF_8))
                + ")";
    }
}
