package io.onlap.memtable;

/**
 * Rows of one table inside a batch. A batch is one or several blocks, one after the other; it has one sequence number.
 * Everything is little-endian and unaligned.
 *
 * <pre>
 *    0        4         8          12      16
 *   ┌────────┬─────────┬──────────┬───────┬───────────────┐
 *   │tableId │schemaId │ rowCount │ bytes │ rows …        │   bytes: of the rows, without this header
 *   └────────┴─────────┴──────────┴───────┴───────────────┘
 * </pre>
 *
 * <p>Threading: constants.
 */
public final class RowBlock {
    public static final int TABLE_ID_OFFSET = 0;
    public static final int SCHEMA_ID_OFFSET = 4;
    public static final int ROW_COUNT_OFFSET = 8;
    public static final int BYTES_OFFSET = 12;
    public static final int HEADER_BYTES = 16;

    private RowBlock() {}
}
