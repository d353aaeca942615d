package io.onlap.jmh;

/**
 * What a scan consumed; equal for stores that hold the same rows.
 *
 * @param rows number of rows
 * @param sum of every byte of every column, see {@link ColumnSums}
 */
public record ScanSum(long rows, long sum) {}
