package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.Locale;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * The types a column can have, each with its Arrow form.
 *
 * <p>Threading: immutable.
 */
public enum ColumnType {
    BOOL(1),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    FLOAT32(4),
    FLOAT64(8),
    /** UTF-8 text. */
    UTF8(0),
    BINARY(0),
    /** Days since 1970-01-01, int32. */
    DATE(4),
    /** Units since 1970-01-01T00:00, int64; unit and zone are the Arrow type's. */
    TIMESTAMP(8),
    /** A fixed number of float32, none of them null. */
    EMBEDDING(-1);

    private final int fixedBytes;

    ColumnType(int fixedBytes) {
        this.fixedBytes = fixedBytes;
    }

    /** As schema files, {@code describe} and messages name it, without unit or length; see {@link Column#typeName}. */
    public String typeName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Bytes of a value in the row layout; 0 for variable width; for an embedding use {@link Column#valueBytes}. */
    public int fixedBytes() {
        return fixedBytes;
    }

    public boolean isVariableWidth() {
        return this == UTF8 || this == BINARY;
    }

    /** May a key column have this type? Text, binary, ints and timestamps may. */
    public boolean isKeyType() {
        return switch (this) {
            case UTF8, BINARY, INT8, INT16, INT32, INT64, TIMESTAMP -> true;
            case BOOL, FLOAT32, FLOAT64, DATE, EMBEDDING -> false;
        };
    }

    /**
     * The column type of an Arrow field.
     *
     * @throws StorageException INVALID if Onlap has no such type
     */
    public static ColumnType of(Field field) {
        ColumnType type = ofOrNull(field);
        if (type == null) {
            throw new StorageException(
                    Kind.INVALID, "unsupported column type: column=" + field.getName() + ", type=" + field.getType());
        }
        return type;
    }

    private static ColumnType ofOrNull(Field field) {
        ArrowType type = field.getType();
        if (type instanceof ArrowType.Bool) {
            return BOOL;
        } else if (type instanceof ArrowType.Int integer) {
            return integer.getIsSigned() ? ofInt(integer.getBitWidth()) : null;
        } else if (type instanceof ArrowType.FloatingPoint floating) {
            return ofFloat(floating.getPrecision());
        } else if (type instanceof ArrowType.Utf8) {
            return UTF8;
        } else if (type instanceof ArrowType.Binary) {
            return BINARY;
        } else if (type instanceof ArrowType.Date date) {
            return date.getUnit() == DateUnit.DAY ? DATE : null;
        } else if (type instanceof ArrowType.Timestamp) {
            return TIMESTAMP;
        } else if (type instanceof ArrowType.FixedSizeList list) {
            return list.getListSize() > 0 && isFloat32(field.getChildren().get(0)) ? EMBEDDING : null;
        }
        return null;
    }

    private static ColumnType ofInt(int bits) {
        return switch (bits) {
            case 8 -> INT8;
            case 16 -> INT16;
            case 32 -> INT32;
            case 64 -> INT64;
            default -> null;
        };
    }

    private static ColumnType ofFloat(FloatingPointPrecision precision) {
        return switch (precision) {
            case SINGLE -> FLOAT32;
            case DOUBLE -> FLOAT64;
            case HALF -> null;
        };
    }

    private static boolean isFloat32(Field element) {
        return element.getType() instanceof ArrowType.FloatingPoint floating
                && floating.getPrecision() == FloatingPointPrecision.SINGLE;
    }
}
