package io.onlap.manifest;

import io.onlap.memtable.KeyBytes;
import io.onlap.memtable.RowBatch;

/**
 * Every {@link #ROWS_APART}th key of a batch on the heap, cut to the 8 bytes behind what all keys of the batch share: narrows
 * the search for a key to about as many rows without touching the batch. A search among the mapped keys alone misses the
 * cache twice per step, which was most of the time of a lookup in a file.
 *
 * <p>Invariant: samples only save work: where one does not tell (equal cuts, a key without the shared prefix), the range that
 * is left is larger, never wrong. Half a byte per row.
 *
 * <p>Threading: immutable.
 */
final class KeySamples {
    private static final int ROWS_APART = 16;

    private final RowBatch batch;
    private final int shared;
    /** Ascending as unsigned numbers; of row {@code firstRow + i * ROWS_APART}. */
    private final long[] cuts;

    /** @param batch whose keys ascend */
    KeySamples(RowBatch batch) {
        this.batch = batch;
        int rows = batch.rowCount();
        this.shared = rows == 0 ? 0 : shared(batch.firstRow(), batch.endRow() - 1);
        this.cuts = new long[(rows + ROWS_APART - 1) / ROWS_APART];
        for (int i = 0; i < cuts.length; i++) {
            int row = batch.firstRow() + i * ROWS_APART;
            cuts[i] = KeyBytes.window(batch.keyAddress(row), batch.keyLength(row), shared);
        }
    }

    /** Bytes that the keys of the two rows begin with, and so all keys between them. */
    private int shared(int first, int last) {
        return KeyBytes.shared(
                batch.keyAddress(first), batch.keyLength(first), batch.keyAddress(last), batch.keyLength(last));
    }

    /** The first row of the batch whose key is not below {@code key}; its end if there is none. */
    int firstNotBefore(byte[] key) {
        int low = batch.firstRow();
        int high = batch.endRow();
        if (cuts.length > 0 && KeyBytes.isPrefix(batch.keyAddress(low), shared, key)) {
            long wanted = KeyBytes.window(key, shared);
            int below = firstNotBelow(wanted);
            int above = firstAbove(wanted, below);
            // The row of the last cut below is before the key, that of the first cut above is not.
            high = above == cuts.length ? high : low + above * ROWS_APART;
            low = below == 0 ? low : low + (below - 1) * ROWS_APART + 1;
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (KeyBytes.compare(batch.keyAddress(middle), batch.keyLength(middle), key) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int firstNotBelow(long wanted) {
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

    /** Looks at the next ones first: mostly no cut or one is equal. */
    private int firstAbove(long wanted, int from) {
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
