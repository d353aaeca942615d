package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.Placed.Place;
import io.onlap.memtable.Row;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.TableSchema;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values of every type come back, nulls and empty ones too, wherever they are. */
class TypesTest {
    @TempDir
    Path directory;

    private static final List<String> COLUMNS = List.of(
            "bool",
            "int8",
            "int16",
            "int32",
            "int64",
            "float32",
            "float64",
            "text",
            "blob",
            "date",
            "seconds",
            "millis",
            "micros",
            "nanos",
            "embedding");

    private static final TableSchema TYPES = TableSchema.of(new Schema(List.of(
                    Field.notNullable("id", ArrowType.Utf8.INSTANCE),
                    Field.nullable("bool", ArrowType.Bool.INSTANCE),
                    Field.nullable("int8", new ArrowType.Int(8, true)),
                    Field.nullable("int16", new ArrowType.Int(16, true)),
                    Field.nullable("int32", new ArrowType.Int(32, true)),
                    Field.nullable("int64", new ArrowType.Int(64, true)),
                    Field.nullable("float32", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)),
                    Field.nullable("float64", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
                    Field.nullable("text", ArrowType.Utf8.INSTANCE),
                    Field.nullable("blob", ArrowType.Binary.INSTANCE),
                    Field.nullable("date", new ArrowType.Date(DateUnit.DAY)),
                    Field.nullable("seconds", new ArrowType.Timestamp(TimeUnit.SECOND, null)),
                    Field.nullable("millis", new ArrowType.Timestamp(TimeUnit.MILLISECOND, "Europe/Berlin")),
                    Field.nullable("micros", new ArrowType.Timestamp(TimeUnit.MICROSECOND, null)),
                    Field.nullable("nanos", new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC")),
                    new Field(
                            "embedding",
                            FieldType.nullable(new ArrowType.FixedSizeList(3)),
                            List.of(Field.notNullable(
                                    "item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)))))))
            .key("id");

    private static final Object[] EMPTY = {
        false,
        0L,
        0L,
        0L,
        0L,
        0f,
        0d,
        "",
        new byte[0],
        LocalDate.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        new float[3]
    };

    private static final Object[] LEAST = {
        true,
        -128L,
        -32768L,
        (long) Integer.MIN_VALUE,
        Long.MIN_VALUE,
        -Float.MAX_VALUE,
        -Double.MAX_VALUE,
        "\0",
        new byte[] {0},
        LocalDate.ofEpochDay(Integer.MIN_VALUE),
        Instant.MIN,
        Instant.ofEpochMilli(Long.MIN_VALUE),
        micros(Long.MIN_VALUE),
        Instant.ofEpochSecond(0, Long.MIN_VALUE),
        new float[] {-0f, Float.MIN_VALUE, -Float.MAX_VALUE}
    };

    private static final Object[] MOST = {
        true,
        127L,
        32767L,
        (long) Integer.MAX_VALUE,
        Long.MAX_VALUE,
        Float.MAX_VALUE,
        Double.MAX_VALUE,
        "\ud83d\ude00\uffff",
        new byte[] {-1, 0, 1},
        LocalDate.ofEpochDay(Integer.MAX_VALUE),
        Instant.MAX.minusNanos(999_999_999),
        Instant.ofEpochMilli(Long.MAX_VALUE),
        micros(Long.MAX_VALUE),
        Instant.ofEpochSecond(0, Long.MAX_VALUE),
        new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}
    };

    private static final Object[] ODD = {
        null,
        null,
        -1L,
        null,
        -1L,
        Float.NaN,
        -0d,
        null,
        new byte[300],
        null,
        Instant.ofEpochSecond(-1),
        null,
        micros(-1),
        null,
        null
    };

    private static final Object[] ODDER = {
        false,
        -1L,
        null,
        -1L,
        null,
        -0f,
        Double.NaN,
        "x".repeat(3_000),
        null,
        LocalDate.ofEpochDay(-1),
        null,
        Instant.ofEpochMilli(-1),
        null,
        Instant.ofEpochSecond(-1, 999_999_999),
        new float[] {1, -1, 0.1f}
    };

    private static Instant micros(long value) {
        return Instant.ofEpochSecond(0).plus(value, ChronoUnit.MICROS);
    }

    /** Per row the values of {@link #COLUMNS}, as {@link Row} gives them. */
    private static NavigableMap<String, Object[]> values() {
        NavigableMap<String, Object[]> rows = new TreeMap<>();
        rows.put("nulls", new Object[COLUMNS.size()]);
        rows.put("empty", EMPTY);
        rows.put("least", LEAST);
        rows.put("most", MOST);
        rows.put("odd", ODD);
        rows.put("odder", ODDER);
        return rows;
    }

    private static long putRow(Writer writer, Table table, String id, Object[] values) {
        return writer.put(table, row -> {
            row.set("id", id);
            for (int i = 0; i < values.length; i++) {
                String column = COLUMNS.get(i);
                set(row, column, values[i]);
            }
        });
    }

    private static void set(RowBuilder row, String column, Object value) {
        if (value instanceof Boolean truth) {
            row.set(column, truth.booleanValue());
        } else if (value instanceof Long number) {
            row.set(column, number.longValue());
        } else if (value instanceof Float number) {
            row.set(column, number.floatValue());
        } else if (value instanceof Double number) {
            row.set(column, number.doubleValue());
        } else if (value instanceof String text) {
            row.set(column, text);
        } else if (value instanceof byte[] blob) {
            row.set(column, blob);
        } else if (value instanceof LocalDate date) {
            row.set(column, date);
        } else if (value instanceof Instant instant) {
            row.set(column, instant);
        } else if (value instanceof float[] embedding) {
            row.set(column, embedding);
        } else {
            assertNull(value);
            row.setNull(column);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldBringBackValuesOfEveryTypeWhereTheyAre(Place place) {
        NavigableMap<String, Object[]> rows = values();
        try (Placed placed = new Placed(directory, place, engine -> {
            Table table = engine.createTable("types", TYPES);
            try (Writer writer = engine.writer()) {
                long last = 0;
                for (var row : rows.entrySet()) {
                    last = putRow(writer, table, row.getKey(), row.getValue());
                }
                writer.awaitVisible(last);
            }
        })) {
            assertValues(placed.table("types"), rows);
            try (Engine beside = Engine.openReadOnly(directory)) {
                assertValues(beside.table("types"), rows);
            }
            placed.flushAll();
        }
        try (Engine again = Engine.openReadOnly(directory)) {
            assertValues(again.table("types"), rows);
        }
    }

    private static void assertValues(Table table, NavigableMap<String, Object[]> rows) {
        rows.forEach((id, values) -> {
            Row row = table.get(id).orElseThrow();
            for (int i = 0; i < values.length; i++) {
                assertValue(values[i], row.get(COLUMNS.get(i)), id + "." + COLUMNS.get(i));
            }
        });
        List<String> seen = new ArrayList<>();
        try (Scan scan = table.scan().open()) {
            while (scan.next()) {
                VectorSchemaRoot batch = scan.batch();
                for (int i = 0; i < batch.getRowCount(); i++) {
                    String id = batch.getVector("id").getObject(i).toString();
                    seen.add(id);
                    assertVectors(batch, i, rows.get(id), id);
                }
            }
        }
        assertEquals(List.copyOf(rows.keySet()), seen);
    }

    private static void assertValue(Object expected, Object actual, String place) {
        // Boxed floats are equal by their bits: NaN to itself, -0.0 not to 0.0.
        assertTrue(
                Arrays.deepEquals(new Object[] {expected}, new Object[] {actual}),
                () -> place + ": expected=" + Arrays.deepToString(new Object[] {expected}) + ", actual="
                        + Arrays.deepToString(new Object[] {actual}));
    }

    private static void assertVectors(VectorSchemaRoot batch, int row, Object[] values, String id) {
        for (int i = 0; i < values.length; i++) {
            FieldVector vector = batch.getVector(COLUMNS.get(i));
            String place = id + "." + COLUMNS.get(i) + " in " + vector.getMinorType();
            if (values[i] == null) {
                assertNull(vector.getObject(row), place);
            } else {
                assertValue(values[i], read(vector, row, values[i]), place);
            }
        }
    }

    /** The vector's value in the form of {@code like}. */
    private static Object read(FieldVector vector, int row, Object like) {
        Object value = vector instanceof TimeStampVector stamps ? stamps.get(row) : vector.getObject(row);
        if (like instanceof Instant) {
            return switch (vector.getName()) {
                case "seconds" -> Instant.ofEpochSecond((Long) value);
                case "millis" -> Instant.ofEpochMilli((Long) value);
                case "micros" -> micros((Long) value);
                default -> Instant.ofEpochSecond(0, (Long) value);
            };
        } else if (like instanceof LocalDate) {
            return LocalDate.ofEpochDay((Integer) value);
        } else if (like instanceof Long) {
            return ((Number) value).longValue();
        } else if (like instanceof String) {
            return value.toString();
        } else if (vector instanceof FixedSizeListVector) {
            List<?> items = (List<?>) value;
            float[] floats = new float[items.size()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (Float) items.get(i);
            }
            return floats;
        }
        return value;
    }
}
