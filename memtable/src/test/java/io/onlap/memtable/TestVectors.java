package io.onlap.memtable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Plain objects in and out of Arrow vectors, through Arrow's own accessors, so that raw copies are judged by other code.
 *
 * <p>Threading: stateless.
 */
public final class TestVectors {
    private TestVectors() {}

    /** One nullable field of every column type, named after it, with embeddings of {@code dimensions}. */
    public static List<Field> everyType(int dimensions) {
        Field element = Field.nullable("element", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
        List<Field> fields = new ArrayList<>();
        fields.add(Field.nullable("bool", ArrowType.Bool.INSTANCE));
        fields.add(Field.nullable("int8", new ArrowType.Int(8, true)));
        fields.add(Field.nullable("int16", new ArrowType.Int(16, true)));
        fields.add(Field.nullable("int32", new ArrowType.Int(32, true)));
        fields.add(Field.nullable("int64", new ArrowType.Int(64, true)));
        fields.add(Field.nullable("float32", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)));
        fields.add(Field.nullable("float64", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)));
        fields.add(Field.nullable("utf8", ArrowType.Utf8.INSTANCE));
        fields.add(Field.nullable("binary", ArrowType.Binary.INSTANCE));
        fields.add(Field.nullable("date", new ArrowType.Date(DateUnit.DAY)));
        fields.add(Field.nullable("timestamp", new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC")));
        fields.add(
                new Field("embedding", FieldType.nullable(new ArrowType.FixedSizeList(dimensions)), List.of(element)));
        return fields;
    }

    /** A table of text key {@code id} and a text column {@code text}. */
    public static TableSchema texts() {
        return TableSchema.of(new Schema(List.of(
                        Field.notNullable("id", ArrowType.Utf8.INSTANCE),
                        Field.nullable("text", ArrowType.Utf8.INSTANCE))))
                .key("id");
    }

    /** Writes {@code value}: Boolean, Number, String, byte[] or float[]; null for null. */
    public static void set(FieldVector vector, int row, Object value) {
        if (value == null) {
            vector.setNull(row);
        } else if (vector instanceof BitVector bits) {
            bits.setSafe(row, (Boolean) value ? 1 : 0);
        } else if (vector instanceof TinyIntVector ints) {
            ints.setSafe(row, ((Number) value).intValue());
        } else if (vector instanceof SmallIntVector ints) {
            ints.setSafe(row, ((Number) value).intValue());
        } else if (vector instanceof IntVector ints) {
            ints.setSafe(row, ((Number) value).intValue());
        } else if (vector instanceof DateDayVector dates) {
            dates.setSafe(row, ((Number) value).intValue());
        } else if (vector instanceof BigIntVector longs) {
            longs.setSafe(row, ((Number) value).longValue());
        } else if (vector instanceof TimeStampVector times) {
            times.setSafe(row, ((Number) value).longValue());
        } else if (vector instanceof Float4Vector floats) {
            floats.setSafe(row, ((Number) value).floatValue());
        } else if (vector instanceof Float8Vector doubles) {
            doubles.setSafe(row, ((Number) value).doubleValue());
        } else if (vector instanceof VarCharVector texts) {
            texts.setSafe(row, ((String) value).getBytes(StandardCharsets.UTF_8));
        } else if (vector instanceof VarBinaryVector bytes) {
            bytes.setSafe(row, (byte[]) value);
        } else {
            FixedSizeListVector list = (FixedSizeListVector) vector;
            float[] floats = (float[]) value;
            int start = list.startNewValue(row);
            for (int i = 0; i < floats.length; i++) {
                ((Float4Vector) list.getDataVector()).setSafe(start + i, floats[i]);
            }
        }
    }

    /** The value as a comparable object: arrays as lists, numbers as Arrow gives them. */
    public static Object get(FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        if (vector instanceof VarCharVector texts) {
            return new String(texts.get(row), StandardCharsets.UTF_8);
        } else if (vector instanceof VarBinaryVector bytes) {
            return comparable(bytes.get(row));
        } else if (vector instanceof TimeStampVector times) {
            return times.get(row);
        } else if (vector instanceof FixedSizeListVector list) {
            List<Object> floats = new ArrayList<>();
            int size = list.getListSize();
            for (int i = 0; i < size; i++) {
                floats.add(((Float4Vector) list.getDataVector()).get(row * size + i));
            }
            return floats;
        }
        return comparable(vector.getObject(row));
    }

    /** Arrays as lists; everything else as it is. */
    public static Object comparable(Object value) {
        List<Object> list = new ArrayList<>();
        if (value instanceof byte[] bytes) {
            for (byte b : bytes) {
                list.add(b);
            }
            return list;
        } else if (value instanceof float[] floats) {
            for (float f : floats) {
                list.add(f);
            }
            return list;
        }
        return value;
    }
}
