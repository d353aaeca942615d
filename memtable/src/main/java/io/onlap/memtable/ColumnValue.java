package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import org.agrona.UnsafeApi;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * Between the values users give and get and the raw integers that columns hold.
 *
 * <p>Threading: stateless.
 */
public final class ColumnValue {
    private ColumnValue() {}

    /**
     * The value, if the column's integers can hold it; dates and timestamps count as integers.
     *
     * @throws StorageException INVALID if it is out of range or the column is of another type
     */
    static long integer(Column column, long value) {
        return switch (column.type()) {
            case INT8 -> inRange(column, value, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case INT16 -> inRange(column, value, Short.MIN_VALUE, Short.MAX_VALUE);
            case INT32, DATE -> inRange(column, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT64, TIMESTAMP -> value;
            case BOOL, FLOAT32, FLOAT64, UTF8, BINARY, EMBEDDING -> throw wrongType(column, "integer");
        };
    }

    private static long inRange(Column column, long value, long min, long max) {
        if (value < min || value > max) {
            throw invalid(
                    "value out of range: column=" + column.name() + ", type=" + column.typeName() + ", value=" + value);
        }
        return value;
    }

    /**
     * The instant in the column's unit, rounded down.
     *
     * @throws StorageException INVALID if 64 bits cannot hold it or the column is no timestamp
     */
    public static long units(Column column, Instant value) {
        if (column.type() != ColumnType.TIMESTAMP) {
            throw wrongType(column, "Instant");
        }
        long perSecond = unitsPerSecond(column);
        long fraction = value.getNano() / (1_000_000_000L / perSecond);
        long seconds = value.getEpochSecond();
        try {
            // Below zero count from the second after, else the smallest instants overflow on the way.
            return seconds < 0
                    ? Math.addExact(Math.multiplyExact(seconds + 1, perSecond), fraction - perSecond)
                    : Math.addExact(Math.multiplyExact(seconds, perSecond), fraction);
        } catch (ArithmeticException e) {
            throw new StorageException(
                    Kind.INVALID, "timestamp out of range: column=" + column.name() + ", value=" + value, e);
        }
    }

    /** The instant of a timestamp column's raw value; INVALID if {@link Instant} cannot hold it. */
    public static Instant instant(Column column, long units) {
        long perSecond = unitsPerSecond(column);
        long fraction = Math.floorMod(units, perSecond);
        try {
            return Instant.ofEpochSecond(Math.floorDiv(units, perSecond), fraction * (1_000_000_000L / perSecond));
        } catch (DateTimeException e) {
            throw new StorageException(
                    Kind.INVALID,
                    "timestamp beyond java.time.Instant: column=" + column.name() + ", value=" + units,
                    e);
        }
    }

    private static long unitsPerSecond(Column column) {
        TimeUnit unit = ((ArrowType.Timestamp) column.field().getType()).getUnit();
        return switch (unit) {
            case SECOND -> 1L;
            case MILLISECOND -> 1_000L;
            case MICROSECOND -> 1_000_000L;
            case NANOSECOND -> 1_000_000_000L;
        };
    }

    /**
     * The value at an address of {@code bytes}, as {@link RawBytes} has them.
     *
     * @param length of text or binary, in bytes; else ignored
     */
    static Object read(Column column, byte[] bytes, long address, int length) {
        return switch (column.type()) {
            case BOOL -> UnsafeApi.getByte(bytes, address) != 0;
            case INT8 -> (long) UnsafeApi.getByte(bytes, address);
            case INT16 -> (long) UnsafeApi.getShort(bytes, address);
            case INT32 -> (long) UnsafeApi.getInt(bytes, address);
            case INT64 -> UnsafeApi.getLong(bytes, address);
            case FLOAT32 -> Float.intBitsToFloat(UnsafeApi.getInt(bytes, address));
            case FLOAT64 -> Double.longBitsToDouble(UnsafeApi.getLong(bytes, address));
            case UTF8 -> new String(bytes, (int) (address - RawBytes.ARRAY_OFFSET), length, StandardCharsets.UTF_8);
            case BINARY -> RawBytes.toArray(bytes, address, length);
            case DATE -> LocalDate.ofEpochDay(UnsafeApi.getInt(bytes, address));
            case TIMESTAMP -> instant(column, UnsafeApi.getLong(bytes, address));
            case EMBEDDING -> floats(bytes, address, column.dimensions());
        };
    }

    private static float[] floats(byte[] bytes, long address, int dimensions) {
        float[] floats = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            floats[i] = Float.intBitsToFloat(UnsafeApi.getInt(bytes, address + (long) i * Float.BYTES));
        }
        return floats;
    }

    static StorageException wrongType(Column column, String given) {
        return invalid("wrong type: column=" + column.name() + ", type=" + column.typeName() + ", given=" + given);
    }

    static StorageException loneSurrogate(Column column, int index) {
        return invalid("text with a lone surrogate: column=" + column.name() + ", index=" + index);
    }

    static StorageException invalid(String message) {
        return new StorageException(Kind.INVALID, message);
    }
}
