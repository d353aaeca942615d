package io.onlap.memtable;

/**
 * Walks a {@link Run} batch by batch, in the cursor's order.
 *
 * <p>Threading: one thread.
 */
public interface RunCursor extends AutoCloseable {
    /** Moves to the next batch, which holds at least one row; false at the end. The batch before is no longer valid. */
    boolean next();

    /** The batch {@link #next} moved to. */
    RowBatch batch();

    /** Gives back memory; idempotent. */
    @Override
    void close();
}
