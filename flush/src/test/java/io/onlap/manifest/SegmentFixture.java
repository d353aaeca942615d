package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.memtable.ArrayRun;
import io.onlap.memtable.ArrayRun.TestRow;
import io.onlap.memtable.KeyCodec;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.TableSchema;
import io.onlap.memtable.TestVectors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Schemas, rows and files for the tests of segment files.
 *
 * <p>Threading: stateless.
 */
final class SegmentFixture {
    static final int[] TEXT_COLUMNS = {0, 1};

    private SegmentFixture() {}

    /** Key columns {@code session} (text) and {@code ordinal} (int64), then one column of every type. */
    static TableSchema everyType() {
        List<Field> fields = new ArrayList<>();
        fields.add(Field.notNullable("session", ArrowType.Utf8.INSTANCE));
        fields.add(Field.notNullable("ordinal", new ArrowType.Int(64, true)));
        fields.addAll(TestVectors.everyType(3));
        return TableSchema.of(new Schema(fields)).key("session", "ordinal");
    }

    /** Rows of {@link #everyType} in key order: nulls, empty values, tombstones. */
    static List<TestRow> everyTypeRows(int count) {
        TableSchema schema = everyType();
        List<TestRow> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String session = String.format(Locale.ROOT, "s%06d", i / 10);
            long ordinal = i % 10 - 5L;
            List<Object> values = new ArrayList<>(List.of(session, ordinal));
            boolean dead = i % 17 == 3;
            boolean none = dead || i % 5 == 0;
            values.add(none ? null : i % 2 == 0);
            values.add(none ? null : (byte) i);
            values.add(none ? null : (short) (i * 7));
            values.add(none ? null : i * 1_000);
            values.add(none ? null : i * 1_000_000_007L);
            values.add(none ? null : i % 7 == 1 ? Float.NaN : i / 3f);
            values.add(none ? null : i % 11 == 1 ? Double.POSITIVE_INFINITY : -i / 3d);
            values.add(none ? null : "ü".repeat(i % 4));
            values.add(none ? null : new byte[i % 3]);
            values.add(none ? null : 20_000 + i);
            values.add(none ? null : 1_700_000_000_000_000L + i);
            values.add(none ? null : new float[] {i, -0.0f, 1f / (i + 1)});
            rows.add(TestRow.of(KeyCodec.encode(schema, session, ordinal), dead, values.toArray()));
        }
        return rows;
    }

    static String key(int key) {
        return String.format(Locale.ROOT, "agents/ada/%08d", key);
    }

    static byte[] keyBytes(int key) {
        return key(key).getBytes(StandardCharsets.UTF_8);
    }

    /** Rows of {@link TestVectors#texts} with the even keys from 0 on; each tenth row is a tombstone. */
    static List<TestRow> textRows(int count) {
        List<TestRow> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean dead = i % 10 == 7;
            rows.add(TestRow.of(keyBytes(2 * i), dead, key(2 * i), dead ? null : "text " + i));
        }
        return rows;
    }

    static int[] columns(TableSchema schema) {
        return schema.columns().stream().mapToInt(column -> column.index()).toArray();
    }

    static SegmentTarget target(String name, TableSchema schema) {
        return new SegmentTarget(name, 7, schema, 3, 5);
    }

    /** Writes {@code rows}, given in batches of {@code batchRows}, as segment {@code name}. */
    static SegmentFile write(
            Env env,
            BufferAllocator allocator,
            Path directory,
            String name,
            TableSchema schema,
            List<TestRow> rows,
            int batchRows) {
        ArrayRun run = new ArrayRun(allocator, schema, 5, rows, batchRows, 3);
        try (RunCursor cursor = run.open(KeyRange.ALL, false, columns(schema))) {
            return SegmentWriter.write(env, allocator, directory, target(name, schema), cursor)
                    .orElseThrow();
        }
    }
}
