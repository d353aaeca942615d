package io.onlap.memtable;

import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * One column of a table.
 *
 * @param id never reused within its table, so that a renamed column stays the same one
 * @param index place in its schema, from 0
 * @param field name, Arrow type and nullability
 * <p>Threading: immutable.
 */
public record Column(int id, int index, Field field, ColumnType type) {
    public String name() {
        return field.getName();
    }

    public boolean nullable() {
        return field.isNullable();
    }

    /**
     * Its type as schema files, {@code describe} and messages name it: {@code int64}, {@code timestamp[us]},
     * {@code embedding[128]}.
     */
    public String typeName() {
        return switch (type) {
            case TIMESTAMP -> "timestamp[" + unitName() + "]";
            case EMBEDDING -> "embedding[" + dimensions() + "]";
            default -> type.typeName();
        };
    }

    private String unitName() {
        return switch (((ArrowType.Timestamp) field.getType()).getUnit()) {
            case SECOND -> "s";
            case MILLISECOND -> "ms";
            case MICROSECOND -> "us";
            case NANOSECOND -> "ns";
        };
    }

    /** Bytes of one value in fixed-width form; 0 for variable width. */
    public int valueBytes() {
        return type == ColumnType.EMBEDDING ? dimensions() * Float.BYTES : type.fixedBytes();
    }

    /** Floats in one embedding; 0 for other types. */
    public int dimensions() {
        return field.getType() instanceof ArrowType.FixedSizeList list ? list.getListSize() : 0;
    }
}
