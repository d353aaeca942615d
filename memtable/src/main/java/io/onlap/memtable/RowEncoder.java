package io.onlap.memtable;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Encodes the rows of one batch: blocks of rows ({@link RowBlock}, {@link RowLayout}), ready for the log and the memtable.
 * A refused row leaves no byte behind; the rows before it stay.
 *
 * <p>Invariant: between rows, {@link #length} bytes are whole blocks whose headers are right.
 *
 * <p>Threading: one thread; reused from batch to batch.
 */
public final class RowEncoder {
    /** Layouts remembered; more are forgotten together, so that a schema nobody uses any more can go. */
    private static final int LAYOUTS_MAX = 1_024;

    private static final int NONE = -1;

    private final IdentityHashMap<TableSchema, RowLayout> layouts = new IdentityHashMap<>();
    private final RowBuffer out;
    private final RowBuilder builder;
    private int rowCount;
    /** Start of the last block, or NONE. */
    private int blockStart = NONE;
    /** The open row: its layout (null if no row is open), where it starts, its block, and the length without it. */
    private RowLayout layout;

    private int rowStart;
    private int rowBlockStart;
    private int lengthBefore;

    public RowEncoder(int batchBytesMax) {
        this.out = new RowBuffer(batchBytesMax);
        this.builder = new RowBuilder(out);
    }

    /** Forgets all rows. */
    public void clear() {
        abandonRow();
        out.length(0);
        rowCount = 0;
        blockStart = NONE;
    }

    /**
     * Begins a row; an open one is dropped. The builder is good until {@link #endRow} or {@link #abandonRow}.
     *
     * @throws io.onlap.io.StorageException INVALID if even an empty row is over the batch's limit
     */
    public RowBuilder beginPut(int tableId, TableSchema schema) {
        return begin(tableId, schema, RowLayout.OP_PUT);
    }

    /**
     * Ends the row. If it is refused it is dropped and the encoder is as before {@link #beginPut}.
     *
     * @throws io.onlap.io.StorageException INVALID for a missing key or value, a key over
     *     {@link KeyCodec#KEY_BYTES_MAX}, or a batch over its limit
     */
    public void endRow() {
        if (layout == null) {
            throw ColumnValue.invalid("no row to end: rowCount=" + rowCount);
        }
        try {
            checkPresent();
            if (layout.schema().isKeyed()) {
                writeKey();
            }
        } catch (RuntimeException e) {
            abandonRow();
            throw e;
        }
        out.putInt(rowStart + RowLayout.LENGTH_OFFSET, out.length() - rowStart);
        blockStart = rowBlockStart;
        int counted = blockStart + RowBlock.ROW_COUNT_OFFSET;
        out.putInt(counted, out.getInt(counted) + 1);
        out.putInt(blockStart + RowBlock.BYTES_OFFSET, out.length() - blockStart - RowBlock.HEADER_BYTES);
        rowCount++;
        layout = null;
        builder.close();
    }

    /** Drops the open row, if there is one: for whoever filled it and failed. */
    public void abandonRow() {
        if (layout != null) {
            out.length(lengthBefore);
            layout = null;
            builder.close();
        }
    }

    /**
     * Adds a tombstone for a key, its values as {@link KeyCodec#encode} takes them.
     *
     * @throws io.onlap.io.StorageException INVALID for a table without key and as {@link KeyCodec#encode}
     */
    public void addDelete(int tableId, TableSchema schema, Object... key) {
        List<Column> columns = schema.keyColumns();
        if (!schema.isKeyed()) {
            throw ColumnValue.invalid("table without key has no deletes: tableId=" + tableId);
        }
        if (key.length != columns.size()) {
            throw KeyCodec.wrongCount(schema, key.length);
        }
        RowBuilder row = begin(tableId, schema, RowLayout.OP_DELETE);
        try {
            for (int i = 0; i < key.length; i++) {
                row.setKey(columns.get(i), key[i]);
            }
        } catch (RuntimeException e) {
            abandonRow();
            throw e;
        }
        endRow();
    }

    public int rowCount() {
        return rowCount;
    }

    /** The batch: bytes {@code [0, length())}, valid until the encoder is used again. */
    public DirectBuffer buffer() {
        return out.view();
    }

    /** Bytes of the ended rows, with their blocks. */
    public int length() {
        return layout == null ? out.length() : lengthBefore;
    }

    private RowBuilder begin(int tableId, TableSchema schema, byte op) {
        abandonRow();
        RowLayout next = layoutOf(schema);
        boolean sameBlock = blockStart != NONE
                && out.getInt(blockStart + RowBlock.TABLE_ID_OFFSET) == tableId
                && out.getInt(blockStart + RowBlock.SCHEMA_ID_OFFSET) == schema.schemaId();
        out.reserve((sameBlock ? 0L : RowBlock.HEADER_BYTES) + next.fixedBytes());
        lengthBefore = out.length();
        rowBlockStart = blockStart;
        if (!sameBlock) {
            rowBlockStart = out.appendZeros(RowBlock.HEADER_BYTES);
            out.putInt(rowBlockStart + RowBlock.TABLE_ID_OFFSET, tableId);
            out.putInt(rowBlockStart + RowBlock.SCHEMA_ID_OFFSET, schema.schemaId());
        }
        rowStart = out.appendZeros(next.fixedBytes());
        int nulls = rowStart + RowLayout.NULLS_OFFSET;
        Arrays.fill(out.bytes(), nulls, nulls + next.nullBytes(), (byte) 0xff);
        out.putByte(rowStart + RowLayout.OP_OFFSET, op);
        layout = next;
        builder.open(next, rowStart);
        return builder;
    }

    private RowLayout layoutOf(TableSchema schema) {
        RowLayout known = layouts.get(schema);
        if (known == null) {
            if (layouts.size() == LAYOUTS_MAX) {
                layouts.clear();
            }
            known = new RowLayout(schema);
            layouts.put(schema, known);
        }
        return known;
    }

    private void checkPresent() {
        TableSchema schema = layout.schema();
        boolean isPut = out.bytes()[rowStart + RowLayout.OP_OFFSET] == RowLayout.OP_PUT;
        List<Column> columns = isPut ? layout.required() : schema.keyColumns();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (isNull(column.index())) {
                throw ColumnValue.invalid(
                        (schema.isKey(column) ? "key is null: column=" : "value is null: column=") + column.name());
            }
        }
    }

    private boolean isNull(int ordinal) {
        return (out.bytes()[rowStart + RowLayout.NULLS_OFFSET + (ordinal >>> 3)] >>> (ordinal & 7) & 1) == 1;
    }

    private void writeKey() {
        TableSchema schema = layout.schema();
        int keySlot = rowStart + layout.keySlotOffset();
        if (schema.isKeyOwnBytes()) {
            int columnSlot =
                    rowStart + layout.columnOffset(schema.keyColumns().get(0).index());
            out.putLong(keySlot, out.getLong(columnSlot));
        } else {
            int start = out.length();
            appendKey(schema.keyColumns());
            out.putInt(keySlot, start - rowStart);
            out.putInt(keySlot + Integer.BYTES, out.length() - start);
        }
        KeyCodec.checkLength(schema, out.getInt(keySlot + Integer.BYTES));
    }

    private void appendKey(List<Column> columns) {
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            int at = rowStart + layout.columnOffset(column.index());
            if (!column.type().isVariableWidth()) {
                int width = column.valueBytes();
                out.reserve(width);
                KeyCodec.putInteger(out.bytes(), out.length(), out.getInteger(at, width), width);
                out.length(out.length() + width);
            } else {
                appendKeyBytes(rowStart + out.getInt(at), out.getInt(at + Integer.BYTES), i == columns.size() - 1);
            }
        }
    }

    private void appendKeyBytes(int offset, int length, boolean last) {
        if (last) {
            out.append(out.bytes(), offset, length);
        } else {
            out.reserve(KeyCodec.escapedBytes(out.bytes(), offset, length));
            byte[] bytes = out.bytes();
            out.length(KeyCodec.putEscaped(bytes, out.length(), bytes, offset, length));
        }
    }
}
