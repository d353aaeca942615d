package io.onlap.memtable;

/**
 * What one place knows of a key: nothing (look in an older place), that it was deleted, or its row.
 *
 * <p>Threading: immutable.
 */
public final class Lookup {
    public static final Lookup ABSENT = new Lookup(null);
    public static final Lookup DELETED = new Lookup(null);

    private final Row row;

    private Lookup(Row row) {
        this.row = row;
    }

    public static Lookup found(Row row) {
        return new Lookup(row);
    }

    public boolean isAbsent() {
        return this == ABSENT;
    }

    public boolean isDeleted() {
        return this == DELETED;
    }

    /** The row, or null if absent or deleted. */
    public Row row() {
        return row;
    }

    @Override
    public String toString() {
        return isAbsent() ? "ABSENT" : isDeleted() ? "DELETED" : row.toString();
    }
}
