package io.onlap.memtable;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The rows of a table in key order. What was sorted once is kept: the newest rows before some end, in key order. For a view
 * with a later end they are still sorted, only some were superseded; so a range is found in them by binary search, and
 * only the rows written since are looked at one by one. When that has cost more than sorting would have, the kept order is
 * extended by a merge. A sealed table is thus sorted once.
 *
 * <p>Threading: any thread; the kept order is an immutable value, and of racing extensions the longer one stays.
 */
final class KeyOrder {
    /** Looking at this many times the table's rows one by one is worth extending the kept order. */
    private static final int LOOKS_PER_ROW_MAX = 4;

    /** Newest rows before {@code end} in key order. Threading: immutable. */
    private static final class Sorted {
        private static final Sorted NOTHING = new Sorted(0, new int[0]);
        private final int end;
        private final int[] ids;

        private Sorted(int end, int[] ids) {
            this.end = end;
            this.ids = ids;
        }
    }

    private final ChunkList rows;
    private final AtomicLong bytes;
    private final AtomicReference<Sorted> kept = new AtomicReference<>(Sorted.NOTHING);
    private final AtomicLong looks = new AtomicLong();

    /** Adds what it keeps to {@code bytes}, and while it sorts what that takes. */
    KeyOrder(ChunkList rows, AtomicLong bytes) {
        this.rows = rows;
        this.bytes = bytes;
    }

    /**
     * The newest rows before {@code end} with a key in {@code range}, in key order; not to be changed. All rows in the order
     * of writing for a table without key.
     */
    int[] select(KeyRange range, int end) {
        if (!rows.layout().schema.isKeyed()) {
            return collect(0, end, range);
        }
        Sorted sorted = kept.get();
        if (sorted.end > end) {
            sorted = Sorted.NOTHING; // a view of the past: rows it sees may be missing there
        }
        int fresh = rows.count(sorted.end, end);
        if (fresh > 0 && (range.isAll() || looks.addAndGet(fresh) > (long) LOOKS_PER_ROW_MAX * rows.count(0, end))) {
            sorted =
                    new Sorted(end, merge(newest(sorted.ids, KeyRange.ALL, end), fresh(sorted.end, KeyRange.ALL, end)));
            keep(sorted);
            fresh = 0;
        }
        if (range.isAll() && fresh == 0) {
            return sorted.ids;
        }
        return merge(newest(sorted.ids, range, end), fresh(sorted.end, range, end));
    }

    private void keep(Sorted longer) {
        looks.set(0);
        Sorted current = kept.get();
        while (current.end < longer.end) {
            if (kept.compareAndSet(current, longer)) {
                bytes.addAndGet((long) (longer.ids.length - current.ids.length) * Integer.BYTES);
                return;
            }
            current = kept.get();
        }
    }

    private int[] fresh(int from, KeyRange range, int end) {
        int[] ids = collect(from, end, range);
        long scratchBytes = KeySorter.scratchBytes(ids.length);
        bytes.addAndGet(scratchBytes);
        try {
            KeySorter.sort(KeySlots.of(rows), ids);
        } finally {
            bytes.addAndGet(-scratchBytes);
        }
        return ids;
    }

    /** The newest rows in {@code [from, end)}, in the order of writing. */
    private int[] collect(int from, int end, KeyRange range) {
        int[] ids = new int[range.isAll() ? rows.count(from, end) : 16];
        int count = 0;
        boolean isKeyed = rows.layout().schema.isKeyed();
        for (int c = ChunkList.chunkOf(from); ChunkList.id(c, 0) < end; c++) {
            int stop = ChunkList.id(c, rows.rowsBelow(c, end));
            for (int id = Math.max(from, ChunkList.id(c, 0)); id < stop; id++) {
                if (isKeyed && !(rows.isNewest(id, end) && isIn(range, id))) {
                    continue;
                }
                if (count == ids.length) {
                    ids = Arrays.copyOf(ids, count * 2);
                }
                ids[count++] = id;
            }
        }
        return count == ids.length ? ids : Arrays.copyOf(ids, count);
    }

    private boolean isIn(KeyRange range, int id) {
        return range.isAll() || range.contains(rows.keyAddress(id), rows.keyLength(id));
    }

    /** Those of the sorted ids that are in the range and still the newest of their key. */
    private int[] newest(int[] sorted, KeyRange range, int end) {
        int first = range.from() == null ? 0 : lowerBound(sorted, range.from());
        int stop = range.to() == null ? sorted.length : lowerBound(sorted, range.to());
        int[] ids = new int[Math.max(0, stop - first)];
        int count = 0;
        for (int i = first; i < stop; i++) {
            if (rows.isNewest(sorted[i], end)) {
                ids[count++] = sorted[i];
            }
        }
        return count == ids.length ? ids : Arrays.copyOf(ids, count);
    }

    /** Place of the first id whose key is not below {@code key}. */
    private int lowerBound(int[] sorted, byte[] key) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (KeyBytes.compare(rows.keyAddress(sorted[middle]), rows.keyLength(sorted[middle]), key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int[] merge(int[] left, int[] right) {
        if (left.length == 0) {
            return right;
        }
        if (right.length == 0) {
            return left;
        }
        int[] merged = new int[left.length + right.length];
        int l = 0;
        int r = 0;
        for (int i = 0; i < merged.length; i++) {
            boolean takeLeft = r == right.length || (l < left.length && rows.compareKeys(left[l], right[r]) < 0);
            merged[i] = takeLeft ? left[l++] : right[r++];
        }
        return merged;
    }
}
