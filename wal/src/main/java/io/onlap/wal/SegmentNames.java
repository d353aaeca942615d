package io.onlap.wal;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalLong;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.rollcycles.RollCycleArithmetic;

/**
 * How generations and epochs become names of files. Chronicle names its files by time; here the clock says the
 * generation, one second each, so that each generation is a roll cycle and a file of its own.
 *
 * <p>Threading: immutable.
 */
final class SegmentNames implements RollCycle {
    static final SegmentNames INSTANCE = new SegmentNames();

    /** Chronicle counts roll cycles in an int. */
    static final long GENERATION_MAX = Integer.MAX_VALUE;

    private static final String SUFFIX = ".cq4";
    private static final String PATTERN = "yyyyMMdd-HHmmss'G'";
    private static final DateTimeFormatter FORMATTER = DateTimeFormatter.ofPattern(PATTERN, Locale.ROOT);
    private static final int CYCLE_MILLIS = 1000;
    // Nobody looks anything up in Chronicle's index, so its pages are small and every 1,024th record is in it.
    private static final RollCycleArithmetic ARITHMETIC = RollCycleArithmetic.of(1024, 1024);

    private SegmentNames() {}

    static String fileName(long generation) {
        return FORMATTER.format(LocalDateTime.ofEpochSecond(generation, 0, ZoneOffset.UTC)) + SUFFIX;
    }

    /** The generation of a segment file's name; empty if it is another file. */
    static OptionalLong generation(String fileName) {
        if (!fileName.endsWith(SUFFIX)) {
            return OptionalLong.empty();
        }
        try {
            String time = fileName.substring(0, fileName.length() - SUFFIX.length());
            long generation = LocalDateTime.parse(time, FORMATTER).toEpochSecond(ZoneOffset.UTC);
            return fileName(generation).equals(fileName) ? OptionalLong.of(generation) : OptionalLong.empty();
        } catch (DateTimeException e) {
            return OptionalLong.empty(); // another file of that suffix
        }
    }

    static String directoryName(long epoch) {
        return String.format(Locale.ROOT, "%020d", epoch);
    }

    /** The epoch of a log directory's name; empty if it is something else. */
    static OptionalLong epoch(String directoryName) {
        if (directoryName.length() != 20 || !directoryName.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(directoryName));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // twenty digits beyond the largest long
        }
    }

    /** What the clock of the queue must show in {@code generation}. */
    static long timeMillis(long generation) {
        return generation * CYCLE_MILLIS;
    }

    @Override
    public String format() {
        return PATTERN;
    }

    @Override
    public int lengthInMillis() {
        return CYCLE_MILLIS;
    }

    @Override
    public int defaultIndexCount() {
        return ARITHMETIC.indexCount();
    }

    @Override
    public int defaultIndexSpacing() {
        return ARITHMETIC.indexSpacing();
    }

    @Override
    public long toIndex(int cycle, long sequenceNumber) {
        return ARITHMETIC.toIndex(cycle, sequenceNumber);
    }

    @Override
    public long toSequenceNumber(long index) {
        return ARITHMETIC.toSequenceNumber(index);
    }

    @Override
    public int toCycle(long index) {
        return ARITHMETIC.toCycle(index);
    }

    @Override
    public long maxMessagesPerCycle() {
        return ARITHMETIC.maxMessagesPerCycle();
    }
}
