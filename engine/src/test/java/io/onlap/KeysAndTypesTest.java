package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.Placed.Place;
import io.onlap.memtable.Row;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.TableSchema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.arrow.vector.BigIntVector;
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

/** Keys of every kind are told apart, ordered and bounded exactly, and values of every type come back, wherever they are. */
class KeysAndTypesTest {
    private static final int QUERIES = 400;

    private static final List<String> TEXTS = List.of(
            "",
            "\0",
            "\0\0",
            "a",
            "a\0",
            "a\0b",
            "a\0\0",
            "ab",
            "b",
            "\u00e9",
            "\uffff",
            "\ud83d\ude00",
            "\ud83d\ude00x");
    private static final List<Long> NUMBERS =
            List.of(Long.MIN_VALUE, -1_000_000L, -1L, 0L, 1L, 255L, 256L, Long.MAX_VALUE);
    private static final List<byte[]> BLOBS = List.of(
            new byte[] {},
            new byte[] {0},
            new byte[] {0, 0},
            new byte[] {0, -1},
            new byte[] {1},
            new byte[] {-1},
            new byte[] {-1, -1});

    private static final TableSchema COMPOSITE = TableSchema.of(new Schema(List.of(
                    Field.nullable("n", new ArrowType.Int(64, true)),
                    Field.notNullable("text", ArrowType.Utf8.INSTANCE),
                    Field.notNullable("number", new ArrowType.Int(64, true)),
                    Field.notNullable("blob", ArrowType.Binary.INSTANCE),
                    Field.notNullable("tail", ArrowType.Utf8.INSTANCE))))
            .key("text", "number", "blob", "tail");

    /** Of whole keys, and of keys with bounds of fewer columns: only the columns that both have count. */
    private static final Comparator<Object[]> LEADING = (a, b) -> {
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            int order = a[i] instanceof Long number
                    ? Long.compare(number, (Long) b[i])
                    : Arrays.compareUnsigned(bytes(a[i]), bytes(b[i]));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    };

    @TempDir
    Path directory;

    private static byte[] bytes(Object value) {
        return value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) value;
    }

    private static Object[] key(Random random, int columns) {
        Object[] key = {pick(random, TEXTS), pick(random, NUMBERS), pick(random, BLOBS), pick(random, TEXTS)};
        return Arrays.copyOf(key, columns);
    }

    private static <T> T pick(Random random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static long put(Writer writer, Table table, Object[] key, long n) {
        return writer.put(table, row -> row.set("n", n)
                .set("text", (String) key[0])
                .set("number", (Long) key[1])
                .set("blob", (byte[]) key[2])
                .set("tail", (String) key[3]));
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellCompositeKeysApartAndBoundThemExactlyWhereTheyAre(Place place) {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        NavigableMap<Object[], Long> model = new TreeMap<>(LEADING);
        try (Placed placed = new Placed(directory, place, engine -> {
            Table table = engine.createTable("t", COMPOSITE);
            try (Writer writer = engine.writer()) {
                for (int layer = 0; layer < 2; layer++) {
                    long last = 0;
                    for (long n = 0; n < 1_500; n++) {
                        Object[] key = key(random, 4);
                        if (n % 5 == 4) {
                            last = writer.delete(table, key);
                            model.remove(key);
                        } else {
                            last = put(writer, table, key, n);
                            model.put(key, n);
                        }
                    }
                    writer.awaitVisible(last);
                    if (layer == 0) {
                        engine.flush();
                    }
                }
            }
        })) {
            Table table = placed.table("t");
            assertEquals(List.copyOf(model.values()), numbers(table.scan()));
            assertEquals(model.size(), table.count());
            for (int i = 0; i < QUERIES; i++) {
                Object[] key = key(random, 4);
                assertEquals(model.get(key), table.get(key).map(Rows::number).orElse(null), () -> shown(key, seed));
                assertBounds(random, table, model, seed);
            }
        }
    }

    private static void assertBounds(Random random, Table table, NavigableMap<Object[], Long> model, long seed) {
        Object[] from = key(random, 1 + random.nextInt(4));
        Object[] to = key(random, 1 + random.nextInt(4));
        List<Long> expected = model.entrySet().stream()
                .filter(row -> LEADING.compare(row.getKey(), from) >= 0 && LEADING.compare(row.getKey(), to) < 0)
                .map(row -> row.getValue())
                .toList();
        assertEquals(
                expected, numbers(table.scan().from(from).to(to)), () -> shown(from, seed) + " to " + shown(to, seed));
        List<Long> begun = model.entrySet().stream()
                .filter(row -> startsWith(row.getKey(), from))
                .map(row -> row.getValue())
                .toList();
        assertEquals(begun, numbers(table.scan().prefix(from)), () -> "prefix " + shown(from, seed));
    }

    /** All columns but the last of the prefix equal; that one, if text or binary, begins so. */
    private static boolean startsWith(Object[] key, Object[] prefix) {
        int last = prefix.length - 1;
        if (LEADING.compare(key, Arrays.copyOf(prefix, last)) != 0) {
            return false;
        }
        if (prefix[last] instanceof Long) {
            return prefix[last].equals(key[last]);
        }
        byte[] value = bytes(key[last]);
        byte[] begin = bytes(prefix[last]);
        return value.length >= begin.length && Arrays.equals(Arrays.copyOf(value, begin.length), begin);
    }

    private static String shown(Object[] key, long seed) {
        return Arrays.deepToString(Arrays.stream(key)
                        .map(value -> value instanceof Long ? value : bytes(value))
                        .toArray())
                + ", seed=" + seed;
    }

    private static List<Long> numbers(ScanBuilder scan) {
        List<Long> numbers = new ArrayList<>();
        try (Scan open = scan.columns("n").open()) {
            while (open.next()) {
                BigIntVector column = (BigIntVector) open.batch().getVector("n");
                for (int i = 0; i < column.getValueCount(); i++) {
                    numbers.add(column.get(i));
                }
            }
        }
        return numbers;
    }

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
                    Field.nullable("nanos", new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC")),
                    new Field(
                            "embedding",
                            FieldType.nullable(new ArrowType.FixedSizeList(3)),
                            List.of(Field.notNullable(
                                    "item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)))))))
            .key("id");

    /** Per row the values of {@link #COLUMNS}, as {@link Row} gives them. */
    private static NavigableMap<String, Object[]> values() {
        NavigableMap<String, Object[]> rows = new TreeMap<>();
        rows.put("nulls", new Object[COLUMNS.size()]);
        rows.put("empty", new Object[] {
            false, 0L, 0L, 0L, 0L, 0f, 0d, "", new byte[0], LocalDate.EPOCH, Instant.EPOCH, Instant.EPOCH, new float[3]
        });
        rows.put("least", new Object[] {
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
            Instant.ofEpochSecond(0, Long.MIN_VALUE),
            new float[] {-0f, Float.MIN_VALUE, -Float.MAX_VALUE}
        });
        rows.put("most", new Object[] {
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
            Instant.ofEpochSecond(0, Long.MAX_VALUE),
            new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}
        });
        rows.put("odd", new Object[] {
            null, null, -1L, null, -1L, Float.NaN, -0d, null, new byte[300], null, Instant.ofEpochSecond(-1), null, null
        });
        rows.put("odder", new Object[] {
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
            Instant.ofEpochSecond(-1, 999_999_999),
            new float[] {1, -1, 0.1f}
        });
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
            boolean nanos = vector.getName().equals("nanos");
            return nanos ? Instant.ofEpochSecond(0, (Long) value) : Instant.ofEpochSecond((Long) value);
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
