package io.onlap.memtable;

import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Schemas and fields for tests. Threading: stateless. */
final class Schemas {
    static final ArrowType UTF8 = ArrowType.Utf8.INSTANCE;
    static final ArrowType BINARY = ArrowType.Binary.INSTANCE;
    static final ArrowType BOOL = ArrowType.Bool.INSTANCE;
    static final ArrowType DATE = new ArrowType.Date(DateUnit.DAY);
    static final ArrowType FLOAT32 = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    static final ArrowType FLOAT64 = new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);

    private Schemas() {}

    static ArrowType integer(int bits) {
        return new ArrowType.Int(bits, true);
    }

    static ArrowType timestamp(TimeUnit unit) {
        return new ArrowType.Timestamp(unit, "UTC");
    }

    static Field field(String name, ArrowType type) {
        return Field.nullable(name, type);
    }

    static Field embedding(String name, int dimensions) {
        Field element = Field.notNullable("item", FLOAT32);
        return new Field(name, FieldType.nullable(new ArrowType.FixedSizeList(dimensions)), List.of(element));
    }

    static TableSchema of(Field... fields) {
        return TableSchema.of(new Schema(Arrays.asList(fields)));
    }

    /** One column of every type, the timestamp in every unit, all nullable. */
    static TableSchema everyType() {
        return of(
                field("id", UTF8),
                field("bool", BOOL),
                field("i8", integer(8)),
                field("i16", integer(16)),
                field("i32", integer(32)),
                field("i64", integer(64)),
                field("f32", FLOAT32),
                field("f64", FLOAT64),
                field("text", UTF8),
                field("bytes", BINARY),
                field("day", DATE),
                field("s", timestamp(TimeUnit.SECOND)),
                field("ms", timestamp(TimeUnit.MILLISECOND)),
                field("us", timestamp(TimeUnit.MICROSECOND)),
                field("ns", timestamp(TimeUnit.NANOSECOND)),
                embedding("vector", 3));
    }
}
