package io.onlap;

import io.onlap.memtable.Row;
import io.onlap.memtable.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The small table most tests use, {id utf8 key, n int64}, and how they write and read it. */
final class Rows {
    static final TableSchema SCHEMA = TableSchema.of(new Schema(List.of(
                    Field.notNullable("id", ArrowType.Utf8.INSTANCE),
                    Field.nullable("n", new ArrowType.Int(64, true)))))
            .key("id");

    static final TableSchema KEYLESS = TableSchema.of(new Schema(List.of(
            Field.notNullable("id", ArrowType.Utf8.INSTANCE), Field.nullable("n", new ArrowType.Int(64, true)))));

    private Rows() {}

    static long put(Writer writer, Table table, String id, long n) {
        return writer.put(table, row -> row.set("id", id).set("n", n));
    }

    /** Puts and waits until it is acknowledged. */
    static long putNow(Engine engine, Table table, String id, long n) {
        try (Writer writer = engine.writer()) {
            long sequence = put(writer, table, id, n);
            writer.awaitVisible(sequence);
            return sequence;
        }
    }

    static long deleteNow(Engine engine, Table table, String id) {
        try (Writer writer = engine.writer()) {
            long sequence = writer.delete(table, id);
            writer.awaitVisible(sequence);
            return sequence;
        }
    }

    /** All rows a scan returns, in its order; fails if it returns a key twice. */
    static Map<String, Long> scan(ScanBuilder scan) {
        Map<String, Long> rows = new LinkedHashMap<>();
        try (Scan open = scan.open()) {
            while (open.next()) {
                addTo(rows, open.batch());
            }
        }
        return rows;
    }

    /** Fails if a key of the batch is in {@code rows} already. */
    static void addTo(Map<String, Long> rows, VectorSchemaRoot batch) {
        VarCharVector ids = (VarCharVector) batch.getVector("id");
        BigIntVector numbers = (BigIntVector) batch.getVector("n");
        for (int i = 0; i < batch.getRowCount(); i++) {
            String id = ids.getObject(i).toString();
            if (rows.put(id, numbers.getObject(i)) != null) {
                throw new AssertionError("key returned twice: id=" + id);
            }
        }
    }

    static Map<String, Long> scan(Table table) {
        return scan(table.scan());
    }

    /** The numbers a scan returns, in its order, whatever else its table has beside them. */
    static List<Long> numbers(ScanBuilder scan) {
        List<Long> numbers = new ArrayList<>();
        try (Scan open = scan.columns("n").open()) {
            while (open.next()) {
                BigIntVector column = (BigIntVector) open.batch().getVector("n");
                for (int i = 0; i < column.getValueCount(); i++) {
                    numbers.add(column.get(i));
                }
            }
        }
        return numbers;
    }

    /** The row's number, or null if there is no such row. */
    static Long get(Table table, String id) {
        return table.get(id).map(row -> (Long) row.get("n")).orElse(null);
    }

    static Long number(Row row) {
        return (Long) row.get("n");
    }
}
