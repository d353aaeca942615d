package io.onlap.manifest;

import io.onlap.memtable.TableSchema;
import java.util.List;
import java.util.Map;

/**
 * What one record changes, with nothing of what it leaves alone: a change built on a stale state cannot carry stale parts
 * of it into the head it lands on.
 *
 * <p>Threading: immutable.
 *
 * @param owner who opened, in words for people; null unless an owner opened
 * @param flushed null unless a generation was flushed
 * @param tables made by this record
 * @param segments files that became part of their tables
 */
record Delta(String owner, Flushed flushed, List<NewTable> tables, List<SegmentFile> segments) {
    Delta {
        tables = tables == null ? List.of() : List.copyOf(tables);
        segments = segments == null ? List.of() : List.copyOf(segments);
    }

    /** How far memory has become files; {@code bookmarks} are those that changed. */
    record Flushed(long generation, long lastSequence, Map<String, Long> bookmarks) {
        Flushed {
            bookmarks = bookmarks == null ? Map.of() : Map.copyOf(bookmarks);
        }
    }

    /** A table that did not exist before. */
    record NewTable(int tableId, String path, TableSchema schema) {}

    static Delta opened(String owner) {
        return new Delta(owner, null, List.of(), List.of());
    }

    static Delta flushed(Flushed flushed, List<SegmentFile> segments) {
        return new Delta(null, flushed, List.of(), segments);
    }

    static Delta created(NewTable table) {
        return new Delta(null, null, List.of(table), List.of());
    }
}
