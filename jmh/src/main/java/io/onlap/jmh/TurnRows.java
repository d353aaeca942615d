package io.onlap.jmh;

import io.onlap.memtable.Row;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The rows of a {@link Workload} as rows of ours: their schema, how they are put and how they are consumed.
 *
 * <p>Threading: stateless.
 */
final class TurnRows {
    static final int KEY = 0;
    static final int TS = 1;
    static final int ROLE = 2;
    static final int TEXT = 3;
    static final int EMBEDDING = 4;

    private TurnRows() {}

    /** @param floats length of the embedding, 0 for no such column */
    static TableSchema schema(int floats) {
        List<Field> fields = new ArrayList<>(List.of(
                Field.notNullable("id", ArrowType.Utf8.INSTANCE),
                Field.notNullable("ts", new ArrowType.Int(Long.SIZE, true)),
                Field.notNullable("role", ArrowType.Utf8.INSTANCE),
                Field.notNullable("text", ArrowType.Utf8.INSTANCE)));
        if (floats > 0) {
            Field item = Field.notNullable("item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
            fields.add(
                    new Field("embedding", FieldType.notNullable(new ArrowType.FixedSizeList(floats)), List.of(item)));
        }
        return TableSchema.of(new Schema(fields)).key("id");
    }

    static void fill(RowBuilder builder, RowStream row) {
        builder.setUtf8(KEY, row.key(), 0, Keys.LENGTH);
        builder.setLong(TS, row.ts());
        builder.setUtf8(ROLE, row.role(), 0, row.role().length);
        builder.setUtf8(TEXT, row.text(), row.textOffset(), row.textLength());
        if (row.embedding() != null) {
            builder.setFloats(EMBEDDING, row.embedding());
        }
    }

    /** Adds every byte of the row, read where it lies. */
    static void addTo(ColumnSums sums, Row row) {
        sums.addKey(ColumnSums.value(row.bytes(KEY)));
        sums.addTs(row.getLong(TS));
        sums.addRole(ColumnSums.value(row.bytes(ROLE)));
        sums.addText(ColumnSums.value(row.bytes(TEXT)));
        if (row.schema().columns().size() > EMBEDDING) {
            sums.addEmbedding(ColumnSums.value((float[]) row.get(EMBEDDING)));
        }
    }
}
