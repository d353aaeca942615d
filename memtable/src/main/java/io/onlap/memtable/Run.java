package io.onlap.memtable;

/**
 * The rows of one table in one place, each key at most once (a table without key: every row): a memtable at a moment, or
 * a segment file. What a run contains never changes while it is held.
 *
 * <p>Threading: any thread may open cursors; each cursor belongs to one thread.
 */
public interface Run {
    /** The newest generation whose rows are in it. Runs of one table never share generations, so this orders them. */
    long generation();

    /**
     * Opens a cursor over the rows whose key is in {@code range}, tombstones included, in key order ({@code reverse}:
     * descending). A table without key has only {@link KeyRange#ALL} and gives its rows in the order of writing
     * ({@code reverse}: the last first).
     *
     * @param columns places in the schema of the columns that batches must hold, in that order
     */
    RunCursor open(KeyRange range, boolean reverse, int[] columns);
}
