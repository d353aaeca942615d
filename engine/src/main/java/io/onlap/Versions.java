package io.onlap;

import io.onlap.manifest.Leases;
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
 * <p>A lease holds the newest version of the table at or below its own: that is what its reader sees. One that does not say
 * where it stands, because its reader is only opening or its file could not be read, counts as holding them all.
 *
 * <p>Threading: stateless.
 */
final class Versions {
    private static final int[] NO_COLUMNS = {};

    private Versions() {}

    static List<TableVersion> of(Store store, int tableId) {
        List<ManifestHistory.Entry> flushes = ManifestHistory.read(store.env(), store.layout()).stream()
                .filter(entry -> entry.changes().containsKey("flushedGeneration")
                        && entry.state().table(tableId) != null
                        && entry.tableIds().contains(tableId))
                .toList();
        List<Leases.Found> leases = leasesOfOthers(store);
        List<TableVersion> versions = new ArrayList<>();
        for (int i = 0; i < flushes.size(); i++) {
            ManifestHistory.Entry entry = flushes.get(i);
            long next = i + 1 < flushes.size() ? flushes.get(i + 1).version() : Long.MAX_VALUE;
            TableEntry table = entry.state().table(tableId);
            versions.add(new TableVersion(
                    entry.version(),
                    Instant.ofEpochMilli(entry.wallMillis()),
                    entry.operation(),
                    count(store, table),
                    table.segments().stream().mapToLong(file -> file.bytes()).sum(),
                    heldBy(leases, entry.version(), next)));
        }
        return versions;
    }

    private static List<Leases.Found> leasesOfOthers(Store store) {
        return Leases.list(store.env(), store.layout()).stream()
                .filter(lease -> lease.live() && !lease.id().equals(store.leaseId()))
                .toList();
    }

    private static List<String> heldBy(List<Leases.Found> leases, long version, long next) {
        return leases.stream()
                .filter(lease -> lease.version() == 0 || (lease.version() >= version && lease.version() < next))
                .map(lease -> lease.pid() == 0 ? "lease " + lease.id() : "lease pid " + lease.pid())
                .toList();
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
