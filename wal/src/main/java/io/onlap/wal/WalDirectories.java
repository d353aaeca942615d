package io.onlap.wal;

import io.onlap.io.Storage;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What lies on disk below the log's root: directories by epoch, segment files by generation. Other names are left out.
 *
 * <p>Threading: stateless.
 */
final class WalDirectories {
    private WalDirectories() {}

    static Path of(Path walRoot, long epoch) {
        return walRoot.resolve(SegmentNames.directoryName(epoch));
    }

    /** Directories by ascending epoch. */
    static NavigableMap<Long, Path> epochs(Storage storage, Path walRoot) {
        NavigableMap<Long, Path> found = new TreeMap<>();
        for (String name : storage.list(walRoot)) {
            SegmentNames.epoch(name).ifPresent(epoch -> found.put(epoch, walRoot.resolve(name)));
        }
        return found;
    }

    /** Segment files by ascending generation. */
    static NavigableMap<Long, Path> segments(Storage storage, Path directory) {
        NavigableMap<Long, Path> found = new TreeMap<>();
        for (String name : storage.list(directory)) {
            SegmentNames.generation(name).ifPresent(generation -> found.put(generation, directory.resolve(name)));
        }
        return found;
    }
}
