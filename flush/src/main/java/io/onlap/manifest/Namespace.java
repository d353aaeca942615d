package io.onlap.manifest;

import java.util.Collection;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The tables of a store by id and by path. Both maps always hold the same tables; {@code nextTableId} is above every id
 * ever given, so an id below it that is not here belongs to a dropped table.
 *
 * <p>Threading: immutable; each change is a new value that shares all but O(log tables).
 */
final class Namespace {
    static final Namespace EMPTY = new Namespace(1, HashTreePMap.empty(), HashTreePMap.empty());

    private final int nextTableId;
    private final PMap<Integer, TableEntry> byId;
    private final PMap<String, TableEntry> byPath;

    private Namespace(int nextTableId, PMap<Integer, TableEntry> byId, PMap<String, TableEntry> byPath) {
        this.nextTableId = nextTableId;
        this.byId = byId;
        this.byPath = byPath;
    }

    int nextTableId() {
        return nextTableId;
    }

    /** The table of that id, or null. */
    TableEntry table(int tableId) {
        return byId.get(tableId);
    }

    /** The table at that path, or null. */
    TableEntry table(String path) {
        return byPath.get(path);
    }

    Collection<TableEntry> tables() {
        return byId.values();
    }

    /** With {@code entry} put in the place of its id and path. */
    Namespace with(TableEntry entry) {
        return new Namespace(
                Math.max(nextTableId, entry.tableId() + 1),
                byId.plus(entry.tableId(), entry),
                byPath.plus(entry.path(), entry));
    }

    /** With ids given up to {@code next}. */
    Namespace withNextTableId(int next) {
        return new Namespace(Math.max(nextTableId, next), byId, byPath);
    }
}
