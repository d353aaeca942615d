package io.onlap.wal;

import io.onlap.io.Storage;
import java.nio.file.Path;

/**
 * One segment of the own log, as the write loop and the force thread share it: how far it is complete, and whether more
 * will come. The force thread reads {@link #isSealed} before {@link #end}, so the end of a sealed segment is its last.
 *
 * <p>Threading: the write loop writes, any thread reads; {@link #handle} belongs to the force thread.
 */
final class WalSegment {
    private static final int PAGE_BYTES = 4096;

    private final long generation;
    private final Path path;
    private final Storage.OpenFile handle;
    /** Written before {@link #end}, once. */
    private long startEnd;

    private volatile long end;
    private volatile long lastSequence;
    private volatile boolean sealed;
    private long allocatedBytes;

    WalSegment(long generation, Path path, Storage.OpenFile handle, long lastSequence, long allocatedBytes) {
        this.generation = generation;
        this.path = path;
        this.handle = handle;
        this.lastSequence = lastSequence;
        this.allocatedBytes = allocatedBytes;
    }

    long generation() {
        return generation;
    }

    Path path() {
        return path;
    }

    Storage.OpenFile handle() {
        return handle;
    }

    /** Offset behind the last complete frame. */
    long end() {
        return end;
    }

    /** Offset behind the START frame; once {@link #end} is not 0. */
    long startEnd() {
        return startEnd;
    }

    /** Of the last batch in this segment or one before it. */
    long lastSequence() {
        return lastSequence;
    }

    boolean isSealed() {
        return sealed;
    }

    /** A frame is complete up to {@code offset}. Write loop. */
    void committed(long offset, long sequence) {
        if (startEnd == 0) {
            startEnd = offset;
        }
        lastSequence = sequence;
        end = offset;
    }

    /** No frame will follow. Write loop. */
    void seal() {
        sealed = true;
    }

    /** Makes sure that writes before {@code offset} cannot meet a full disk. Write loop. */
    void allocateTo(Storage storage, long offset, int stepBytes) {
        if (offset > allocatedBytes) {
            long bytes = (offset - allocatedBytes + stepBytes - 1) / stepBytes * stepBytes;
            storage.allocate(path, allocatedBytes, bytes);
            allocatedBytes += bytes;
        }
    }

    /** Gives back what was mapped and reserved beyond the end of a sealed segment. Force thread. */
    void trim() {
        // One page more than the end: Chronicle's mark of the end lies there.
        handle.truncate((end / PAGE_BYTES + 2) * PAGE_BYTES);
    }
}
