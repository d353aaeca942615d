package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import io.onlap.memtable.ColumnValue;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;

/**
 * A literal in the form its column stores: an integer (bool, ints, date, timestamp), a double or bytes.
 *
 * @param isBehind is the literal a time behind {@code integer} units, but before the next one?
 * <p>Threading: immutable.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Literal(long integer, double floating, byte[] bytes, boolean isBehind) {
    /** INVALID if the value does not fit the column; see {@link Filter} for what does. */
    static Literal of(Object value, Column column) {
        try {
            Literal literal =
                    switch (column.type()) {
                        case BOOL -> value instanceof Boolean flag ? ofInteger(flag ? 1 : 0) : null;
                        case INT8, INT16, INT32, INT64 -> isInteger(value)
                                ? ofInteger(((Number) value).longValue())
                                : null;
                        case FLOAT32, FLOAT64 -> floating(value, column.type());
                        case UTF8 -> value instanceof String text
                                ? ofBytes(text.getBytes(StandardCharsets.UTF_8))
                                : null;
                        case BINARY -> binary(value);
                        case DATE -> date(value);
                        case TIMESTAMP -> timestamp(value, column);
                        case EMBEDDING -> null;
                    };
            if (literal != null) {
                return literal;
            }
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw misfit(value, column, e);
        }
        throw misfit(value, column, null);
    }

    private static StorageException misfit(Object value, Column column, Throwable cause) {
        return new StorageException(
                Kind.INVALID,
                "literal does not fit the column: column=" + column.name() + ", type=" + column.typeName()
                        + ", literal=" + value + ", literalType="
                        + value.getClass().getSimpleName(),
                cause);
    }

    private static Literal ofInteger(long value) {
        return new Literal(value, 0, null, false);
    }

    private static Literal ofBytes(byte[] value) {
        return new Literal(0, 0, value, false);
    }

    private static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    private static Literal floating(Object value, ColumnType type) {
        if (!isInteger(value) && !(value instanceof Double) && !(value instanceof Float)) {
            return null;
        }
        Number number = (Number) value;
        return new Literal(0, type == ColumnType.FLOAT32 ? number.floatValue() : number.doubleValue(), null, false);
    }

    private static Literal binary(Object value) {
        return value instanceof byte[] bytes
                ? ofBytes(bytes)
                : value instanceof String text ? ofBytes(Base64.getDecoder().decode(text)) : null;
    }

    private static Literal date(Object value) {
        LocalDate date =
                value instanceof LocalDate day ? day : value instanceof String text ? LocalDate.parse(text) : null;
        return date == null ? null : ofInteger(date.toEpochDay());
    }

    private static Literal timestamp(Object value, Column column) {
        Instant time = value instanceof Instant instant
                ? instant
                : value instanceof String text ? OffsetDateTime.parse(text).toInstant() : null;
        if (time == null) {
            return null;
        }
        long units = ColumnValue.units(column, time);
        return new Literal(units, 0, null, !ColumnValue.instant(column, units).equals(time));
    }
}
