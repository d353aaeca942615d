package io.onlap.memtable;

import java.util.List;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;

/**
 * Some rows of one table as Arrow vectors: the window {@code [firstRow, endRow)} of each vector. In a batch of a
 * {@link RunCursor} keys strictly ascend (in a reversed cursor: descend).
 *
 * <p>Threading: as its cursor. Borrowed: the vectors belong to whoever made the batch.
 */
public final class RowBatch {
    private final List<FieldVector> columns;
    private final BaseVariableWidthVector key;
    private final BitVector deleted;
    private final int firstRow;
    private final int endRow;
    private final long keyOffsetsAddress;
    private final long keyDataAddress;

    /**
     * Describes rows {@code [firstRow, endRow)} of the vectors.
     *
     * @param columns the asked columns, in the asked order
     * @param key encoded keys; null in a table without key
     * @param deleted true where the row is a tombstone; null if none is
     */
    public RowBatch(
            List<FieldVector> columns, BaseVariableWidthVector key, BitVector deleted, int firstRow, int endRow) {
        this.columns = columns;
        this.key = key;
        this.deleted = deleted;
        this.firstRow = firstRow;
        this.endRow = endRow;
        this.keyOffsetsAddress = key == null ? 0 : key.getOffsetBuffer().memoryAddress();
        this.keyDataAddress = key == null ? 0 : key.getDataBuffer().memoryAddress();
    }

    public List<FieldVector> columns() {
        return columns;
    }

    /** Encoded keys, or null. */
    public BaseVariableWidthVector key() {
        return key;
    }

    /** Tombstone marks, or null if the batch has none. */
    public BitVector deleted() {
        return deleted;
    }

    public int firstRow() {
        return firstRow;
    }

    public int endRow() {
        return endRow;
    }

    public int rowCount() {
        return endRow - firstRow;
    }

    public boolean isDeleted(int row) {
        return deleted != null && deleted.get(row) == 1;
    }

    /** Where the key of {@code row} starts in memory. */
    public long keyAddress(int row) {
        return keyDataAddress + KeyBytes.offset(keyOffsetsAddress, row);
    }

    /** Bytes of the key of {@code row}. */
    public int keyLength(int row) {
        return KeyBytes.offset(keyOffsetsAddress, row + 1) - KeyBytes.offset(keyOffsetsAddress, row);
    }
}
