package io.onlap.manifest;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One segment file as a manifest record names it. The data are in {@code NAME.arrow}, index, bloom and checksums in
 * {@code NAME.sidecar}; this record holds the checksum of the sidecar, which holds those of the data.
 *
 * @param minGeneration oldest generation that may have rows in it
 * @param maxGeneration newest one; orders runs
 * @param rows tombstones included
 * @param bytes of the data file
 * @param minKey exact first encoded key; null without key
 * @param maxKey exact last encoded key; null without key
 * @param columns one for each column of its schema, in that order
 * @param checksum CRC32C of the sidecar, unsigned
 * <p>Threading: immutable; callers never change the arrays.
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
        List<ColumnStats> columns,
        long checksum) {
    /** Ends the name of the data file. */
    public static final String DATA_SUFFIX = ".arrow";
    /** Ends the name of the sidecar. */
    public static final String SIDECAR_SUFFIX = ".sidecar";

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
                && columns.equals(that.columns)
                && checksum == that.checksum;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, tableId, checksum);
    }
}
