package io.onlap.memtable;

/**
 * Finds the schema a block was written with.
 *
 * <p>Threading: as its caller.
 */
@FunctionalInterface
public interface SchemaLookup {
    /** The schema, never null. */
    TableSchema schema(int tableId, int schemaId);
}
