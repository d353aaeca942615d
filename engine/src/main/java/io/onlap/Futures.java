package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

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
