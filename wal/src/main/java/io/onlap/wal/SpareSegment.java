package io.onlap.wal;

import io.onlap.io.LocalStorage;
import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/**
 * Files for segments to come, under temporary names: flushed segments cleared for use again, or new ones with their space
 * reserved. A used file is worth keeping: its pages are in memory and its blocks on disk, and the first touch of a fresh
 * page costs more than all the rows that fit on it (docs/adr). If none is ready the write loop makes one itself: nobody
 * ever waits here.
 *
 * <p>Invariant: a file comes here only when no owner reads it any more, since its generation is flushed; whoever reads the
 * log beside the owner looks at the manifest after reading and leaves out what was flushed by then. A frame names its
 * generation and its place, so what an older use left, after power loss, is no frame of the new one.
 *
 * <p>Failure windows: killed in between, a temporary file stays until its directory goes; no reader looks at it.
 *
 * <p>Threading: the force thread gives and prepares, the write loop takes; the lock is held for a list operation.
 */
final class SpareSegment {
    /** As many as a flush that lags may give back at once. */
    private static final int SPARES_MAX = 2;

    private final Storage storage;
    private final Path directory;
    private final int allocateBytes;
    private final Deque<Spare> ready = new ArrayDeque<>();
    private boolean closed;

    /** See {@link SpareSegment}. */
    private record Spare(Path path, Storage.OpenFile handle, long allocatedBytes) {}

    SpareSegment(Storage storage, Path directory, int allocateBytes) {
        this.storage = storage;
        this.directory = directory;
        this.allocateBytes = allocateBytes;
    }

    /** Makes a spare if there is none. Force thread. */
    void prepare() {
        if (hasRoom(1)) {
            try {
                keep(make(temporary()));
            } catch (StorageException e) {
                // Not needed yet, so no failure yet: the roll makes its own segment, and reports what stops it.
                return;
            }
        }
    }

    /**
     * Takes over the file of a flushed segment. A file that cannot be used again is no failure, least of all on a full
     * disk, where flushes must go on until there is room.
     *
     * @return false if the file was left where it is, to be deleted. Force thread
     */
    boolean recycle(Path segment) {
        if (!hasRoom(SPARES_MAX)) {
            return false;
        }
        Path path = temporary();
        Storage.OpenFile handle = null;
        try {
            storage.rename(segment, path);
            handle = storage.open(path);
            handle.clear();
            long bytes = storage.size(path);
            if (bytes < allocateBytes) {
                storage.allocate(path, bytes, allocateBytes - bytes);
            }
            keep(new Spare(path, handle, Math.max(bytes, allocateBytes)));
            return true;
        } catch (StorageException e) {
            drop(path, handle, e);
            return false;
        }
    }

    /** The empty segment of {@code generation}, under its name. Write loop. */
    WalSegment take(long generation, long lastSequence) {
        Path path = directory.resolve(SegmentNames.fileName(generation));
        Spare spare;
        synchronized (this) {
            spare = ready.pollFirst();
        }
        if (spare == null) {
            spare = make(path);
        } else {
            try {
                storage.rename(spare.path, path);
            } catch (StorageException e) {
                // Whichever of the names it has now: a full disk makes the write loop come again, and find the name
                // free.
                drop(spare.path, spare.handle, e);
                drop(path, null, e);
                throw e;
            }
        }
        return new WalSegment(generation, path, spare.handle, lastSequence, spare.allocatedBytes);
    }

    private synchronized boolean hasRoom(int sparesMax) {
        return !closed && ready.size() < sparesMax;
    }

    private void keep(Spare spare) {
        synchronized (this) {
            if (!closed) {
                ready.addLast(spare);
                return;
            }
        }
        discard(spare);
    }

    private Path temporary() {
        return directory.resolve(LocalStorage.TEMPORARY_PREFIX + UUID.randomUUID());
    }

    private Spare make(Path path) {
        create(path);
        Storage.OpenFile handle = null;
        try {
            handle = storage.open(path);
            storage.allocate(path, 0, allocateBytes);
            return new Spare(path, handle, allocateBytes);
        } catch (StorageException e) {
            drop(path, handle, e);
            throw e;
        }
    }

    private void create(Path path) {
        try {
            storage.create(path).close();
        } catch (StorageException e) {
            if (e.kind() == Kind.DISK_FULL) {
                drop(path, null, e); // it may be there all the same
            }
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

    /** Bytes kept for segments to come. */
    synchronized long bytes() {
        return ready.stream().mapToLong(Spare::allocatedBytes).sum();
    }

    /** Removes what is left. A file that cannot be removed stays; the next owner removes it with the directory. */
    synchronized void close() {
        closed = true;
        StorageException first = null;
        for (Spare spare : ready) {
            try {
                discard(spare);
            } catch (StorageException e) {
                first = first == null ? e : first;
            }
        }
        ready.clear();
        if (first != null) {
            throw first;
        }
    }

    private void discard(Spare spare) {
        spare.handle.close();
        storage.delete(spare.path);
    }
}
