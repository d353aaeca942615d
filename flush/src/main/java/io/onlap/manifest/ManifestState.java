package io.onlap.manifest;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.io.StoreClock;
import io.onlap.memtable.TableSchema;
import java.util.Collection;
import java.util.Map;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Everything the manifest says at one version. A state is reached from the one before by {@link #apply}, which costs what
 * the record changes, whatever the store holds.
 *
 * <p>Invariant: the state of version v is the same whether it comes from a checkpoint and the records after it, or from
 * all records.
 *
 * <p>Threading: immutable.
 */
public final class ManifestState {
    /**
     * Which version, and when it was made.
     *
     * @param commitId the record's, empty for version 0; the next record names it as its predecessor
     */
    record Stamp(long version, String commitId, StoreClock.Instant time) {}

    private final Stamp stamp;
    private final long epoch;
    private final long flushedGeneration;
    private final long lastSequence;
    private final PMap<String, Long> bookmarks;
    private final Namespace namespace;

    ManifestState(
            Stamp stamp,
            long epoch,
            long flushedGeneration,
            long lastSequence,
            PMap<String, Long> bookmarks,
            Namespace namespace) {
        this.stamp = stamp;
        this.epoch = epoch;
        this.flushedGeneration = flushedGeneration;
        this.lastSequence = lastSequence;
        this.bookmarks = bookmarks;
        this.namespace = namespace;
    }

    /** Version 0: a new store. */
    static ManifestState empty() {
        StoreClock.Instant never = new StoreClock.Instant(0, "", 0);
        return new ManifestState(new Stamp(0, "", never), 0, 0, 0, HashTreePMap.empty(), Namespace.EMPTY);
    }

    public long version() {
        return stamp.version();
    }

    /** When this version was committed. */
    public StoreClock.Instant time() {
        return stamp.time();
    }

    /** Id of the commit that made this version; empty at version 0. */
    public String commitId() {
        return stamp.commitId();
    }

    /** The newest owner's; 0 before the first. */
    public long epoch() {
        return epoch;
    }

    /** All generations up to this one are in segment files; 0 before the first flush. */
    public long flushedGeneration() {
        return flushedGeneration;
    }

    /** The last sequence of the flushed generations. */
    public long lastSequence() {
        return lastSequence;
    }

    /** Named values as of {@link #lastSequence}. */
    public Map<String, Long> bookmarks() {
        return bookmarks;
    }

    /** Above every table id ever given. */
    public int nextTableId() {
        return namespace.nextTableId();
    }

    /** The table of that id, or null if it never was or is dropped. */
    public TableEntry table(int tableId) {
        return namespace.table(tableId);
    }

    /** The table at that path, or null. */
    public TableEntry table(String path) {
        return namespace.table(path);
    }

    /** All tables, in no order. */
    public Collection<TableEntry> tables() {
        return namespace.tables();
    }

    /** The schema of that table and number, or null: what a memtable needs to read rows. */
    public TableSchema schema(int tableId, int schemaId) {
        TableEntry table = namespace.table(tableId);
        return table == null || table.schema().schemaId() != schemaId ? null : table.schema();
    }

    Namespace namespace() {
        return namespace;
    }

    PMap<String, Long> persistentBookmarks() {
        return bookmarks;
    }

    /**
     * The state after {@code record}.
     *
     * @throws StorageException CORRUPT if the record does not follow this very state: a record names its predecessor's
     *     commit id, so a name created again below the boundary is not taken for part of the log
     */
    ManifestState apply(ManifestRecord record) {
        if (record.version() != version() + 1 || !record.previous().equals(commitId())) {
            throw new StorageException(
                    Kind.CORRUPT,
                    "record does not follow: version=" + record.version() + ", expected=" + (version() + 1)
                            + ", previous=" + record.previous() + ", expectedPrevious=" + commitId());
        }
        Delta delta = record.delta();
        Namespace changed = namespace;
        for (Delta.NewTable table : delta.tables()) {
            changed = changed.with(TableEntry.empty(table.tableId(), table.path(), table.schema(), record.version()));
        }
        for (SegmentFile segment : delta.segments()) {
            TableEntry table = changed.table(segment.tableId());
            if (table == null) {
                throw new StorageException(
                        Kind.CORRUPT,
                        "record adds a file to no table: version=" + record.version() + ", tableId=" + segment.tableId()
                                + ", name=" + segment.name());
            }
            changed = changed.with(table.plus(segment));
        }
        Stamp next = new Stamp(record.version(), record.commitId(), record.time());
        Delta.Flushed flushed = delta.flushed();
        if (flushed == null) {
            return new ManifestState(next, record.epoch(), flushedGeneration, lastSequence, bookmarks, changed);
        }
        return new ManifestState(
                next,
                record.epoch(),
                flushed.generation(),
                flushed.lastSequence(),
                bookmarks.plusAll(flushed.bookmarks()),
                changed);
    }

    @Override
    public String toString() {
        return "ManifestState: version=" + version() + ", epoch=" + epoch + ", flushedGeneration=" + flushedGeneration
                + ", lastSequence=" + lastSequence + ", tables="
                + namespace.tables().size();
    }
}
