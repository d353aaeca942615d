package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.StorageException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.types.TimeUnit;
import org.junit.jupiter.api.Test;

class KeyCodecTest {
    private static final long SEED = 20_260_101L;
    private static final String[] TEXTS = {
        "",
        "\0",
        "\0\0",
        "\0a",
        "a",
        "a\0",
        "a\0b",
        "ab",
        "b",
        "\u007f",
        "\u0080",
        "\uffff",
        "\ud83d\ude00",
        "\ud83d\ude00\0",
        "s1/",
        "s1/0"
    };
    private static final long[] LONGS = {Long.MIN_VALUE, -256, -1, 0, 1, 255, 256, Long.MAX_VALUE};

    private final TableSchema composite = Schemas.of(
                    Schemas.field("a", Schemas.UTF8),
                    Schemas.field("b", Schemas.integer(64)),
                    Schemas.field("c", Schemas.BINARY),
                    Schemas.field("d", Schemas.UTF8))
            .key("a", "b", "c", "d");

    @Test
    void shouldOrderEncodedKeysAsTheirValuesWhenKeysAreComposite() {
        System.out.println("KeyCodecTest seed=" + SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            Object[] left = randomKey(random);
            Object[] right = random.nextInt(4) == 0 ? left.clone() : randomKey(random);
            if (random.nextBoolean()) {
                right[3] = text(random);
            }
            int expected = compare(left, right);
            int actual = Arrays.compareUnsigned(KeyCodec.encode(composite, left), KeyCodec.encode(composite, right));
            assertEquals(
                    Integer.signum(expected),
                    Integer.signum(actual),
                    () -> Arrays.deepToString(left) + " against " + Arrays.deepToString(right));
        }
    }

