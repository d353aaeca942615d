package io.onlap.memtable;

import java.util.Arrays;

/**
 * Sorts non-negative longs. Large ranges go through a few counting passes over their upper bits, lowest digit first; what is
 * equal there is then sorted in place, which costs nothing where the upper bits tell nearly all apart.
 *
 * <p>Threading: one thread; its scratch is used again from range to range.
 */
final class RadixSort {
    /** Below it counting costs more than comparing. */
    private static final int ROWS_MIN = 2 * 1024;

    private static final int DIGIT_BITS_MAX = 11;
    private static final int PASSES_MAX = 3;
    static final long COUNTS_BYTES = ((long) Integer.BYTES * PASSES_MAX) << DIGIT_BITS_MAX;

    private final long[] values;
    private final long[] scratch;
    private final int[][] counts;

    /** Sorts ranges of {@code values}; {@code scratch} is as long. */
    RadixSort(long[] values, long[] scratch) {
        this.values = values;
        this.scratch = scratch;
        this.counts = values.length < ROWS_MIN ? new int[0][] : new int[PASSES_MAX][1 << DIGIT_BITS_MAX];
    }

    /** Sorts the range; bits from {@code bits} on are zero, and below {@code lowBits} they ascend already. */
    void sort(int from, int to, int bits, int lowBits) {
        if (to - from < ROWS_MIN) {
            Arrays.sort(values, from, to);
            return;
        }
        int sorted = Math.min(bits - lowBits, DIGIT_BITS_MAX * PASSES_MAX);
        int passes = (sorted + DIGIT_BITS_MAX - 1) / DIGIT_BITS_MAX;
        int digitBits = (sorted + passes - 1) / passes;
        int lowest = bits - sorted;
        count(from, to, lowest, digitBits, passes);
        long[] source = values;
        long[] target = scratch;
        for (int pass = 0; pass < passes; pass++) {
            scatter(source, target, from, to, lowest + pass * digitBits, counts[pass], digitBits);
            long[] swapped = source;
            source = target;
            target = swapped;
        }
        if (source != values) {
            System.arraycopy(source, from, values, from, to - from);
        }
        if (lowest > lowBits) {
            sortEqual(from, to, lowest);
        }
    }

    private void count(int from, int to, int lowest, int digitBits, int passes) {
        int mask = (1 << digitBits) - 1;
        for (int pass = 0; pass < passes; pass++) {
            int[] count = counts[pass];
            Arrays.fill(count, 0, 1 << digitBits, 0);
            int shift = lowest + pass * digitBits;
            for (int i = from; i < to; i++) {
                count[(int) (values[i] >>> shift) & mask]++;
            }
        }
    }

    private static void scatter(
            long[] source, long[] target, int from, int to, int shift, int[] places, int digitBits) {
        int digits = 1 << digitBits;
        int mask = digits - 1;
        int place = from;
        for (int digit = 0; digit < digits; digit++) {
            int count = places[digit];
            places[digit] = place;
            place += count;
        }
        for (int i = from; i < to; i++) {
            long value = source[i];
            target[places[(int) (value >>> shift) & mask]++] = value;
        }
    }

    /** Sorts each run of values that are equal from bit {@code lowest} on. */
    private void sortEqual(int first, int to, int lowest) {
        int from = first;
        for (int i = first + 1; i <= to; i++) {
            if (i == to || values[i] >>> lowest != values[from] >>> lowest) {
                if (i - from > 1) {
                    Arrays.sort(values, from, i);
                }
                from = i;
            }
        }
    }
}
