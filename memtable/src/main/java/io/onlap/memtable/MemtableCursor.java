package io.onlap.memtable;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Gathers chosen rows of a memtable into Arrow batches: a small one first, so that a short answer is cheap, then large ones
 * whose vectors are used again and again.
 *
 * <p>Owns its vectors and one use of the memtable.
 *
 * <p>Threading: one thread.
 */
final class MemtableCursor implements RunCursor {
    static final int FIRST_ROWS_MAX = 64;
    static final int ROWS_MAX = 8 * 1024;
    /** A batch ends before a column of it is larger, so that offsets and memory stay bounded; one row always fits. */
    static final int COLUMN_BYTES_MAX = 16 * 1024 * 1024;

    private final int[] ids;
    private final boolean reverse;
    private final Lifetime lifetime;
    private final int rowsMax;
    /** Everything that is filled per batch; the asked columns first, in the asked order. */
    private final List<ColumnGather> gathers = new ArrayList<>();

    private final List<FieldVector> columns = new ArrayList<>();
    private final BaseVariableWidthVector key;
    private final TombstoneGather tombstones;
    private final int[] window;
    private int position;
    private RowBatch batch;
    private boolean closed;

    /** Takes over the caller's use of the memtable, unless it throws. */
    MemtableCursor(
            BufferAllocator allocator, ChunkList rows, int[] ids, boolean reverse, int[] asked, Lifetime lifetime) {
        this.ids = ids;
        this.reverse = reverse;
        this.lifetime = lifetime;
        this.window = new int[Math.min(ids.length, ROWS_MAX)];
        ChunkLayout layout = rows.layout();
        Schema stored = layout.schema.stored();
        Chunk[] chunks = rows.chunks();
        int widest = 1;
        for (int column : asked) {
            FieldVector vector = stored.getFields().get(column).createVector(allocator);
            columns.add(vector);
            gathers.add(new ColumnGather(layout.schema.columns().get(column).type(), vector, chunks, layout, column));
            widest = Math.max(widest, layout.widths[column]);
        }
        this.rowsMax = Math.max(1, Math.min(ROWS_MAX, COLUMN_BYTES_MAX / widest));
        this.key = keyVector(allocator, stored, layout, chunks);
        this.tombstones = layout.schema.isKeyed()
                ? new TombstoneGather(new BitVector(TableSchema.DELETED_FIELD, allocator), chunks, layout)
                : null;
    }

    private BaseVariableWidthVector keyVector(
            BufferAllocator allocator, Schema stored, ChunkLayout layout, Chunk[] chunks) {
        int lane = layout.keyLane;
        if (lane == ChunkLayout.NO_LANE) {
            return null;
        }
        for (ColumnGather gather : gathers) {
            if (gather.lane() == lane) {
                return (BaseVariableWidthVector) gather.vector();
            }
        }
        boolean ownLane = lane == layout.columnCount();
        FieldVector vector = (ownLane
                        ? stored.findField(TableSchema.KEY_FIELD)
                        : stored.getFields().get(lane))
                .createVector(allocator);
        gathers.add(new ColumnGather(ColumnType.BINARY, vector, chunks, layout, lane));
        return (BaseVariableWidthVector) vector;
    }

    @Override
    public boolean next() {
        batch = null;
        int count = Math.min(ids.length - position, position == 0 ? Math.min(FIRST_ROWS_MAX, rowsMax) : rowsMax);
        if (count == 0 || closed) {
            return false;
        }
        fillWindow(count);
        for (ColumnGather gather : gathers) {
            count = gather.measure(window, count);
        }
        for (ColumnGather gather : gathers) {
            gather.gather(window, count);
        }
        BitVector deleted = tombstones == null ? null : tombstones.gather(window, count);
        position += count;
        batch = new RowBatch(columns, key, deleted, 0, count);
        return true;
    }

    private void fillWindow(int count) {
        if (reverse) {
            int last = ids.length - 1 - position;
            for (int i = 0; i < count; i++) {
                window[i] = ids[last - i];
            }
        } else {
            System.arraycopy(ids, position, window, 0, count);
        }
    }

    @Override
    public RowBatch batch() {
        return batch;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            batch = null;
            gathers.forEach(gather -> gather.vector().close());
            if (tombstones != null) {
                tombstones.close();
            }
            lifetime.release();
        }
    }
}
