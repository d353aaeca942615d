package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** One move of the mark wakes everybody it satisfies, and nobody else; a failure wakes all. */
class WatermarkTest {
    private static final int WAITERS = 8;
    /** Far beyond the test's own limit: who is not woken makes it fail. */
    private static final long FOREVER_MILLIS = 3_600_000;

    private final Poison poison = new Poison();
    private final Watermark mark = new Watermark("mark", 0, poison, Runnable::run);
    private final List<Thread> threads = new ArrayList<>();

    /** Those who sleep until the mark is at {@code value}; they do already when this returns. */
    private List<CompletableFuture<Boolean>> sleepers(long value) {
        List<CompletableFuture<Boolean>> sleepers = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            CompletableFuture<Boolean> end = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    end.complete(mark.reaches(value, FOREVER_MILLIS));
                } catch (RuntimeException | Error failure) {
                    end.completeExceptionally(failure);
                }
            });
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
            sleepers.add(end);
        }
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        return sleepers;
    }

    private List<CompletableFuture<Long>> futures(long value) {
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            futures.add(mark.reached(value));
        }
        return futures;
    }

    @Test
    void shouldWakeEveryWaiterOfOneMove() {
        List<CompletableFuture<Boolean>> sleepers = sleepers(2);
        List<CompletableFuture<Long>> futures = futures(2);
        List<CompletableFuture<Long>> later = futures(3);
        mark.advance(1);
        sleepers.forEach(end -> assertFalse(end.isDone()));
        futures.forEach(end -> assertFalse(end.isDone()));
        mark.advance(2);
        sleepers.forEach(end -> assertTrue(end.join()));
        futures.forEach(end -> assertEquals(2, end.join()));
        later.forEach(end -> assertFalse(end.isDone()));
    }

    @Test
    void shouldWakeEveryWaiterWithTheCauseWhenPoisoned() {
        List<CompletableFuture<Boolean>> sleepers = sleepers(1);
        List<CompletableFuture<Long>> futures = futures(1);
        poison.set(new StorageException(Kind.FATAL, "injected"));
        mark.wake();
        for (List<? extends CompletableFuture<?>> waiters : List.of(sleepers, futures)) {
            for (CompletableFuture<?> end : waiters) {
                CompletionException failure = assertThrows(CompletionException.class, end::join);
                assertEquals("injected", failure.getCause().getMessage());
            }
        }
    }
}
