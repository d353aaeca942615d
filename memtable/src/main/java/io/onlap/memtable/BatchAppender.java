package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Gathers rows of several sources into output batches of at most {@link #ROWS_MAX} rows and about {@link #BYTES_MAX} bytes:
 * columns, keys and, if asked, tombstone marks. Rows are noted by {@link #add} and copied column by column by {@link #apply}.
 *
 * <p>Invariant: a noted row's source batch is still valid, so whoever moves a source on calls {@link #apply} first.
 *
 * <p>Threading: one thread.
 */
public final class BatchAppender implements AutoCloseable {
    public static final int ROWS_MAX = 8_192;
    /** A batch is full once it has so many bytes: it then exceeds them by less than one row. */
    public static final int BYTES_MAX = 16 << 20;

    private static final Field KEY = Field.notNullable(TableSchema.KEY_FIELD, ArrowType.Binary.INSTANCE);
    private static final Field DELETED = Field.notNullable(TableSchema.DELETED_FIELD, ArrowType.Bool.INSTANCE);

    private final int columnCount;
    private final int keySlot;
    private final int deletedSlot;
    private final VectorCopier[] copiers;
    private final ColumnView[][] views;
    private final CopyPlan plan = new CopyPlan(ROWS_MAX);
    private final int fixedRowBytes;
    private int rows;
    private long bytes;

    /**
     * An appender without rows.
     *
     * @param columns places in the schema of the columns to copy, in that order
     * @param withDeleted are tombstones rows of the output?
     * @param sourceCount sources are named 0 to {@code sourceCount - 1}
     */
    public BatchAppender(
            BufferAllocator allocator, TableSchema schema, int[] columns, boolean withDeleted, int sourceCount) {
        List<Field> fields = new ArrayList<>();
        for (int column : columns) {
            fields.add(schema.columns().get(column).field());
        }
        columnCount = columns.length;
        keySlot = keySlot(schema, columns, fields);
        deletedSlot = schema.isKeyed() && withDeleted ? fields.size() : -1;
        if (deletedSlot >= 0) {
            fields.add(DELETED);
        }
        copiers = new VectorCopier[fields.size()];
        views = new ColumnView[fields.size()][sourceCount];
        int fixed = 0;
        for (int slot = 0; slot < copiers.length; slot++) {
            copiers[slot] = new VectorCopier(allocator, fields.get(slot));
            fixed += Math.max(new Column(0, 0, fields.get(slot), copiers[slot].type()).valueBytes(), 1);
            for (int source = 0; source < sourceCount; source++) {
                views[slot][source] = new ColumnView();
            }
        }
        fixedRowBytes = fixed;
    }

    /** The slot that holds the encoded keys, adding one if no asked column does; -1 without key. */
    private static int keySlot(TableSchema schema, int[] columns, List<Field> fields) {
        if (!schema.isKeyed()) {
            return -1;
        }
        if (!schema.isKeyOwnBytes()) {
            fields.add(KEY);
            return fields.size() - 1;
        }
        Column key = schema.keyColumns().get(0);
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] == key.index()) {
                return i;
            }
        }
        fields.add(key.field());
        return fields.size() - 1;
    }

    /** From now on {@code source} stands for the rows of {@code batch}, which has the asked columns. */
    public void bind(int source, RowBatch batch) {
        for (int slot = 0; slot < columnCount; slot++) {
            views[slot][source].bind(batch.columns().get(slot), copiers[slot].type());
        }
        if (keySlot >= columnCount) {
            views[keySlot][source].bind(batch.key(), copiers[keySlot].type());
        }
        if (deletedSlot >= 0) {
            views[deletedSlot][source].bind(batch.deleted(), ColumnType.BOOL);
        }
    }

    /**
     * Notes rows {@code [from, from + count)} of {@code source}, or as many of them as fit.
     *
     * @return how many were taken; fewer than {@code count} if the batch is now full
     */
    public int add(int source, int from, int count) {
        if (isFull()) {
            return 0;
        }
        int taken = Math.min(count, ROWS_MAX - rows);
        long takenBytes = bytes(source, from, taken);
        while (taken > 1 && bytes + takenBytes > BYTES_MAX) {
            taken >>>= 1;
            takenBytes = bytes(source, from, taken);
        }
        if (takenBytes > Integer.MAX_VALUE - BYTES_MAX) {
            throw new StorageException(
                    Kind.INVALID,
                    "row too large for a batch: rowBytes=" + takenBytes + ", bytesMax="
                            + (Integer.MAX_VALUE - BYTES_MAX));
        }
        plan.add(source, from, taken);
        rows += taken;
        bytes += takenBytes;
        return taken;
    }

    private long bytes(int source, int from, int count) {
        long sum = (long) fixedRowBytes * count;
        for (int slot = 0; slot < copiers.length; slot++) {
            if (copiers[slot].type().isVariableWidth()) {
                ColumnView view = views[slot][source];
                sum += view.offset(from + count) - view.offset(from);
            }
        }
        return sum;
    }

    /** Copies what was noted; needed before the batch of any noted source goes. */
    public void apply() {
        if (plan.size() > 0) {
            for (int slot = 0; slot < copiers.length; slot++) {
                copiers[slot].append(views[slot], plan);
            }
            plan.clear();
        }
    }

    public int rows() {
        return rows;
    }

    public boolean isFull() {
        return rows >= ROWS_MAX || bytes >= BYTES_MAX;
    }

    /** The copier of an output column; the copiers of key and marks follow those of the asked columns. */
    public VectorCopier copier(int slot) {
        return copiers[slot];
    }

    /** The copier of the encoded keys; null without key. */
    public VectorCopier keyCopier() {
        return keySlot < 0 ? null : copiers[keySlot];
    }

    /** The copier of the tombstone marks; null without them. */
    public VectorCopier deletedCopier() {
        return deletedSlot < 0 ? null : copiers[deletedSlot];
    }

    /** The rows so far as a batch, valid until the next call that changes this appender. */
    public RowBatch batch() {
        apply();
        List<FieldVector> columns = new ArrayList<>(columnCount);
        for (int slot = 0; slot < columnCount; slot++) {
            columns.add(copiers[slot].vector());
        }
        BaseVariableWidthVector key = null;
        if (keySlot >= 0) {
            key = (BaseVariableWidthVector) (keySlot < columnCount ? columns.get(keySlot) : copiers[keySlot].vector());
        }
        BitVector deleted = null;
        if (deletedSlot >= 0 && Bits.countSet(copiers[deletedSlot].dataAddress(), rows) > 0) {
            deleted = (BitVector) copiers[deletedSlot].vector();
        }
        return new RowBatch(columns, key, deleted, 0, rows);
    }

    /** Forgets the rows, keeps the memory and the sources. */
    public void clear() {
        plan.clear();
        for (VectorCopier copier : copiers) {
            copier.clear();
        }
        rows = 0;
        bytes = 0;
    }

    @Override
    public void close() {
        for (VectorCopier copier : copiers) {
            copier.close();
        }
        plan.clear();
        rows = 0;
        bytes = 0;
    }
}
