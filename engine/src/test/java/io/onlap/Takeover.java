package io.onlap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** How a live owner is declared dead. Threading: stateless. */
final class Takeover {
    private Takeover() {}

    /**
     * Takes the lock of the owner in this process from under it, as somebody does who takes a paused process for a dead one:
     * the next open puts a new file under the lock's name.
     */
    @SuppressWarnings("unchecked") // the registry of this process's locks, as OwnerLock keeps it
    static void takeLockAway(Path directory) {
        Map<Path, String> registry = (Map<Path, String>) System.getProperties().get("io.onlap.owner-locks");
        try {
            Path lock = directory.toRealPath().resolve("LOCK");
            synchronized (registry) {
                if (registry.remove(lock) == null) {
                    throw new AssertionError("the owner's lock is registered elsewhere");
                }
            }
            Files.delete(lock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
