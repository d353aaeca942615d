package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Keeps the files that a user names apart from those of the store. Each of the store's has its one reader and writer, and to open
 * and close the lock's would free the store that this process owns.
 *
 * <p>Threading: stateless.
 */
final class StoreBounds {
    private static final int LINKS_MAX = 40;

    private StoreBounds() {}

    /**
     * Refuses a file within the store, whichever way its name leads there, and if it is yet to be created; looks at names alone.
     *
     * @param what the file is to be, for the message
     * @throws StorageException INVALID
     */
    static void refuseWithin(Path store, String what, Path file) throws IOException {
        if (!Files.exists(store)) {
            return;
        }
        Path target = linked(file);
        Path nearest = Files.exists(target) ? target : target.toAbsolutePath().getParent();
        if (!Files.exists(nearest)) {
            return; // and no file can be created there
        }
        if (isWithin(store, nearest)) {
            throw new StorageException(Kind.INVALID, what + " within the store: file=" + file);
        }
    }

    private static boolean isWithin(Path store, Path file) throws IOException {
        Path storePath = store.toRealPath();
        try {
            return file.toRealPath().startsWith(storePath);
        } catch (NoSuchFileException e) {
            // It is there, so it lies in no directory: a pipe that only an open file names, as /dev/fd/63 is.
            return false;
        }
    }

    /** The file that the system would create for a link that leads nowhere yet; of links in a circle one of them. */
    private static Path linked(Path file) throws IOException {
        Path target = file;
        for (int i = 0; i < LINKS_MAX && Files.isSymbolicLink(target) && !Files.exists(target); i++) {
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }
}
