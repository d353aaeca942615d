package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;

/**
 * The first fatal failure of an engine. Once set it never changes, and every later call fails fast with it; a close sets
 * it too, to CLOSED, so that waiters end. After Lucene's tragic exception.
 *
 * <p>Threading: any thread.
 */
final class Poison {
    private volatile StorageException cause;

    /** Keeps {@code failure} if it is the first; returns the one that counts. */
    synchronized StorageException set(Throwable failure) {
        if (cause == null) {
            cause = failure instanceof StorageException storage
                    ? storage
                    : new StorageException(Kind.FATAL, "engine stopped: reason=" + failure, failure);
        } else if (failure != cause) {
            cause.addSuppressed(failure);
        }
        return cause;
    }

    /** Null while the engine is sound. */
    StorageException cause() {
        return cause;
    }

    boolean isSet() {
        return cause != null;
    }

    /** Throws the cause as the caller's own exception, if there is one. */
    void check() {
        StorageException failure = cause;
        if (failure != null) {
            throw failure.again();
        }
    }
}
