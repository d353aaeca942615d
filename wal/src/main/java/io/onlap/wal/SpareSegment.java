package io.onlap.wal;

import io.onlap.io.LocalStorage;
import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An empty segment file with its space reserved, made ready by the force thread under a temporary name so that the write
 * loop only has to rename it at the seal. If none is ready the write loop makes one itself: nobody ever waits here.
 *
 * <p>Failure windows: killed in between, a temporary file stays until its directory goes; no reader looks at it.
 *
 * <p>Threading: the force thread prepares, the write loop takes; one atomic reference between them.
 */
final class SpareSegment {
    private final Storage storage;
    private final Path directory;
    private final int allocateBytes;
    private final AtomicReference<Spare> ready = new AtomicReference<>();
    private volatile boolean closed;

    /** See {@link SpareSegment}. */
    private record Spare(Path path, Storage.OpenFile handle) {}

    SpareSegment(Storage storage, Path directory, int allocateBytes) {
        this.storage = storage;
        this.directory = directory;
        this.allocateBytes = allocateBytes;
    }

    /** Makes a spare if there is none. Force thread. */
    void prepare() {
        if (ready.get() == null && !closed) {
            try {
                ready.set(make(directory.resolve(LocalStorage.TEMPORARY_PREFIX + UUID.randomUUID())));
            } catch (StorageException e) {
                // Not needed yet, so no failure yet: the roll makes its own segment, and reports what stops it.
                return;
            }
            if (closed) {
                discard();
            }
        }
    }

    /** The empty segment of {@code generation}, under its name. Write loop. */
    WalSegment take(long generation, long lastSequence) {
        Path path = directory.resolve(SegmentNames.fileName(generation));
        Spare spare = ready.getAndSet(null);
        if (spare == null) {
            spare = make(path);
        } else {
            storage.rename(spare.path, path);
        }
        return new WalSegment(generation, path, spare.handle, lastSequence, allocateBytes);
    }

    private Spare make(Path path) {
        storage.create(path).close();
        Storage.OpenFile handle = null;
        try {
            handle = storage.open(path);
            storage.allocate(path, 0, allocateBytes);
            return new Spare(path, handle);
        } catch (StorageException e) {
            drop(path, handle, e);
            throw e;
        }
    }

    private void drop(Path path, Storage.OpenFile handle, StorageException because) {
        try {
            if (handle != null) {
                handle.close();
            }
            storage.delete(path);
        } catch (StorageException e) {
            because.addSuppressed(e);
        }
    }

    /** Removes what is left. The last of force thread and closer does it. */
    void close() {
        closed = true;
        discard();
    }

    private void discard() {
        Spare spare = ready.getAndSet(null);
        if (spare != null) {
            spare.handle.close();
            storage.delete(spare.path);
        }
    }
}
