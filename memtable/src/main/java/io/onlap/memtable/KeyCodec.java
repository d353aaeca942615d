package io.onlap.memtable;

import io.onlap.io.StorageException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Keys as byte strings whose unsigned lexicographic order is the order of the key columns' values.
 *
 * <p>A single text or binary key is its own bytes. Any other key is its columns one after the other: integers and
 * timestamps big-endian with the sign bit flipped; text and binary with each 0x00 as 0x00 0xFF and 0x00 0x00 behind,
 * which sorts before any continuation, so a value sorts before what it is a prefix of; the last column, if it is text or
 * binary, plain. (The encoding of FoundationDB's tuple layer.)
 *
 * <p>Threading: stateless.
 */
public final class KeyCodec {
    /** Longest encoded key. */
    public static final int KEY_BYTES_MAX = 32 * 1024;

    private static final byte[] EMPTY = {};

    private KeyCodec() {}

    /**
     * The encoded key of these values, one per key column: text as CharSequence, binary as byte[], integers as any integer
     * type, timestamps as Instant or as the raw integer.
     *
     * @throws StorageException INVALID for a table without key, a wrong number or type of values, null, a value out of
     *     range, or a key over {@link #KEY_BYTES_MAX}
     */
    public static byte[] encode(TableSchema schema, Object... values) {
        if (values.length != schema.keyColumns().size()) {
            throw wrongCount(schema, values.length);
        }
        return encodeLeading(schema, false, values);
    }

    /**
     * The first encoded key whose leading columns are not below these values: a bound for ranges. With a value for every key
     * column the same as {@link #encode}.
     *
     * @throws StorageException INVALID as {@link #encode}, but fewer values are fine
     */
    public static byte[] encodeBound(TableSchema schema, Object... leading) {
        return encodeLeading(schema, false, leading);
    }

    /**
     * What all encoded keys start with whose leading columns are these values; the last value, if it is text or binary, is
     * itself a prefix of its column.
     *
     * @throws StorageException INVALID as {@link #encode}, but fewer values are fine
     */
    public static byte[] encodePrefix(TableSchema schema, Object... leading) {
        return encodeLeading(schema, true, leading);
    }

    private static byte[] encodeLeading(TableSchema schema, boolean lastIsPrefix, Object... values) {
        int columns = schema.keyColumns().size();
        if (!schema.isKeyed() || values.length > columns) {
            throw wrongCount(schema, values.length);
        }
        byte[] key = EMPTY;
        for (int i = 0; i < values.length; i++) {
            Column column = schema.keyColumns().get(i);
            if (column.type().isVariableWidth()) {
                byte[] value = ownBytes(column, values[i]);
                boolean plain = i == columns - 1;
                boolean terminated = !plain && !(lastIsPrefix && i == values.length - 1);
                key = plain && key.length == 0 ? value : appendBytes(key, value, plain, terminated);
            } else {
                int at = key.length;
                key = Arrays.copyOf(key, at + column.valueBytes());
                putInteger(key, at, rawInteger(column, values[i]), column.valueBytes());
            }
        }
        checkLength(schema, key.length);
        return key;
    }

    private static byte[] appendBytes(byte[] key, byte[] value, boolean plain, boolean terminated) {
        if (plain) {
            byte[] whole = Arrays.copyOf(key, key.length + value.length);
            System.arraycopy(value, 0, whole, key.length, value.length);
            return whole;
        }
        byte[] whole = Arrays.copyOf(key, key.length + escapedBytes(value, 0, value.length));
        int end = putEscaped(whole, key.length, value, 0, value.length);
        return terminated ? whole : Arrays.copyOf(whole, end - 2);
    }

    private static byte[] ownBytes(Column column, Object value) {
        if (column.type() == ColumnType.BINARY) {
            if (value instanceof byte[] bytes) {
                return bytes.clone();
            }
        } else if (value instanceof CharSequence text) {
            byte[] plain = text instanceof String string ? Utf8.plainOrNull(string) : null;
            if (plain != null) {
                return plain;
            }
            byte[] bytes = new byte[Utf8.length(text)];
            int end = Utf8.write(text, bytes, 0);
            if (end < 0) {
                throw ColumnValue.loneSurrogate(column, -1 - end);
            }
            return bytes;
        }
        throw wrongValue(column, value);
    }

    private static long rawInteger(Column column, Object value) {
        if (value instanceof Instant instant) {
            return ColumnValue.units(column, instant);
        }
        if (isInteger(value)) {
            return ColumnValue.integer(column, ((Number) value).longValue());
        }
        throw wrongValue(column, value);
    }

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    /** What a value of that class means for a key column: null is a missing key, the rest a wrong type. */
    static StorageException wrongValue(Column column, Object value) {
        return value == null
                ? ColumnValue.invalid("key is null: column=" + column.name())
                : ColumnValue.wrongType(column, value.getClass().getSimpleName());
    }

    static StorageException wrongCount(TableSchema schema, int given) {
        return ColumnValue.invalid("wrong number of key values: given=" + given + ", key="
                + schema.keyColumns().stream().map(Column::name).toList());
    }

    static void checkLength(TableSchema schema, int keyBytes) {
        if (keyBytes > KEY_BYTES_MAX) {
            throw ColumnValue.invalid("key too long: keyBytes=" + keyBytes + ", keyBytesMax=" + KEY_BYTES_MAX + ", key="
                    + schema.keyColumns().stream().map(Column::name).toList());
        }
    }

    /**
     * The values of an encoded key, one per key column: String, byte[], Long or Instant.
     *
     * @throws StorageException INVALID if it is no key of that schema
     */
    public static Object[] decode(TableSchema schema, byte[] key) {
        int columns = schema.keyColumns().size();
        Object[] values = new Object[columns];
        int at = 0;
        for (int i = 0; i < columns; i++) {
            Column column = schema.keyColumns().get(i);
            int width = column.valueBytes();
            if (!column.type().isVariableWidth()) {
                if (key.length - at < width) {
                    throw notAKey(schema, key);
                }
                long raw = getInteger(key, at, width);
                values[i] = column.type() == ColumnType.TIMESTAMP ? ColumnValue.instant(column, raw) : (Object) raw;
                at += width;
            } else if (i == columns - 1) {
                values[i] = value(column, Arrays.copyOfRange(key, at, key.length));
                at = key.length;
            } else {
                int end = terminator(schema, key, at);
                values[i] = value(column, unescape(key, at, end));
                at = end + 2;
            }
        }
        if (at != key.length) {
            throw notAKey(schema, key);
        }
        return values;
    }

    private static Object value(Column column, byte[] bytes) {
        return column.type() == ColumnType.UTF8 ? new String(bytes, StandardCharsets.UTF_8) : bytes;
    }

    private static int terminator(TableSchema schema, byte[] key, int from) {
        for (int i = from; i + 1 < key.length; i++) {
            if (key[i] == 0) {
                if (key[i + 1] == 0) {
                    return i;
                }
                i++;
            }
        }
        throw notAKey(schema, key);
    }

    private static byte[] unescape(byte[] key, int from, int end) {
        byte[] bytes = new byte[end - from];
        int length = 0;
        for (int i = from; i < end; i++) {
            bytes[length++] = key[i];
            if (key[i] == 0) {
                i++; // the 0xFF behind it
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    private static StorageException notAKey(TableSchema schema, byte[] key) {
        return ColumnValue.invalid("not an encoded key: bytes=" + Arrays.toString(key) + ", key="
                + schema.keyColumns().stream().map(Column::name).toList());
    }

    /** Bytes that {@link #putEscaped} writes. */
    static int escapedBytes(byte[] source, int offset, int length) {
        int bytes = length + 2;
        for (int i = offset; i < offset + length; i++) {
            bytes += source[i] == 0 ? 1 : 0;
        }
        return bytes;
    }

    /** Writes a text or binary column that is not the last of its key; returns the end. */
    static int putEscaped(byte[] target, int start, byte[] source, int offset, int length) {
        int at = start;
        for (int i = offset; i < offset + length; i++) {
            target[at++] = source[i];
            if (source[i] == 0) {
                target[at++] = (byte) 0xff;
            }
        }
        target[at++] = 0;
        target[at++] = 0;
        return at;
    }

    /** Writes an integer column. */
    static void putInteger(byte[] target, int at, long value, int width) {
        long flipped = value ^ 1L << (width * 8 - 1);
        for (int i = 0; i < width; i++) {
            target[at + i] = (byte) (flipped >>> ((width - 1 - i) * 8));
        }
    }

    private static long getInteger(byte[] key, int at, int width) {
        long flipped = 0;
        for (int i = 0; i < width; i++) {
            flipped = (flipped << 8) | (key[at + i] & 0xff);
        }
        int spare = Long.SIZE - width * 8;
        return (flipped ^ 1L << (width * 8 - 1)) << spare >> spare;
    }
}
