package io.onlap.memtable;

/**
 * Sorts row ids by key. The memory of the keys is read once, in the order of the ids given, which is the order of writing
 * and so of memory: that costs a third of reading it in the order of keys. From each key come the bits that
 * tell it apart ({@link KeyBits}); with the id in the lowest bits they make one long, and longs are sorted
 * ({@link RadixSort}). Only rows that are equal there, because their keys differ further on, are sorted again as a group.
 *
 * <p>Which bits these are is learned from a few rows; a row that knows better is found out while packing, and then all
 * rows are asked. Keys that grow with time pack ascending, and nothing is left to sort.
 *
 * <p>Bounded: groups within groups up to {@link #LEVELS_MAX}, and by comparing keys from there on.
 *
 * <p>Threading: one thread, one sort.
 */
public final class KeySorter {
    /** Up to so many rows are sorted by comparing their keys. */
    private static final int COMPARED_ROWS_MAX = 8;

    /** So many rows are asked first which bits vary. */
    private static final int SAMPLE_ROWS = 256;
    /** One level takes at least 32 bits that vary. */
    private static final int LEVELS_MAX = 16;

    private static final int PACKED_BITS = Long.SIZE - 1;

    private final KeySlots keys;
    private final int[] ids;
    /** The bits of each key and, lowest, its row's id. */
    private final long[] packed;

    private final long[] scratch;
    private final RadixSort radix;
    private final int idBits;
    private final KeyBits bits;

    private KeySorter(KeySlots keys, int[] ids) {
        this.keys = keys;
        this.ids = ids;
        this.packed = new long[ids.length];
        this.scratch = new long[ids.length];
        this.radix = new RadixSort(packed, scratch);
        int highest = 1;
        for (int id : ids) {
            highest |= id;
        }
        this.idBits = Integer.SIZE - Integer.numberOfLeadingZeros(highest);
        this.bits = new KeyBits(keys, PACKED_BITS - idBits);
    }

    /** Memory that sorting so many rows takes meanwhile. */
    static long scratchBytes(int rows) {
        return 2L * Long.BYTES * rows + RadixSort.COUNTS_BYTES;
    }

    /** Sorts ids of rows with different keys, ascending. */
    public static void sort(KeySlots keys, int[] ids) {
        if (ids.length > COMPARED_ROWS_MAX) {
            new KeySorter(keys, ids).sortGroup(0, ids.length, 0);
        } else {
            insertionSort(keys, ids, 0, ids.length);
        }
    }

    private void sortGroup(int from, int to, int level) {
        if (to - from <= COMPARED_ROWS_MAX) {
            insertionSort(keys, ids, from, to);
            return;
        }
        bits.learn(ids, from, to, SAMPLE_ROWS);
        if (!bits.pack(ids, from, to, packed)) {
            bits.learn(ids, from, to, to - from);
            bits.pack(ids, from, to, packed);
        }
        if (bits.count() == 0 || level == LEVELS_MAX) {
            mergeSort(from, to);
        } else if (!addIds(from, to)) {
            radix.sort(from, to, bits.count() + idBits, idBits);
            takeIds(from, to);
            sortEqual(from, to, level + 1);
        }
    }

    /** Puts the ids into the lowest bits; do the keys' bits ascend already? */
    private boolean addIds(int from, int to) {
        long last = -1;
        boolean ascending = true;
        for (int i = from; i < to; i++) {
            long key = packed[i];
            ascending &= key > last;
            last = key;
            packed[i] = (key << idBits) | ids[i];
        }
        return ascending;
    }

    private void takeIds(int from, int to) {
        int mask = (int) ((1L << idBits) - 1);
        for (int i = from; i < to; i++) {
            ids[i] = (int) packed[i] & mask;
        }
    }

    /** Sorts each run of rows whose bits are equal; this writes {@link #packed} only inside the run. */
    private void sortEqual(int first, int to, int level) {
        int from = first;
        long key = packed[first] >>> idBits;
        for (int i = first + 1; i <= to; i++) {
            if (i < to && packed[i] >>> idBits == key) {
                continue;
            }
            if (i - from > 1) {
                sortGroup(from, i, level);
            }
            if (i < to) {
                from = i;
                key = packed[i] >>> idBits;
            }
        }
    }

    private static void insertionSort(KeySlots keys, int[] ids, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int id = ids[i];
            int at = i;
            while (at > from && keys.compare(id, ids[at - 1]) < 0) {
                ids[at] = ids[at - 1];
                at--;
            }
            ids[at] = id;
        }
    }

    /** By comparing keys, from runs of a few rows upwards: for keys that differ far behind, or only in their length. */
    private void mergeSort(int from, int to) {
        for (int i = from; i < to; i += COMPARED_ROWS_MAX) {
            insertionSort(keys, ids, i, Math.min(to, i + COMPARED_ROWS_MAX));
        }
        for (long run = COMPARED_ROWS_MAX; run < to - from; run *= 2) {
            for (long left = from; left + run < to; left += 2 * run) {
                merge((int) left, (int) (left + run), (int) Math.min(to, left + 2 * run));
            }
        }
    }

    private void merge(int from, int middle, int to) {
        for (int i = from; i < middle; i++) {
            scratch[i] = ids[i];
        }
        int left = from;
        int right = middle;
        int at = from;
        while (left < middle && right < to) {
            boolean takeRight = keys.compare(ids[right], (int) scratch[left]) < 0;
            ids[at++] = takeRight ? ids[right++] : (int) scratch[left++];
        }
        while (left < middle) {
            ids[at++] = (int) scratch[left++];
        }
    }
}
