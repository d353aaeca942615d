package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits that end with the engine's own exception.
 *
 * <p>Threading: stateless.
 */
final class Futures {
    /** A step that can be interrupted. */
    interface Interruptible {
        void run() throws InterruptedException;
    }

    private Futures() {}

    /** The future's value, or its {@link StorageException}. */
    static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StorageException failure) {
                throw failure.again();
            }
            throw new StorageException(Kind.FATAL, "engine stopped: reason=" + e.getCause(), e);
        }
    }

    /**
     * Is the future done within that time, well or not?
     *
     * @throws StorageException BUSY after an interrupt
     */
    static boolean endsWithin(CompletableFuture<?> future, long millis) {
        try {
            future.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Kind.BUSY, "wait interrupted", e);
        }
    }

    /** Runs the step to its end; an interrupt is kept for the caller. */
    static void uninterruptibly(Interruptible step) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    step.run();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
