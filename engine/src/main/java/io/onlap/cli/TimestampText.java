package io.onlap.cli;

import io.onlap.memtable.Column;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * Timestamps and dates as ISO-8601 text. Read with any offset, written in UTC; nothing is rounded.
 *
 * <p>Threading: stateless.
 */
final class TimestampText {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private TimestampText() {}

    /**
     * Units of the column since 1970-01-01T00:00Z.
     *
     * @throws DateTimeException for text that is no timestamp with an offset
     * @throws ArithmeticException for a fraction finer than the column's unit, or a time it cannot hold
     */
    static long parse(String text, Column column) {
        OffsetDateTime time = DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, OffsetDateTime::from);
        long unitsPerSecond = unitsPerSecond(column);
        long nanosPerUnit = NANOS_PER_SECOND / unitsPerSecond;
        if (time.getNano() % nanosPerUnit != 0) {
            throw new ArithmeticException("finer than the column's unit");
        }
        long seconds = time.toEpochSecond();
        long fraction = time.getNano() / nanosPerUnit;
        if (seconds < 0 && fraction > 0) {
            // towards zero first: the earliest times would overflow on the way otherwise
            return Math.addExact(Math.multiplyExact(seconds + 1, unitsPerSecond), fraction - unitsPerSecond);
        }
        return Math.addExact(Math.multiplyExact(seconds, unitsPerSecond), fraction);
    }

    /** The moment of a value of that column. */
    static Instant instant(long units, Column column) {
        return instant(units, unitsPerSecond(column));
    }

    /** The moment that is so many units after 1970-01-01T00:00Z. */
    static Instant instant(long units, TimeUnit unit) {
        return instant(units, unitsPerSecond(unit));
    }

    private static Instant instant(long units, long unitsPerSecond) {
        long fraction = Math.floorMod(units, unitsPerSecond);
        return Instant.ofEpochSecond(
                Math.floorDiv(units, unitsPerSecond), fraction * (NANOS_PER_SECOND / unitsPerSecond));
    }

    /**
     * Days since 1970-01-01.
     *
     * @throws DateTimeException for text that is no date
     * @throws ArithmeticException for a day outside int32
     */
    static int parseDate(String text) {
        return Math.toIntExact(LocalDate.parse(text).toEpochDay());
    }

    private static long unitsPerSecond(Column column) {
        return unitsPerSecond(((ArrowType.Timestamp) column.field().getType()).getUnit());
    }

    private static long unitsPerSecond(TimeUnit unit) {
        return switch (unit) {
            case SECOND -> 1;
            case MILLISECOND -> 1_000;
            case MICROSECOND -> 1_000_000;
            case NANOSECOND -> NANOS_PER_SECOND;
        };
    }
}
