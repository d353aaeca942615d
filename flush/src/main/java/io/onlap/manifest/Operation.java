package io.onlap.manifest;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.TableSchema;
import java.util.List;
import java.util.Map;

/**
 * What a caller wants committed: a pure value that knows no version. {@link Rebase} says what it means at a given head.
 *
 * <p>Threading: immutable.
 */
public sealed interface Operation {
    /** The word that stands in the record. */
    String op();

    /** A new owner takes over: the epoch becomes the head's + 1. {@code owner} tells people who (process, host). */
    record Open(String owner) implements Operation {
        @Override
        public String op() {
            return "OPEN";
        }
    }

    /**
     * A generation has become files.
     *
     * @param epoch of the owner that flushes
     * @param lastSequence the last of the generation
     * @param bookmarks those that changed in it
     * @param segments possibly none
     */
    record Flush(
            long epoch, long generation, long lastSequence, Map<String, Long> bookmarks, List<SegmentFile> segments)
            implements Operation {
        /** @throws StorageException INVALID for a bad file name or a file of another generation */
        public Flush {
            bookmarks = Map.copyOf(bookmarks);
            segments = List.copyOf(segments);
            for (SegmentFile segment : segments) {
                Names.checkFile(segment.name());
                if (segment.minGeneration() != generation || segment.maxGeneration() != generation) {
                    throw new StorageException(
                            Kind.INVALID,
                            "file of another generation: name=" + segment.name() + ", generation=" + generation
                                    + ", minGeneration=" + segment.minGeneration() + ", maxGeneration="
                                    + segment.maxGeneration());
                }
            }
        }

        @Override
        public String op() {
            return "FLUSH";
        }
    }

    /** A table comes into being; the same one again is no change. */
    record CreateTable(String path, TableSchema schema) implements Operation {
        /** @throws StorageException INVALID for a bad path */
        public CreateTable {
            Names.checkPath(path);
        }

        @Override
        public String op() {
            return "CREATE_TABLE";
        }
    }
}