    @Test
    void shouldDecodeWhatWasEncodedWhenKeysAreRandom() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            Object[] key = randomKey(random);
            assertArrayEquals(key, KeyCodec.decode(composite, KeyCodec.encode(composite, key)));
        }
    }

    @Test
    void shouldHoldExactlyTheKeysThatStartWithItWhenRangeIsAPrefix() {
        Random random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            Object[] key = randomKey(random);
            Object[] prefix = Arrays.copyOf(random.nextBoolean() ? key : randomKey(random), 1 + random.nextInt(4));
            int last = prefix.length - 1;
            if (prefix[last] instanceof String text) {
                prefix[last] = text.substring(
                        0, text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length()) + 1)));
            }
            boolean expected = startsWith(key, prefix);
            KeyRange range = KeyRange.prefix(KeyCodec.encodePrefix(composite, prefix));
            assertEquals(
                    expected,
                    range.contains(KeyCodec.encode(composite, key)),
                    () -> Arrays.deepToString(key) + " in " + Arrays.deepToString(prefix));
        }
    }

    @Test
    void shouldSplitKeysAtTheBoundWhenBoundHasFewerColumns() {
        byte[] bound = KeyCodec.encodeBound(composite, "s1");
        byte[] below = KeyCodec.encode(composite, "s", Long.MAX_VALUE, new byte[] {-1}, "z");
        byte[] first = KeyCodec.encode(composite, "s1", Long.MIN_VALUE, new byte[0], "");
        byte[] beyond = KeyCodec.encode(composite, "s1\0", Long.MIN_VALUE, new byte[0], "");
        assertEquals(-1, Integer.signum(Arrays.compareUnsigned(below, bound)));
        assertEquals(-1, Integer.signum(Arrays.compareUnsigned(bound, first)));
        assertEquals(-1, Integer.signum(Arrays.compareUnsigned(first, beyond)));
    }

    @Test
    void shouldKeepOrderOfIntegersWhenWidthsAreNarrow() {
        TableSchema schema = Schemas.of(
                        Schemas.field("a", Schemas.integer(8)),
                        Schemas.field("b", Schemas.integer(16)),
                        Schemas.field("c", Schemas.integer(32)),
                        Schemas.field("t", Schemas.timestamp(TimeUnit.MICROSECOND)))
                .key("a", "b", "c", "t");
        Instant before = Instant.parse("1969-12-31T23:59:59.999999Z");
        byte[] low = KeyCodec.encode(schema, -128, -32768, Integer.MIN_VALUE, before);
        byte[] high = KeyCodec.encode(schema, (byte) -128, (short) -32768, Integer.MIN_VALUE, Instant.EPOCH);
        assertEquals(15, low.length);
        assertEquals(-1, Integer.signum(Arrays.compareUnsigned(low, high)));
        assertArrayEquals(
                new Object[] {-128L, -32768L, (long) Integer.MIN_VALUE, before}, KeyCodec.decode(schema, low));
    }

    @Test
    void shouldUseTheValuesOwnBytesWhenKeyIsOneText() {
        TableSchema schema = Schemas.of(Schemas.field("id", Schemas.UTF8)).key("id");
        assertArrayEquals(
                "a\0b\ud83d\ude00".getBytes(StandardCharsets.UTF_8), KeyCodec.encode(schema, "a\0b\ud83d\ude00"));
        assertArrayEquals("a".getBytes(StandardCharsets.UTF_8), KeyCodec.encodePrefix(schema, "a"));
        assertArrayEquals(new byte[0], KeyCodec.encodePrefix(schema));
    }

    @Test
    void shouldRefuseWhenKeyIsWrong() {
        TableSchema schema = Schemas.of(Schemas.field("id", Schemas.UTF8), Schemas.field("n", Schemas.integer(8)))
                .key("id", "n");
        assertInvalid("wrong number of key values: given=1, key=[id, n]", schema, "a");
        assertInvalid("key is null: column=n", schema, "a", null);
        assertInvalid("wrong type: column=id, type=utf8, given=Integer", schema, 1, 2);
        assertInvalid("wrong type: column=n, type=int8, given=String", schema, "a", "b");
        assertInvalid("value out of range: column=n, type=int8, value=128", schema, "a", 128);
        assertInvalid("text with a lone surrogate: column=id, index=1", schema, "a\ud800", 1);
        assertInvalid(
                "key too long: keyBytes=32769, keyBytesMax=32768, key=[id, n]", schema, "x".repeat(32 * 1024 - 2), 1);
        TableSchema keyless = Schemas.of(Schemas.field("id", Schemas.UTF8));
        assertInvalid("wrong number of key values: given=1, key=[]", keyless, "a");
    }

    @Test
    void shouldTellAQuestionMarkFromALoneSurrogate() {
        TableSchema schema = Schemas.of(Schemas.field("id", Schemas.UTF8)).key("id");
        for (String text : List.of("", "plain", "what?", "?", "caf\u00e9", "tea \ud83c\udf75", "?\u00e9")) {
            assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), KeyCodec.encode(schema, text), text);
        }
        assertInvalid("text with a lone surrogate: column=id, index=0", schema, "\ud800");
        assertInvalid("text with a lone surrogate: column=id, index=1", schema, "?\udc00?");
    }

    private static void assertInvalid(String message, TableSchema schema, Object... key) {
        StorageException refused = assertThrows(StorageException.class, () -> KeyCodec.encode(schema, key));
        assertEquals(StorageException.Kind.INVALID, refused.kind());
        assertEquals(message, refused.getMessage());
    }

    private static Object[] randomKey(Random random) {
        return new Object[] {
            text(random),
            LONGS[random.nextInt(LONGS.length)],
            text(random).getBytes(StandardCharsets.UTF_8),
            text(random)
        };
    }

    private static String text(Random random) {
        String text = TEXTS[random.nextInt(TEXTS.length)];
        return random.nextInt(3) == 0 ? text + TEXTS[random.nextInt(TEXTS.length)] : text;
    }

    private static int compare(Object[] left, Object[] right) {
        for (int i = 0; i < left.length; i++) {
            int order = left[i] instanceof Long number
                    ? number.compareTo((Long) right[i])
                    : Arrays.compareUnsigned(bytes(left[i]), bytes(right[i]));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static boolean startsWith(Object[] key, Object[] prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (i == prefix.length - 1 && !(prefix[i] instanceof Long)) {
                byte[] value = bytes(key[i]);
                byte[] start = bytes(prefix[i]);
                return value.length >= start.length && Arrays.equals(Arrays.copyOf(value, start.length), start);
            }
            if (!Arrays.deepEquals(new Object[] {key[i]}, new Object[] {prefix[i]})) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(Object value) {
        return value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) value;
    }
}
