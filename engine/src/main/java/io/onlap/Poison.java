package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.function.Supplier;

/**
 * The first fatal failure of an engine. Once set it never changes, and every later call fails fast with it; a close sets
 * it too, to CLOSED, so that waiters end. After Lucene's tragic exception.
 *
 * <p>Threading: any thread.
 */
final class Poison {
    private volatile StorageException cause;
    private volatile Supplier<StorageException> fence = () -> null;

    /**
     * From now on {@code overFence} is asked at the first failure whether another owner has taken over. If so that is the
     * cause, whatever failed: a successor takes files away, and what that looks like from here is no advice to anybody.
     */
    void blame(Supplier<StorageException> overFence) {
        fence = overFence;
    }

    /** Keeps {@code failure} if it is the first; returns the one that counts. */
    synchronized StorageException set(Throwable failure) {
        if (cause == null) {
            StorageException first = failure instanceof StorageException storage
                    ? storage
                    : new StorageException(Kind.FATAL, "engine stopped: reason=" + failure, failure);
            StorageException fenced = first.kind() == Kind.FENCED ? null : fence.get();
            if (fenced != null) {
                fenced.addSuppressed(first);
            }
            cause = fenced == null ? first : fenced;
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
