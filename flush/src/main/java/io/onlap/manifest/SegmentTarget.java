package io.onlap.manifest;

import io.onlap.memtable.TableSchema;

/**
 * What a segment file to be written is called and belongs to.
 *
 * @param name without suffix; new for every attempt
 * <p>Threading: immutable.
 */
public record SegmentTarget(String name, int tableId, TableSchema schema, long minGeneration, long maxGeneration) {}
