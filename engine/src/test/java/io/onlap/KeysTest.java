package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.Placed.Place;
import io.onlap.memtable.TableSchema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys of every kind are told apart, ordered and bounded exactly, wherever they are. */
class KeysTest {
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
                putAndDelete(writer, table, random, model);
                engine.flush();
                putAndDelete(writer, table, random, model);
            }
        })) {
            Table table = placed.table("t");
            assertEquals(List.copyOf(model.values()), Rows.numbers(table.scan()));
            assertEquals(model.size(), table.count());
            for (int i = 0; i < QUERIES; i++) {
                Object[] key = key(random, 4);
                assertEquals(model.get(key), table.get(key).map(Rows::number).orElse(null), () -> shown(key, seed));
                assertBounds(random, table, model, seed);
            }
        }
    }

    private static void putAndDelete(Writer writer, Table table, Random random, NavigableMap<Object[], Long> model) {
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
    }

    private static void assertBounds(Random random, Table table, NavigableMap<Object[], Long> model, long seed) {
        Object[] from = key(random, 1 + random.nextInt(4));
        Object[] to = key(random, 1 + random.nextInt(4));
        List<Long> expected = model.entrySet().stream()
                .filter(row -> LEADING.compare(row.getKey(), from) >= 0 && LEADING.compare(row.getKey(), to) < 0)
                .map(row -> row.getValue())
                .toList();
        assertEquals(
                expected,
                Rows.numbers(table.scan().from(from).to(to)),
                () -> shown(from, seed) + " to " + shown(to, seed));
        assertEquals(
                reversed(expected),
                Rows.numbers(table.scan().from(from).to(to).reverse()),
                () -> shown(to, seed) + " back to " + shown(from, seed));
        List<Long> begun = model.entrySet().stream()
                .filter(row -> startsWith(row.getKey(), from))
                .map(row -> row.getValue())
                .toList();
        assertEquals(begun, Rows.numbers(table.scan().prefix(from)), () -> "prefix " + shown(from, seed));
        assertEquals(
                reversed(begun),
                Rows.numbers(table.scan().prefix(from).reverse()),
                () -> "back prefix " + shown(from, seed));
    }

    private static List<Long> reversed(List<Long> numbers) {
        List<Long> reversed = new ArrayList<>(numbers);
        Collections.reverse(reversed);
        return reversed;
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
}
