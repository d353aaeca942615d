package io.onlap;

import java.time.Instant;
import java.util.List;

/**
 * A version of a table: a flush that touched it.
 *
 * @param version of the manifest
 * @param time when it was committed
 * @param operation what made it
 * @param rows live rows
 * @param bytes of its segment files
 * @param heldBy what keeps it beyond the retention of its table, in words: {@code lease pid 123} for another engine that is
 *     open for reading in that process and sees this version
 */
public record TableVersion(long version, Instant time, String operation, long rows, long bytes, List<String> heldBy) {}
