package io.onlap;

import io.onlap.manifest.ManifestHistory;
import io.onlap.manifest.SegmentReader;
import io.onlap.manifest.TableEntry;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.Run;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.Union;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists the versions of a table. The live rows of each are counted by reading its keys, since rows minus tombstones is
 * wrong wherever a key was written twice.
 *
 * <p>Threading: stateless.
 */
final class Versions {
    private static final int[] NO_COLUMNS = {};

    private Versions() {}

    static List<TableVersion> of(Store store, int tableId) {
        List<TableVersion> versions = new ArrayList<>();
        for (ManifestHistory.Entry entry : ManifestHistory.read(store.env(), store.layout())) {
            TableEntry table = entry.state().table(tableId);
            boolean flushed = entry.changes().containsKey("flushedGeneration");
            if (flushed && table != null && entry.tableIds().contains(tableId)) {
                versions.add(new TableVersion(
                        entry.version(),
                        Instant.ofEpochMilli(entry.wallMillis()),
                        entry.operation(),
                        count(store, table),
                        table.segments().stream()
                                .mapToLong(file -> file.bytes())
                                .sum(),
                        List.of()));
            }
        }
        return versions;
    }

    private static long count(Store store, TableEntry table) {
        List<SegmentReader> held = new ArrayList<>();
        try {
            table.segments().forEach(file -> held.add(store.segments().acquire(file, table.schema())));
            List<Run> runs = new ArrayList<>(held);
            long rows = 0;
            try (RunCursor cursor =
                    Union.open(store.allocator(), table.schema(), runs, KeyRange.ALL, false, NO_COLUMNS)) {
                while (cursor.next()) {
                    rows += cursor.batch().rowCount();
                }
            }
            return rows;
        } finally {
            held.forEach(SegmentReader::release);
        }
    }
}
