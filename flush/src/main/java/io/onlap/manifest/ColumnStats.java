package io.onlap.manifest;

/**
 * What a segment file's values of one column are bounded by.
 *
 * @param min no value is below it; null if unknown
 * @param max no value is above it; null if unknown
 *     <p>Threading: immutable.
 */
public record ColumnStats(int columnId, long nulls, String min, String max) {}
