package io.onlap;

import io.onlap.memtable.Column;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.FieldVector;

/**
 * A {@link Filter} whose columns and literals were checked against a schema, ready to be evaluated column by column. The truth of
 * a row is a byte, so that AND is the smaller, OR the larger and NOT the mirrored one.
 *
 * <p>Invariant: nothing is allocated per row; scratch arrays grow to the largest batch and stay.
 *
 * <p>Threading: one thread, because of its scratch arrays.
 */
final class BoundFilter {
    static final byte FALSE = 0;
    static final byte UNKNOWN = 1;
    static final byte TRUE = 2;

    private final Node root;
    private byte[] truth = new byte[0];

    private BoundFilter(Node root) {
        this.root = root;
    }

    /** Writes the truth of rows {@code [firstRow, firstRow + count)} to {@code out[0, count)}. */
    private interface Node {
        void evaluate(List<FieldVector> columns, int firstRow, int count, byte[] out);
    }

    /**
     * Binds to batches that hold these columns.
     *
     * @param columns places in the schema of the columns of a batch, in the batch's order; every column of the filter is there
     * @throws io.onlap.io.StorageException INVALID for an unknown column or a literal that does not fit
     */
    static BoundFilter of(Filter filter, TableSchema schema, int[] columns) {
        filter.columns(); // refuses nesting that would overflow the stack further down
        return new BoundFilter(node(filter, schema, columns));
    }

    /**
     * Picks the rows of a batch for which the filter is true.
     *
     * @param rows gets their indexes in the vectors, ascending; holds at least {@code batch.rowCount()}
     * @return how many
     */
    int select(RowBatch batch, int[] rows) {
        int count = batch.rowCount();
        int firstRow = batch.firstRow();
        truth = sized(truth, count);
        root.evaluate(batch.columns(), firstRow, count, truth);
        int selected = 0;
        for (int i = 0; i < count; i++) {
            rows[selected] = firstRow + i; // overwritten by the next row unless this one counts: no branch
            selected += truth[i] >> 1;
        }
        return selected;
    }

    private static byte[] sized(byte[] scratch, int count) {
        return scratch.length >= count ? scratch : new byte[Math.max(count, scratch.length * 2)];
    }

    private static Node node(Filter filter, TableSchema schema, int[] columns) {
        if (filter instanceof Filter.Compare compare) {
            Column column = schema.column(compare.column());
            ColumnPredicate test = ColumnPredicate.of(compare, column);
            int index = placeOf(column, columns);
            return (vectors, firstRow, count, out) -> test.evaluate(vectors.get(index), firstRow, count, out);
        } else if (filter instanceof Filter.IsNull isNull) {
            int index = placeOf(schema.column(isNull.column()), columns);
            return (vectors, firstRow, count, out) -> testNull(vectors.get(index), firstRow, count, out);
        } else if (filter instanceof Filter.Not not) {
            Node part = node(not.part(), schema, columns);
            return (vectors, firstRow, count, out) -> {
                part.evaluate(vectors, firstRow, count, out);
                for (int i = 0; i < count; i++) {
                    out[i] = (byte) (TRUE - out[i]);
                }
            };
        } else if (filter instanceof Filter.And and) {
            return new Combination(nodes(and.parts(), schema, columns), true);
        } else if (filter instanceof Filter.Or or) {
            return new Combination(nodes(or.parts(), schema, columns), false);
        }
        throw new IllegalStateException("unknown filter: filter=" + filter);
    }

    private static List<Node> nodes(List<Filter> parts, TableSchema schema, int[] columns) {
        List<Node> nodes = new ArrayList<>();
        parts.forEach(part -> nodes.add(node(part, schema, columns)));
        return nodes;
    }

    private static int placeOf(Column column, int[] columns) {
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] == column.index()) {
                return i;
            }
        }
        throw new IllegalStateException("column of the filter is not in the batch: column=" + column.name());
    }

    private static void testNull(FieldVector vector, int firstRow, int count, byte[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = vector.isNull(firstRow + i) ? TRUE : FALSE;
        }
    }

    /** The smallest (AND) or largest (OR) truth of its parts. */
    private static final class Combination implements Node {
        private final List<Node> parts;
        private final boolean smallest;
        private byte[] scratch = new byte[0];

        Combination(List<Node> parts, boolean smallest) {
            this.parts = parts;
            this.smallest = smallest;
        }

        @Override
        public void evaluate(List<FieldVector> columns, int firstRow, int count, byte[] out) {
            scratch = sized(scratch, count);
            Arrays.fill(out, 0, count, smallest ? TRUE : FALSE);
            for (Node part : parts) {
                part.evaluate(columns, firstRow, count, scratch);
                if (smallest) {
                    for (int i = 0; i < count; i++) {
                        out[i] = (byte) Math.min(out[i], scratch[i]);
                    }
                } else {
                    for (int i = 0; i < count; i++) {
                        out[i] = (byte) Math.max(out[i], scratch[i]);
                    }
                }
            }
        }
    }
}
