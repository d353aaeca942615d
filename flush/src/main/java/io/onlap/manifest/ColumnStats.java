package io.onlap.manifest;

/**
 * What a segment file's values of one column are bounded by. Statistics only save work, and those of non-key columns skip a
 * file only when nothing older overlaps its keys.
 *
 * <p>Bounds are text: integers, dates (days) and timestamps (in their unit) as decimal numbers; booleans as {@code true} or
 * {@code false}; floats as Java writes them; text as itself; binary as base64. Long text and binary bounds are cut, the
 * lower one down and the upper one up, so a bound need not occur as a value.
 *
 * <p>Threading: immutable.
 *
 * @param nulls rows without a value, tombstones included
 * @param min no value is below it; null if unknown: no values, a NaN among them, or a type without order
 * @param max no value is above it; null if unknown
 */
public record ColumnStats(int columnId, long nulls, String min, String max) {}
