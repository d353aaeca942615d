package io.onlap.manifest;

import java.util.Arrays;
import java.util.List;

/**
 * What the manifest knows of one segment file.
 *
 * @param name file name without ending, never reused
 * @param minGeneration oldest generation whose rows are in it
 * @param maxGeneration newest generation whose rows are in it
 * @param rows tombstones included
 * @param bytes length of the Arrow file
 * @param minKey encoded; null in a table without key
 * @param maxKey encoded; null in a table without key
 *     <p>Threading: immutable; callers never change the arrays.
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare contents
public record SegmentFile(
        String name,
        int tableId,
        int schemaId,
        long minGeneration,
        long maxGeneration,
        long rows,
        long tombstones,
        long bytes,
        byte[] minKey,
        byte[] maxKey,
        List<ColumnStats> columns) {
    public SegmentFile {
        columns = List.copyOf(columns);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SegmentFile that
                && name.equals(that.name)
                && tableId == that.tableId
                && schemaId == that.schemaId
                && minGeneration == that.minGeneration
                && maxGeneration == that.maxGeneration
                && rows == that.rows
                && tombstones == that.tombstones
                && bytes == that.bytes
                && Arrays.equals(minKey, that.minKey)
                && Arrays.equals(maxKey, that.maxKey)
                && columns.equals(that.columns);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
