package io.onlap.jmh;

import io.onlap.memtable.KeyBytes;
import io.onlap.memtable.KeySlots;
import org.agrona.UnsafeApi;

/**
 * Sorts row ids by key: a three-way quicksort on a window of the next seven key bytes that is kept beside the id
 * (caching multikey quicksort, Ng and Kakehi 2008), so that most comparisons touch no key. Keys of agents share long
 * prefixes, so before a window is loaded the prefix that a whole group shares is skipped.
 *
 * <p>The rejected variant of {@link io.onlap.memtable.KeySorter}: it reads the keys again at each depth, and in the order of
 * keys, which misses the caches. See {@link KeySortBenchmark}.
 *
 * <p>A window is the next seven bytes, padded with zeros, and in its lowest byte how many key bytes are left, at most 8: so a
 * key sorts before what it is a prefix of, zeros included, and equal windows of 8 mean: go on seven bytes further.
 *
 * <p>Threading: one thread, one sort.
 */
final class MultikeyQuicksort {
    private static final int WINDOW_BYTES = 7;
    private static final int MORE = 8;
    private static final int INSERTION_ROWS_MAX = 12;

    private final KeySlots keys;
    private final int[] ids;
    /** Of each id its window at the depth of its group, the sign bit flipped so that signed order is unsigned order. */
    private final long[] windows;

    private MultikeyQuicksort(KeySlots keys, int[] ids) {
        this.keys = keys;
        this.ids = ids;
        this.windows = new long[ids.length];
    }

    /** Sorts ids of rows with different keys, ascending. */
    static void sort(KeySlots keys, int[] ids) {
        if (ids.length > 1) {
            new MultikeyQuicksort(keys, ids).sortGroup(0, ids.length, 0);
        }
    }

    /** Sorts rows whose keys are equal in the first {@code depth} bytes and have at least as many. */
    private void sortGroup(int from, int to, int depth) {
        if (to - from < 2) {
            return;
        }
        int shared = depth + sharedBytes(from, to, depth);
        boolean ascending = true;
        for (int i = from; i < to; i++) {
            windows[i] = window(ids[i], shared);
            ascending &= i == from || windows[i - 1] < windows[i];
        }
        if (!ascending) { // keys that grow with time arrive sorted
            sortWindows(from, to, shared);
        }
    }

    /** How many bytes from {@code depth} on all keys of the group have in common. */
    private int sharedBytes(int from, int to, int depth) {
        long first = keys.address(ids[from]) + depth;
        int shared = keys.length(ids[from]) - depth;
        for (int i = from + 1; i < to && shared > 0; i++) {
            long other = keys.address(ids[i]) + depth;
            int limit = Math.min(shared, keys.length(ids[i]) - depth);
            int same = 0;
            while (same + Long.BYTES <= limit && UnsafeApi.getLong(first + same) == UnsafeApi.getLong(other + same)) {
                same += Long.BYTES;
            }
            while (same < limit && UnsafeApi.getByte(first + same) == UnsafeApi.getByte(other + same)) {
                same++;
            }
            shared = same;
        }
        return shared;
    }

    private long window(int id, int depth) {
        long address = keys.address(id) + depth;
        int left = keys.length(id) - depth;
        long bytes = 0;
        if (left >= Long.BYTES) {
            bytes = Long.reverseBytes(UnsafeApi.getLong(address)) & ~0xffL;
        } else {
            for (int i = 0; i < left; i++) {
                bytes |= (UnsafeApi.getByte(address + i) & 0xffL) << (56 - (i << 3));
            }
        }
        return (bytes | Math.min(left, MORE)) ^ Long.MIN_VALUE;
    }

    private void sortWindows(int first, int end, int depth) {
        int from = first;
        int to = end;
        while (to - from > INSERTION_ROWS_MAX) {
            long pivot = pivot(from, to);
            int less = from;
            int greater = to;
            for (int i = from; i < greater; ) {
                if (windows[i] < pivot) {
                    swap(i++, less++);
                } else if (windows[i] > pivot) {
                    swap(i, --greater);
                } else {
                    i++;
                }
            }
            if (hasMore(pivot)) {
                sortGroup(less, greater, depth + WINDOW_BYTES);
            }
            if (less - from < to - greater) { // the smaller side by recursion: the stack stays logarithmic
                sortWindows(from, less, depth);
                from = greater;
            } else {
                sortWindows(greater, to, depth);
                to = less;
            }
        }
        insertionSort(from, to, depth);
    }

    private static boolean hasMore(long window) {
        return (window & 0xff) == MORE;
    }

    private long pivot(int from, int to) {
        int eighth = (to - from) >>> 3;
        int middle = (from + to) >>> 1;
        return median(
                median(windows[from], windows[from + eighth], windows[from + 2 * eighth]),
                median(windows[middle - eighth], windows[middle], windows[middle + eighth]),
                median(windows[to - 1 - 2 * eighth], windows[to - 1 - eighth], windows[to - 1]));
    }

    private static long median(long a, long b, long c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    private void swap(int a, int b) {
        long window = windows[a];
        windows[a] = windows[b];
        windows[b] = window;
        int id = ids[a];
        ids[a] = ids[b];
        ids[b] = id;
    }

    private void insertionSort(int from, int to, int depth) {
        for (int i = from + 1; i < to; i++) {
            long window = windows[i];
            int id = ids[i];
            int at = i;
            while (at > from && isBefore(window, id, windows[at - 1], ids[at - 1], depth)) {
                windows[at] = windows[at - 1];
                ids[at] = ids[at - 1];
                at--;
            }
            windows[at] = window;
            ids[at] = id;
        }
    }

    private boolean isBefore(long window, int id, long otherWindow, int otherId, int depth) {
        if (window != otherWindow || !hasMore(window)) {
            return window < otherWindow;
        }
        int skipped = depth + WINDOW_BYTES;
        return KeyBytes.compare(
                        keys.address(id) + skipped,
                        keys.length(id) - skipped,
                        keys.address(otherId) + skipped,
                        keys.length(otherId) - skipped)
                < 0;
    }
}
