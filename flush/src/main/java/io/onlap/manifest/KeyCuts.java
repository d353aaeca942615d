package io.onlap.manifest;

import io.onlap.memtable.KeyBytes;
import java.util.function.IntToLongFunction;

/**
 * Some ascending keys in mapped memory, each cut to the 8 bytes behind what all of them share, on the heap: a search among
 * them touches a few lines of an array instead of two far places per step.
 *
 * <p>Invariant: cuts only save work. They order as their keys do, but different keys may have equal cuts; so a search gives
 * the two places between which the exact keys decide.
 *
 * <p>Threading: immutable.
 */
final class KeyCuts {
    private final long shared;
    private final int sharedBytes;
    /** Ascending as unsigned numbers. */
    private final long[] cuts;

    /**
     * Cuts {@code count} keys.
     *
     * @param shared where the bytes are that all keys begin with; stays mapped
     * @param cut the {@link KeyBytes#window} of a key behind them
     */
    KeyCuts(long shared, int sharedBytes, int count, IntToLongFunction cut) {
        this.shared = shared;
        this.sharedBytes = sharedBytes;
        this.cuts = new long[count];
        for (int i = 0; i < count; i++) {
            cuts[i] = cut.applyAsLong(i);
        }
    }

    /** Does {@code key} begin as all these? Only then it can be searched for. */
    boolean covers(byte[] key) {
        return cuts.length > 0 && KeyBytes.isPrefix(shared, sharedBytes, key);
    }

    /** What {@link #firstNotBelow} and {@link #firstAbove} take for a key that is covered. */
    long cut(byte[] key) {
        return KeyBytes.window(key, sharedBytes);
    }

    /** All keys before this place are below each key of that cut. */
    int firstNotBelow(long wanted) {
        int low = 0;
        int high = cuts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(cuts[middle], wanted) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * All keys from this place on are above each key of that cut. Gallops, because mostly no cut or one is equal.
     *
     * @param from {@link #firstNotBelow} of it
     */
    int firstAbove(long wanted, int from) {
        int low = from;
        int step = 1;
        while (low + step <= cuts.length && cuts[low + step - 1] == wanted) {
            low += step;
            step <<= 1;
        }
        int high = Math.min(low + step - 1, cuts.length);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cuts[middle] == wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
