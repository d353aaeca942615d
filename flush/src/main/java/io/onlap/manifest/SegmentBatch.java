package io.onlap.manifest;

import io.onlap.memtable.RowBatch;
import io.onlap.memtable.RowCopier;

/**
 * One batch of a segment file whose checksum was right, with what lookups in it need.
 *
 * @param rows all of them, with all columns of the schema
 * @param keys null in a table without key
 * @param copier of rows
 * <p>Threading: immutable; valid while the file is mapped.
 */
record SegmentBatch(RowBatch rows, KeySamples keys, RowCopier copier) {}
