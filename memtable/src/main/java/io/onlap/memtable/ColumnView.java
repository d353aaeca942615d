package io.onlap.memtable;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * The addresses of one vector's buffers, taken once per batch so that copies of single rows make no calls into Arrow.
 *
 * <p>Invariant: {@link #validity} is 0 as long as no vector is bound; such a view stands for "false in every row".
 *
 * <p>Threading: one thread; valid as long as the vector's buffers are.
 */
final class ColumnView {
    private long validity;
    private long offsets;
    private long data;
    private boolean hasNulls;

    /** Takes the addresses of {@code vector}; null unbinds. */
    void bind(FieldVector vector, ColumnType type) {
        if (vector == null) {
            validity = 0;
            offsets = 0;
            data = 0;
            hasNulls = false;
            return;
        }
        validity = vector.getValidityBuffer().memoryAddress();
        offsets = type.isVariableWidth() ? vector.getOffsetBuffer().memoryAddress() : 0;
        FieldVector values = type == ColumnType.EMBEDDING ? ((FixedSizeListVector) vector).getDataVector() : vector;
        data = values.getDataBuffer().memoryAddress();
        hasNulls = vector.getNullCount() > 0;
    }

    boolean isBound() {
        return validity != 0;
    }

    /** Is any row of the vector null? Then {@link #validity} must be asked. */
    boolean hasNulls() {
        return hasNulls;
    }

    long validity() {
        return validity;
    }

    long data() {
        return data;
    }

    /** Where the value of {@code row} starts in {@link #data}; variable width only. */
    int offset(int row) {
        return KeyBytes.offset(offsets, row);
    }
}
