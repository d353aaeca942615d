package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.FailPoints;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StoreClock;
import io.onlap.memtable.TableSchema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/** What the tests of this package build stores from. Threading: stateless. */
final class Stores {
    static final ManifestSettings SETTINGS = new ManifestSettings(8, 100, 1_000, 1_000_000, 1);

    private Stores() {}

    static Env env() {
        FailPoints failPoints = new FailPoints();
        return new Env(new LocalStorage(failPoints), StoreClock.system(), failPoints);
    }

    static Env env(ProbeStorage probe, FailPoints failPoints) {
        return new Env(probe.storage(), StoreClock.system(), failPoints);
    }

    static TableSchema schema(String... textColumns) {
        List<Field> fields = new ArrayList<>();
        fields.add(Field.nullable("id", ArrowType.Utf8.INSTANCE));
        fields.add(Field.nullable("count", new ArrowType.Int(64, true)));
        for (String column : textColumns) {
            fields.add(Field.nullable(column, ArrowType.Utf8.INSTANCE));
        }
        return TableSchema.of(new Schema(fields)).key("id");
    }

    static SegmentFile segment(String name, int tableId, long generation) {
        return new SegmentFile(
                name,
                tableId,
                1,
                generation,
                generation,
                100,
                3,
                4_096,
                "a".getBytes(StandardCharsets.UTF_8),
                "zürich".getBytes(StandardCharsets.UTF_8),
                List.of(new ColumnStats(1, 0, "a", "zürich"), new ColumnStats(2, 7, null, null)),
                0xdeadbeefL);
    }

    static Operation.Flush flush(long epoch, long generation, SegmentFile... segments) {
        return new Operation.Flush(
                epoch, generation, generation * 10, Map.of("source-" + generation % 3, generation), List.of(segments));
    }

    /** Creates a table that no other call creates. */
    static Operation.CreateTable table(String path) {
        return new Operation.CreateTable(path, schema());
    }

    /** All a state says, in one order. */
    static String describe(ManifestState state) {
        StringBuilder text = new StringBuilder(state.toString());
        text.append("\ncommitId=").append(state.commitId()).append(", time=").append(state.time());
        text.append("\nnextTableId=").append(state.nextTableId());
        text.append("\nbookmarks=").append(new TreeMap<>(state.bookmarks()));
        state.tables().stream()
                .sorted(Comparator.comparingInt(TableEntry::tableId))
                .forEach(table -> {
                    Assertions.assertSame(table, state.table(table.path()));
                    text.append("\n").append(table.tableId()).append(' ').append(table.path());
                    text.append(" v").append(table.createdVersion()).append(' ').append(table.schema());
                    for (SegmentFile segment : table.segments()) {
                        String json = new String(ManifestJson.bytes(segment), StandardCharsets.UTF_8);
                        text.append("\n  ").append(json);
                    }
                });
        return text.toString();
    }

    static StorageException assertFails(StorageException.Kind kind, Executable call) {
        StorageException e = Assertions.assertThrows(StorageException.class, call);
        Assertions.assertEquals(kind, e.kind(), e.getMessage());
        return e;
    }

    /** Names of the manifest's records, in order. */
    static List<String> records(Path store) throws java.io.IOException {
        try (var files = Files.list(store.resolve("manifest"))) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }
}
