package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * Column types by name, as {@code --schema} reads them; {@link io.onlap.memtable.Column#typeName} writes them:
 *
 * <pre>
 *   bool  int8  int16  int32  int64  float32  float64  utf8  binary  date
 *   timestamp[s]  timestamp[ms]  timestamp[us]  timestamp[ns]     all UTC; timestamp alone means timestamp[us]
 *   embedding[N]                                                  N float32; float32[N] means the same
 * </pre>
 *
 * <p>Threading: stateless.
 */
final class TypeNames {
    private static final Pattern TIMESTAMP = Pattern.compile("timestamp(?:\\[(s|ms|us|ns)])?");
    private static final Pattern EMBEDDING = Pattern.compile("(?:embedding|float32)\\[(\\d{1,6})]");
    private static final String KNOWN = "bool, int8, int16, int32, int64, float32, float64, utf8, binary, date,"
            + " timestamp, timestamp[s|ms|us|ns], embedding[N]";

    private TypeNames() {}

    /**
     * The Arrow field for a type name.
     *
     * @throws StorageException INVALID for a name that is none
     */
    static Field field(String column, String typeName, boolean nullable) {
        Matcher embedding = EMBEDDING.matcher(typeName);
        if (embedding.matches()) {
            return embedding(column, Integer.parseInt(embedding.group(1)), nullable);
        }
        return new Field(column, new FieldType(nullable, arrowType(column, typeName), null), null);
    }

    /** A field of {@code dimensions} float32. */
    static Field embedding(String column, int dimensions, boolean nullable) {
        Field element = Field.notNullable("item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
        return new Field(
                column, new FieldType(nullable, new ArrowType.FixedSizeList(dimensions), null), List.of(element));
    }

    private static ArrowType arrowType(String column, String typeName) {
        Matcher timestamp = TIMESTAMP.matcher(typeName);
        if (timestamp.matches()) {
            return new ArrowType.Timestamp(unit(timestamp.group(1)), "UTC");
        }
        return switch (typeName) {
            case "bool" -> ArrowType.Bool.INSTANCE;
            case "int8" -> new ArrowType.Int(8, true);
            case "int16" -> new ArrowType.Int(16, true);
            case "int32" -> new ArrowType.Int(32, true);
            case "int64" -> new ArrowType.Int(64, true);
            case "float32" -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case "float64" -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case "utf8" -> ArrowType.Utf8.INSTANCE;
            case "binary" -> ArrowType.Binary.INSTANCE;
            case "date" -> new ArrowType.Date(DateUnit.DAY);
            default -> throw new StorageException(
                    Kind.INVALID, "unknown column type: column=" + column + ", type=" + typeName + ", known=" + KNOWN);
        };
    }

    private static TimeUnit unit(String name) {
        return name == null
                ? TimeUnit.MICROSECOND
                : switch (name) {
                    case "s" -> TimeUnit.SECOND;
                    case "ms" -> TimeUnit.MILLISECOND;
                    case "us" -> TimeUnit.MICROSECOND;
                    default -> TimeUnit.NANOSECOND;
                };
    }
}
