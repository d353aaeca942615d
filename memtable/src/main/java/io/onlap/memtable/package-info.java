/**
 * Rows in memory: schemas, the row layout and its codec, memtables, sorted runs, and the one place where generations are
 * united and the newest row of a key wins.
 *
 * <pre>
 *   RowBuilder → row bytes → Memtable (columns) → MemtableView (a Run) ─┐
 *                                              segment files (Runs)  ───┴→ Union → newest wins → Arrow batches
 * </pre>
 */
package io.onlap.memtable;
