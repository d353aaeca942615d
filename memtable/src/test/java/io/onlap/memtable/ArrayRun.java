package io.onlap.memtable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * A run over rows in arrays, given in the order of the run. Its cursors fill their vectors anew for each batch, reuse the
 * memory as real ones do, and start their windows at row {@code padRows}.
 *
 * <p>Threading: as {@link Run}.
 */
public final class ArrayRun implements Run {
    /** One row: encoded key (null without key), tombstone mark, a value for every column of the schema. */
    public record TestRow(List<Byte> key, boolean deleted, List<Object> values) {
        public static TestRow of(byte[] key, boolean deleted, Object... values) {
            List<Byte> bytes = null;
            if (key != null) {
                bytes = new ArrayList<>();
                for (byte b : key) {
                    bytes.add(b);
                }
            }
            List<Object> list = new ArrayList<>();
            Collections.addAll(list, values);
            return new TestRow(bytes, deleted, list);
        }

        public byte[] keyBytes() {
            byte[] bytes = new byte[key.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = key.get(i);
            }
            return bytes;
        }
    }

    private final BufferAllocator allocator;
    private final TableSchema schema;
    private final long generation;
    private final List<TestRow> rows;
    private final int batchRows;
    private final int padRows;

    public ArrayRun(
            BufferAllocator allocator,
            TableSchema schema,
            long generation,
            List<TestRow> rows,
            int batchRows,
            int padRows) {
        this.allocator = allocator;
        this.schema = schema;
        this.generation = generation;
        this.rows = List.copyOf(rows);
        this.batchRows = batchRows;
        this.padRows = padRows;
    }

    @Override
    public long generation() {
        return generation;
    }

    @Override
    public RunCursor open(KeyRange range, boolean reverse, int[] columns) {
        List<TestRow> chosen = new ArrayList<>();
        for (TestRow row : rows) {
            if (row.key() == null || range.contains(row.keyBytes())) {
                chosen.add(row);
            }
        }
        if (reverse) {
            Collections.reverse(chosen);
        }
        return new ArrayCursor(chosen, columns);
    }

    /** See {@link ArrayRun}. Threading: one thread. */
    private final class ArrayCursor implements RunCursor {
        private final List<TestRow> chosen;
        private final int[] places;
        private final List<FieldVector> vectors = new ArrayList<>();
        private final BaseVariableWidthVector key;
        private final BitVector deleted;
        private int next;
        private RowBatch batch;

        private ArrayCursor(List<TestRow> chosen, int[] places) {
            this.chosen = chosen;
            this.places = places;
            BaseVariableWidthVector keys = null;
            for (int place : places) {
                Column column = schema.columns().get(place);
                FieldVector vector = column.field().createVector(allocator);
                vectors.add(vector);
                if (schema.isKeyOwnBytes() && schema.isKey(column)) {
                    keys = (BaseVariableWidthVector) vector;
                }
            }
            if (schema.isKeyed() && keys == null) {
                Field field = schema.isKeyOwnBytes()
                        ? schema.keyColumns().get(0).field()
                        : Field.notNullable(TableSchema.KEY_FIELD, ArrowType.Binary.INSTANCE);
                keys = (BaseVariableWidthVector) field.createVector(allocator);
            }
            key = keys;
            deleted = new BitVector(TableSchema.DELETED_FIELD, allocator);
        }

        @Override
        public boolean next() {
            int count = Math.min(batchRows, chosen.size() - next);
            if (count == 0) {
                return false;
            }
            boolean anyDeleted = false;
            vectors.forEach(FieldVector::reset);
            deleted.reset();
            if (key != null) {
                key.reset();
            }
            for (int i = 0; i < count; i++) {
                TestRow row = chosen.get(next + i);
                for (int c = 0; c < places.length; c++) {
                    TestVectors.set(vectors.get(c), padRows + i, row.values().get(places[c]));
                }
                if (key != null && !vectors.contains(key)) {
                    key.setSafe(padRows + i, row.keyBytes());
                }
                deleted.setSafe(padRows + i, row.deleted() ? 1 : 0);
                anyDeleted |= row.deleted();
            }
            int end = padRows + count;
            vectors.forEach(vector -> vector.setValueCount(end));
            deleted.setValueCount(end);
            if (key != null) {
                key.setValueCount(end);
            }
            batch = new RowBatch(new ArrayList<>(vectors), key, anyDeleted ? deleted : null, padRows, end);
            next += count;
            return true;
        }

        @Override
        public RowBatch batch() {
            return batch;
        }

        @Override
        public void close() {
            vectors.forEach(FieldVector::close);
            deleted.close();
            if (key != null) {
                key.close();
            }
        }
    }

    /** All rows a cursor gives, which it closes. Rows of a batch without key have a null key. */
    public static List<TestRow> drain(RunCursor cursor) {
        List<TestRow> rows = new ArrayList<>();
        try (cursor) {
            while (cursor.next()) {
                RowBatch batch = cursor.batch();
                for (int row = batch.firstRow(); row < batch.endRow(); row++) {
                    byte[] key =
                            batch.key() == null ? null : KeyBytes.copy(batch.keyAddress(row), batch.keyLength(row));
                    List<Object> values = new ArrayList<>();
                    for (FieldVector vector : batch.columns()) {
                        values.add(TestVectors.get(vector, row));
                    }
                    rows.add(TestRow.of(key, batch.isDeleted(row), values.toArray()));
                }
            }
        }
        return rows;
    }

    /** The rows with array values made comparable, as {@link #drain} gives them. */
    public static List<TestRow> comparable(List<TestRow> rows) {
        List<TestRow> all = new ArrayList<>();
        for (TestRow row : rows) {
            List<Object> values = new ArrayList<>();
            row.values().forEach(value -> values.add(TestVectors.comparable(value)));
            all.add(new TestRow(row.key(), row.deleted(), values));
        }
        return all;
    }

    @Override
    public String toString() {
        return "ArrayRun[generation=" + generation + ", rows=" + rows.size() + "]";
    }
}
