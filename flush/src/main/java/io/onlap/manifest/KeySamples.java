package io.onlap.manifest;

import io.onlap.memtable.KeyBytes;
import io.onlap.memtable.RowBatch;

/**
 * Every {@link #ROWS_APART}th key of a batch as {@link KeyCuts}: narrows the search for a key to about as many rows without
 * touching the batch. A search among the mapped keys alone misses the cache twice per step, which was most of the time of a
 * lookup in a file. Half a byte per row.
 *
 * <p>Invariant: samples only narrow; which row it is the exact keys decide.
 *
 * <p>Threading: immutable; valid while the batch is mapped.
 */
final class KeySamples {
    private static final int ROWS_APART = 16;

    private final RowBatch batch;
    private final KeyCuts cuts;

    /** @param batch whose keys ascend */
    KeySamples(RowBatch batch) {
        this.batch = batch;
        int rows = batch.rowCount();
        int first = batch.firstRow();
        int shared = rows == 0 ? 0 : shared(first, batch.endRow() - 1);
        this.cuts = new KeyCuts(
                rows == 0 ? 0 : batch.keyAddress(first), shared, (rows + ROWS_APART - 1) / ROWS_APART, sample -> {
                    int row = first + sample * ROWS_APART;
                    return KeyBytes.window(batch.keyAddress(row), batch.keyLength(row), shared);
                });
    }

    /** Bytes that the keys of the two rows begin with, and so all keys between them. */
    private int shared(int first, int last) {
        return KeyBytes.shared(
                batch.keyAddress(first), batch.keyLength(first), batch.keyAddress(last), batch.keyLength(last));
    }

    /** The first row of the batch whose key is not below {@code key}; its end if there is none. */
    int firstNotBefore(byte[] key) {
        int first = batch.firstRow();
        int low = first;
        int high = batch.endRow();
        if (cuts.covers(key)) {
            long cut = cuts.cut(key);
            int notBelow = cuts.firstNotBelow(cut);
            low = notBelow == 0 ? first : first + (notBelow - 1) * ROWS_APART + 1;
            high = Math.min(high, first + cuts.firstAbove(cut, notBelow) * ROWS_APART);
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
}
