package io.onlap.manifest;

import io.onlap.memtable.TableSchema;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/**
 * One table as the manifest knows it.
 *
 * <p>Threading: immutable.
 *
 * @param tableId never reused
 * @param path only a name; a move changes nothing else
 * @param segments its files, by ascending generation
 * @param createdVersion the manifest version that made it
 */
public record TableEntry(
        int tableId, String path, TableSchema schema, PVector<SegmentFile> segments, long createdVersion) {
    /** The same table as if it had no files. */
    public TableEntry withoutSegments() {
        return new TableEntry(tableId, path, schema, TreePVector.empty(), createdVersion);
    }

    /** A table without files. */
    static TableEntry empty(int tableId, String path, TableSchema schema, long createdVersion) {
        return new TableEntry(tableId, path, schema, TreePVector.empty(), createdVersion);
    }

    /** This table with one file more, newer than all it has. */
    TableEntry plus(SegmentFile segment) {
        return new TableEntry(tableId, path, schema, segments.plus(segment), createdVersion);
    }

    /** Is a file of that name part of this table? Looks at the newest first. */
    boolean contains(String segmentName) {
        for (int i = segments.size() - 1; i >= 0; i--) {
            if (segments.get(i).name().equals(segmentName)) {
                return true;
            }
        }
        return false;
    }
}
