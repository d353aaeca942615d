package io.onlap.memtable;

import java.util.Arrays;
import org.agrona.UnsafeApi;

/**
 * Which bits tell the keys of a group of rows apart, and a key's value of them. Bits that all keys share say nothing about
 * their order, so they are dropped: of 26 characters like {@code agent-017/s0042/0000001234} 38 bits are left.
 *
 * <pre>
 *   key     = base bytes, equal in all keys | window 0 | window 1 | …      a window is 8 bytes, big-endian
 *   window    padded with zeros where the key ends
 *   packed  = bits of window 0 that vary, bits of window 1 that vary, … : the first so many of them
 * </pre>
 *
 * Invariant: of two keys for which {@link #pack} gives different values the one with the smaller value is the smaller key.
 * Equal values say nothing: there the keys decide. What was learned from some rows may be wrong for others: every bit before
 * the last one taken is compared, and a key that differs in one that was held equal is found.
 *
 * <p>Threading: one thread.
 */
final class KeyBits {
    /** Rows packed together, window by window: their part of the keys stays in the nearest cache. */
    private static final int BLOCK_ROWS = 128;

    /** Multiples of it, in 32 bits, are spread as evenly as can be. */
    private static final long GOLDEN = 0x9E37_79B9L;

    private static final int WINDOWS_MAX = 6;
    /** Steps in which the bits of a mask are moved together, halving the distance that is left. */
    private static final int STEPS = 6;

    private final KeySlots keys;
    private final int bitsMax;
    private final long[] first = new long[WINDOWS_MAX];
    /** Of each window: the bits taken, and the bits that must be those of {@link #first}. */
    private final long[] taken = new long[WINDOWS_MAX];

    private final long[] equal = new long[WINDOWS_MAX];
    private final int[] counts = new int[WINDOWS_MAX];
    /** Of the rows packed together: their keys, and one window of each. */
    private final long[] addresses = new long[BLOCK_ROWS];

    private final int[] lengths = new int[BLOCK_ROWS];
    private final long[] block = new long[BLOCK_ROWS];
    private final long[] moves = new long[WINDOWS_MAX * STEPS];
    private int shortest;
    private long firstAddress;
    private int base;
    private int windows;
    private int count;

    /** Takes at most so many bits, under 63. */
    KeyBits(KeySlots keys, int bitsMax) {
        this.keys = keys;
        this.bitsMax = bitsMax;
    }

    /** How many bits tell the keys apart, as far as learned. */
    int count() {
        return count;
    }

    /** Learns from {@code rows} of the rows, or from all if there are not more. */
    void learn(int[] ids, int from, int to, int rows) {
        int count = Math.min(rows, to - from);
        firstAddress = keys.address(ids[from]);
        int firstLength = keys.length(ids[from]);
        int shared = firstLength;
        for (int i = 0; i < count; i++) {
            shared = shared(shared, ids[place(from, to, i, count)]);
        }
        base = shared & -Long.BYTES;
        for (int w = 0; w < WINDOWS_MAX; w++) {
            first[w] = window(firstAddress, firstLength, base + (w << 3));
            taken[w] = 0;
        }
        for (int i = 0; i < count; i++) {
            collect(ids[place(from, to, i, count)]);
        }
        choose();
    }

    /** The i-th of {@code count} places: even steps would fall in with the digits of numbered keys. */
    private static int place(int from, int to, int i, int count) {
        if (count == to - from) {
            return from + i;
        }
        return i == 0 ? to - 1 : from + (int) (((i * GOLDEN & 0xffff_ffffL) * (to - from)) >>> 32);
    }

    /** How many of the first {@code limit} bytes of the first key begin this key. */
    private int shared(int limit, int id) {
        long address = keys.address(id);
        int most = Math.min(limit, keys.length(id));
        int same = 0;
        while (same + Long.BYTES <= most
                && UnsafeApi.getLong(firstAddress + same) == UnsafeApi.getLong(address + same)) {
            same += Long.BYTES;
        }
        while (same < most && UnsafeApi.getByte(firstAddress + same) == UnsafeApi.getByte(address + same)) {
            same++;
        }
        return same;
    }

    private void collect(int id) {
        long address = keys.address(id);
        int length = keys.length(id);
        for (int w = 0; w < WINDOWS_MAX; w++) {
            taken[w] |= window(address, length, base + (w << 3)) ^ first[w];
        }
    }

    /** Keeps the first bits of those that vary. */
    private void choose() {
        count = 0;
        windows = 0;
        for (int w = 0; w < WINDOWS_MAX && count < bitsMax; w++) {
            int surplus = Long.bitCount(taken[w]) - (bitsMax - count);
            long before = ~taken[w];
            while (surplus-- > 0) {
                taken[w] &= taken[w] - 1;
            }
            counts[w] = Long.bitCount(taken[w]);
            count += counts[w];
            equal[w] = before;
            if (counts[w] > 0) {
                windows = w + 1;
                planMoves(w);
            }
        }
        if (windows > 0) { // behind the last bit taken everything may differ
            equal[windows - 1] &= -Long.lowestOneBit(taken[windows - 1]);
        }
    }

