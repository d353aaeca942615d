package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The versions of a manifest that can still be read, each with what its record changed and the state it reached. For
 * people and for lists of versions: it reads every record there is, so its cost grows with the history.
 *
 * <p>Threading: stateless; reads only.
 */
public final class ManifestHistory {
    private ManifestHistory() {}

    /**
     * One version.
     *
     * <p>Threading: immutable.
     *
     * @param operation the word in the record
     * @param wallMillis when it was committed, milliseconds since 1970
     * @param changes what the record changed, in plain values that any JSON writer takes
     * @param tableIds tables that were made or got a file
     * @param state after it
     */
    public record Entry(
            long version,
            String operation,
            long wallMillis,
            long epoch,
            String commitId,
            Map<String, Object> changes,
            List<Integer> tableIds,
            ManifestState state) {}

    /**
     * All readable versions, ascending; the last one is the head.
     *
     * @throws StorageException CORRUPT naming the record that is damaged, missing or does not follow
     */
    public static List<Entry> read(Env env, StoreLayout layout) {
        ManifestLog log = new ManifestLog(env, layout, 1);
        ManifestState state = oldest(env, layout, log);
        List<Entry> entries = new ArrayList<>();
        ManifestRecord record = log.read(state.version() + 1);
        while (record != null) {
            state = state.apply(record);
            entries.add(entry(record, state));
            record = log.read(state.version() + 1);
        }
        return entries;
    }

    /** The state that the oldest readable record follows. */
    static ManifestState oldest(Env env, StoreLayout layout, ManifestLog log) {
        long boundary = log.boundary();
        if (boundary <= 1) {
            return ManifestState.empty();
        }
        for (String name : env.storage().list(layout.checkpoints())) {
            long version = StoreLayout.checkpointVersion(name);
            if (version + 1 >= boundary) {
                try {
                    return CheckpointReader.read(
                            layout.checkpoint(version), env.storage().read(layout.checkpoint(version)));
                } catch (StorageException e) {
                    if (e.kind() != StorageException.Kind.CORRUPT && e.kind() != StorageException.Kind.NOT_FOUND) {
                        throw e;
                    }
                    // a later one serves as well
                }
            }
        }
        return log.newestCheckpoint(boundary);
    }

    private static Entry entry(ManifestRecord record, ManifestState state) {
        Delta delta = record.delta();
        Map<String, Object> changes = new LinkedHashMap<>();
        List<Integer> tableIds = new ArrayList<>();
        if (delta.owner() != null) {
            changes.put("owner", delta.owner());
        }
        if (delta.flushed() != null) {
            changes.put("flushedGeneration", delta.flushed().generation());
            changes.put("lastSequence", delta.flushed().lastSequence());
            changes.put("bookmarks", delta.flushed().bookmarks());
        }
        List<Map<String, Object>> tables = new ArrayList<>();
        for (Delta.NewTable table : delta.tables()) {
            tableIds.add(table.tableId());
            tables.add(Map.of("tableId", table.tableId(), "path", table.path()));
        }
        if (!tables.isEmpty()) {
            changes.put("tables", tables);
        }
        List<Map<String, Object>> segments = new ArrayList<>();
        for (SegmentFile segment : delta.segments()) {
            tableIds.add(segment.tableId());
            segments.add(describe(segment));
        }
        if (delta.flushed() != null) {
            changes.put("segments", segments);
        }
        return new Entry(
                record.version(),
                record.op(),
                record.time().wallMillis(),
                record.epoch(),
                record.commitId(),
                changes,
                tableIds,
                state);
    }

    private static Map<String, Object> describe(SegmentFile segment) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", segment.name());
        described.put("tableId", segment.tableId());
        described.put("rows", segment.rows());
        described.put("tombstones", segment.tombstones());
        described.put("bytes", segment.bytes());
        return described;
    }
}
