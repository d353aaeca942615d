package io.onlap.memtable;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * How the rows of a schema lie in a {@link Chunk}: which place of a row's bytes goes to which lane. A lane is one column,
 * or (the last one) the encoded key where it is not a column's own bytes. Lanes are grouped by width so that a row is
 * copied by a few short loops without a decision per value.
 *
 * <p>Threading: immutable; arrays are read only.
 */
final class ChunkLayout {
    /** Per row: its sequence (int64), the row before of the same key (int32), the row after (int32). */
    static final int LINK_BYTES = 16;

    static final int NO_LANE = -1;

    final TableSchema schema;
    final RowLayout row;
    /** Of each lane: where its value starts in a row. */
    final int[] rowOffsets;
    /** Of each lane: bytes of a value; of text and binary, of its slot. */
    final int[] widths;

    final int[] longs;
    final int[] ints;
    final int[] shorts;
    final int[] bytes;
    final int[] embeddings;
    final int[] slots;
    /** The lane with the slots of the key, or NO_LANE in a table without key. */
    final int keyLane;
    /** Links and lanes of one row. */
    final int fixedBytes;

    ChunkLayout(TableSchema schema) {
        this.schema = schema;
        this.row = new RowLayout(schema);
        int columns = schema.columns().size();
        boolean ownLane = schema.isKeyed() && !schema.isKeyOwnBytes();
        int lanes = columns + (ownLane ? 1 : 0);
        rowOffsets = new int[lanes];
        widths = new int[lanes];
        for (Column column : schema.columns()) {
            rowOffsets[column.index()] = row.columnOffset(column.index());
            widths[column.index()] = column.type().isVariableWidth() ? RowLayout.SLOT_BYTES : column.valueBytes();
        }
        if (ownLane) {
            rowOffsets[columns] = row.keySlotOffset();
            widths[columns] = RowLayout.SLOT_BYTES;
        }
        keyLane = ownLane
                ? columns
                : schema.isKeyed() ? schema.keyColumns().get(0).index() : NO_LANE;
        slots = lanes(lane -> lane == columns || isVariable(lane));
        embeddings = lanes(lane -> lane < columns && schema.columns().get(lane).type() == ColumnType.EMBEDDING);
        longs = lanesOfWidth(Long.BYTES);
        ints = lanesOfWidth(Integer.BYTES);
        shorts = lanesOfWidth(Short.BYTES);
        bytes = lanesOfWidth(Byte.BYTES);
        fixedBytes = LINK_BYTES + Arrays.stream(widths).sum();
    }

    int laneCount() {
        return widths.length;
    }

    int columnCount() {
        return schema.columns().size();
    }

    /** The lanes' bitmaps of nulls, and the one of tombstones. */
    int bitmapCount() {
        return columnCount() + 1;
    }

    private boolean isVariable(int lane) {
        return schema.columns().get(lane).type().isVariableWidth();
    }

    private int[] lanesOfWidth(int width) {
        return lanes(lane -> lane < columnCount()
                && widths[lane] == width
                && !isVariable(lane)
                && schema.columns().get(lane).type() != ColumnType.EMBEDDING);
    }

    private int[] lanes(IntPredicate wanted) {
        return IntStream.range(0, widths.length).filter(wanted).toArray();
    }
}