    /** The parallel suffix of Steele's compress (Warren, Hacker's Delight, 7-4). */
    private void planMoves(int w) {
        long mask = taken[w];
        long zeros = ~mask << 1;
        for (int step = 0; step < STEPS; step++) {
            long odd = zeros ^ (zeros << 1);
            odd ^= odd << 2;
            odd ^= odd << 4;
            odd ^= odd << 8;
            odd ^= odd << 16;
            odd ^= odd << 32;
            long move = odd & mask;
            moves[w * STEPS + step] = move;
            mask = (mask ^ move) | (move >>> (1 << step));
            zeros &= ~odd;
        }
    }

    /**
     * Writes the bits of the keys of the rows {@code ids[from, to)} to {@code packed[from, to)}.
     *
     * @return false, the bits undefined, if a key differs in bits that were not learned to vary
     */
    boolean pack(int[] ids, int from, int to, long[] packed) {
        for (int at = from; at < to; at += BLOCK_ROWS) {
            int rows = Math.min(BLOCK_ROWS, to - at);
            if (!locate(ids, at, rows)) {
                return false;
            }
            Arrays.fill(packed, at, at + rows, 0);
            for (int w = 0; w < windows; w++) {
                if (!load(w, rows)) {
                    return false;
                }
                if (counts[w] > 0) {
                    compress(w, rows, packed, at);
                }
            }
        }
        return true;
    }

    /** Finds the keys of a block; false if one does not begin with the base bytes. One loop per step: no branch inside. */
    private boolean locate(int[] ids, int at, int rows) {
        shortest = Integer.MAX_VALUE;
        for (int i = 0; i < rows; i++) {
            int id = ids[at + i];
            addresses[i] = keys.address(id);
            lengths[i] = keys.length(id);
            shortest = Math.min(shortest, lengths[i]);
        }
        if (shortest < base) {
            return false;
        }
        long different = 0;
        for (int b = 0; b < base; b += Long.BYTES) {
            long expected = UnsafeApi.getLong(firstAddress + b);
            for (int i = 0; i < rows; i++) {
                different |= UnsafeApi.getLong(addresses[i] + b) ^ expected;
            }
        }
        return different == 0;
    }

    /** Loads one window of the keys of a block; false if one differs where all are equal. */
    private boolean load(int w, int rows) {
        int at = base + (w << 3);
        long expected = first[w];
        long same = equal[w];
        long different = 0;
        if (shortest >= at + Long.BYTES) {
            for (int i = 0; i < rows; i++) {
                long window = Long.reverseBytes(UnsafeApi.getLong(addresses[i] + at));
                different |= (window ^ expected) & same;
                block[i] = window;
            }
        } else {
            for (int i = 0; i < rows; i++) {
                long window = window(addresses[i], lengths[i], at);
                different |= (window ^ expected) & same;
                block[i] = window;
            }
        }
        return different == 0;
    }

    /** Appends the taken bits of the window. The loop has neither a branch nor a load but of the block: it becomes SIMD. */
    private void compress(int w, int rows, long[] packed, int at) {
        long mask = taken[w];
        int count = counts[w];
        long move1 = moves[w * STEPS];
        long move2 = moves[w * STEPS + 1];
        long move4 = moves[w * STEPS + 2];
        long move8 = moves[w * STEPS + 3];
        long move16 = moves[w * STEPS + 4];
        long move32 = moves[w * STEPS + 5];
        for (int i = 0; i < rows; i++) {
            long bits = block[i] & mask;
            bits = (bits ^ (bits & move1)) | ((bits & move1) >>> 1);
            bits = (bits ^ (bits & move2)) | ((bits & move2) >>> 2);
            bits = (bits ^ (bits & move4)) | ((bits & move4) >>> 4);
            bits = (bits ^ (bits & move8)) | ((bits & move8) >>> 8);
            bits = (bits ^ (bits & move16)) | ((bits & move16) >>> 16);
            bits = (bits ^ (bits & move32)) | ((bits & move32) >>> 32);
            packed[at + i] = (packed[at + i] << count) | bits;
        }
    }

    /** Bytes {@code [at, at + 8)} of a key, zeros behind its end. Reads no byte outside the key. */
    private static long window(long address, int length, int at) {
        int left = length - at;
        if (left >= Long.BYTES) {
            return Long.reverseBytes(UnsafeApi.getLong(address + at));
        }
        if (left <= 0) {
            return 0;
        }
        if (length >= Long.BYTES) { // the key's last eight bytes
            return Long.reverseBytes(UnsafeApi.getLong(address + length - Long.BYTES)) << ((Long.BYTES - left) << 3);
        }
        long window = 0;
        for (int i = 0; i < left; i++) {
            window |= (UnsafeApi.getByte(address + at + i) & 0xffL) << (56 - (i << 3));
        }
        return window;
    }
}
