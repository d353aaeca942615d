package io.onlap.memtable;

import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import org.agrona.UnsafeApi;

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
    /** Bytes of each column's value, 0 for text and binary. */
    private final int[] widths;

    private final boolean[] bools;
    private final int[] variable;
    private final List<Column> required;
    private final int fixedBytes;

    RowLayout(TableSchema schema) {
        this.schema = schema;
        int columnCount = schema.columns().size();
        this.columnOffsets = new int[columnCount];
        this.widths = new int[columnCount];
        this.bools = new boolean[columnCount];
        this.keySlotOffset = NULLS_OFFSET + nullBytes();
        int offset = keySlotOffset + (schema.isKeyed() ? SLOT_BYTES : 0);
        for (Column column : schema.columns()) {
            columnOffsets[column.index()] = offset;
            widths[column.index()] = column.valueBytes();
            bools[column.index()] = column.type() == ColumnType.BOOL;
            offset += column.type().isVariableWidth() ? SLOT_BYTES : column.valueBytes();
        }
        this.fixedBytes = offset;
        this.variable = IntStream.range(0, columnCount)
                .filter(column -> widths[column] == 0)
                .toArray();
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

    /** The text and binary columns; not to be changed. */
    int[] variable() {
        return variable;
    }

    boolean isVariable(int column) {
        return widths[column] == 0;
    }

    boolean isBool(int column) {
        return bools[column];
    }

    /** Bytes of a value; 0 for text and binary. */
    int width(int column) {
        return widths[column];
    }

    /** Marks a column of the row in {@code bytes} as null. */
    static void setNull(byte[] bytes, int column) {
        bytes[NULLS_OFFSET + (column >>> 3)] |= (byte) (1 << (column & 7));
    }

    /**
     * Copies a text or binary value from {@code address} to {@code end} of the row in {@code bytes} and points the slot at
     * {@code slot} to it.
     *
     * @return the end behind it
     */
    static int putBytes(byte[] bytes, int slot, int end, long address, int length) {
        UnsafeApi.putInt(bytes, RawBytes.ARRAY_OFFSET + slot, end);
        UnsafeApi.putInt(bytes, RawBytes.ARRAY_OFFSET + slot + Integer.BYTES, length);
        RawBytes.copyOut(address, bytes, end, length);
        return end + length;
    }
}
