package io.onlap.io;

import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The right to be a store's owner, as an operating-system lock on an empty file. The system frees it when the process
 * dies, however it dies, so liveness needs no clock.
 *
 * <p>POSIX drops a process's lock when <em>any</em> descriptor of the file is closed, so a process must open the file
 * exactly once: a registry of held paths lives in the system properties, where copies of this class loaded by other class
 * loaders find it too, and nobody opens the file without having registered its path first. Who the owner is stands in
 * another file.
 *
 * <p>Threading: any thread.
 */
public final class OwnerLock implements AutoCloseable {
    /** System property that holds the registry: real path of the file → holder's name, guarded by the map itself. */
    private static final String REGISTRY = "io.onlap.owner-locks";

    private final Path file;
    private final Path registered;
    private final FileChannel channel;
    private final FileLock lock;
    private boolean closed;

    private OwnerLock(Path file, Path registered, FileChannel channel, FileLock lock) {
        this.file = file;
        this.registered = registered;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the lock at once or not at all. The file is created if absent; its directory must exist.
     *
     * @throws StorageException BUSY if this or another process holds it
     */
    public static OwnerLock tryAcquire(Path file) {
        Path registered = realPath(file);
        Map<Path, String> registry = registry();
        synchronized (registry) {
            if (registry.containsKey(registered)) {
                throw new StorageException(
                        Kind.BUSY, "owned by this process: path=" + file + ", holder=" + registry.get(registered));
            }
            OwnerLock acquired = lock(file, registered);
            registry.put(registered, Thread.currentThread().getName());
            return acquired;
        }
    }

    private static OwnerLock lock(Path file, Path registered) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(registered, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new OwnerLock(file, registered, channel, lock);
            }
            channel.close();
        } catch (IOException | OverlappingFileLockException e) {
            StorageException failure = e instanceof IOException unwritable
                    ? LocalStorage.failure("lock not taken", file, unwritable)
                    : new StorageException(Kind.BUSY, "lock not taken: path=" + file, e);
            closeAfter(failure, channel);
            throw failure;
        }
        throw new StorageException(Kind.BUSY, "owned by another process: path=" + file);
    }

    private static void closeAfter(StorageException failure, FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private static Path realPath(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        try {
            return directory.toRealPath().resolve(file.getFileName());
        } catch (IOException e) {
            throw LocalStorage.failure("lock not taken", file, e);
        }
    }

    @SuppressWarnings("unchecked") // only this class writes the property
    private static Map<Path, String> registry() {
        return (Map<Path, String>)
                System.getProperties().computeIfAbsent(REGISTRY, name -> new HashMap<Path, String>());
    }

    public Path file() {
        return file;
    }

    /** Frees the lock. The file stays: removing it would let two processes lock two files of one name. */
    @Override
    public void close() {
        Map<Path, String> registry = registry();
        synchronized (registry) {
            if (closed) {
                return;
            }
            closed = true;
            registry.remove(registered);
            try (channel) {
                lock.release();
            } catch (IOException e) {
                throw LocalStorage.failure("lock not freed", file, e);
            }
        }
    }
}
