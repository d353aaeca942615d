package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;

/**
 * Whether the engine stands still for want of room on the disk: the write loop before an append, the flush thread before a
 * file. Both wait in place and go on by themselves; whoever waits for them hears of it when its own time is up.
 *
 * <p>Threading: the write loop and the flush thread each tell their part, any thread asks.
 */
final class FullDisk {
    /** Nobody waits longer for a disk that is full: a flush or a cut may make room soon, and else only a person does. */
    static final long WAIT_MILLIS_MAX = 5_000;

    private volatile StorageException append;
    private volatile StorageException flush;

    /** @param failure DISK_FULL, or null from the append on that went well */
    void appendWaits(StorageException failure) {
        append = failure;
    }

    /** @param failure DISK_FULL, or null from the flush on that went well */
    void flushWaits(StorageException failure) {
        flush = failure;
    }

    boolean isAppendWaiting() {
        return append != null;
    }

    boolean isWaiting() {
        return cause() != null;
    }

    /** What stands in the way, or null. */
    StorageException cause() {
        StorageException failure = append;
        return failure == null ? flush : failure;
    }

    /** How long to wait that would wait for {@code limitMillis}. */
    long limitMillis(long limitMillis) {
        return isWaiting() ? Math.min(limitMillis, WAIT_MILLIS_MAX) : limitMillis;
    }

    /** The failure of a wait whose time is up: DISK_FULL if that is why, else BUSY. */
    StorageException timedOut(String message) {
        StorageException failure = cause();
        return failure == null
                ? new StorageException(Kind.BUSY, message)
                : new StorageException(Kind.DISK_FULL, failure.getMessage() + " (" + message + ")", failure);
    }
}
