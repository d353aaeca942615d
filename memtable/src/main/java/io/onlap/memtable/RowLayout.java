package io.onlap.memtable;

import java.nio.ByteOrder;
import java.util.List;

/**
 * Where the parts of a row of one schema lie in its bytes. Everything is little-endian and unaligned.
 *
 * <pre>
 *    0        4    5                   k                     k + 8
 *   ┌────────┬────┬───────────────────┬─────────────────────┬──────────────────────────┬─────────────┐
 *   │ length │ op │ nulls: ⌈n/8⌉ bytes│ key slot, if keyed  │ columns, fixed places    │ var bytes … │
 *   └────────┴────┴───────────────────┴─────────────────────┴──────────────────────────┴─────────────┘
 *   length  of the whole row                  op  0 put, 1 delete (a tombstone: all but the key columns null)
 *   nulls   bit set: the column is null       slot {int32 offset from the row's start, int32 length}
 *   column  its fixed-width value (embedding: its floats), zero if null; text and binary: a slot
 * </pre>
 *
 * The key slot points to the encoded key ({@link KeyCodec}); to the column's own bytes where those are the key.
 *
 * <p>Threading: immutable.
 */
final class RowLayout {
    static final int LENGTH_OFFSET = 0;
    static final int OP_OFFSET = 4;
    static final int NULLS_OFFSET = 5;
    static final int SLOT_BYTES = 8;
    static final byte OP_PUT = 0;
    static final byte OP_DELETE = 1;

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException(
                    "rows need a little-endian machine: order=" + ByteOrder.nativeOrder());
        }
    }

    private final TableSchema schema;
    private final int keySlotOffset;
    private final int[] columnOffsets;
    private final List<Column> required;
    private final int fixedBytes;

    RowLayout(TableSchema schema) {
        this.schema = schema;
        int columnCount = schema.columns().size();
        this.columnOffsets = new int[columnCount];
        this.keySlotOffset = NULLS_OFFSET + nullBytes();
        int offset = keySlotOffset + (schema.isKeyed() ? SLOT_BYTES : 0);
        for (Column column : schema.columns()) {
            columnOffsets[column.index()] = offset;
            offset += column.type().isVariableWidth() ? SLOT_BYTES : column.valueBytes();
        }
        this.fixedBytes = offset;
        this.required =
                schema.columns().stream().filter(column -> !column.nullable()).toList();
    }

    TableSchema schema() {
        return schema;
    }

    /** The columns that a put must set. */
    List<Column> required() {
        return required;
    }

    int nullBytes() {
        return (columnOffsets.length + 7) >>> 3;
    }

    /** Meaningless in a table without key. */
    int keySlotOffset() {
        return keySlotOffset;
    }

    int columnOffset(int column) {
        return columnOffsets[column];
    }

    /** Bytes before the var bytes: the length of a row without any. */
    int fixedBytes() {
        return fixedBytes;
    }
}
