package io.onlap.memtable;

/**
 * Which ranges of rows of which sources follow each other in an output batch. Made first and carried out column by column,
 * so that the loop over rows stays inside one column's type.
 *
 * <p>Threading: one thread.
 */
final class CopyPlan {
    private final int[] sources;
    private final int[] froms;
    private final int[] counts;
    private int size;
    private int rows;

    CopyPlan(int rangesMax) {
        sources = new int[rangesMax];
        froms = new int[rangesMax];
        counts = new int[rangesMax];
    }

    /** Appends rows {@code [from, from + count)} of {@code source}, joined with the range before where it continues it. */
    void add(int source, int from, int count) {
        rows += count;
        int last = size - 1;
        if (last >= 0 && sources[last] == source && froms[last] + counts[last] == from) {
            counts[last] += count;
            return;
        }
        sources[size] = source;
        froms[size] = from;
        counts[size] = count;
        size++;
    }

    void clear() {
        size = 0;
        rows = 0;
    }

    int size() {
        return size;
    }

    int rows() {
        return rows;
    }

    int source(int range) {
        return sources[range];
    }

    int from(int range) {
        return froms[range];
    }

    int count(int range) {
        return counts[range];
    }
}
