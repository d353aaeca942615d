package io.onlap;

/**
 * A segment file of a table.
 *
 * @param name of the file, without ending
 * @param minGeneration oldest generation that may have rows in it
 * @param maxGeneration newest one
 * @param rows tombstones included
 * @param tombstones deletes among them
 * @param bytes of the data file
 */
public record Source(String name, long minGeneration, long maxGeneration, long rows, long tombstones, long bytes) {}
