package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A number that only grows (a sequence, a generation), and those who wait for it.
 *
 * <p>A waiter looks a moment ({@link Look}), then sleeps.
 *
 * <p>Invariant: a waiter for {@code n} returns once the mark is at least {@code n}, or ends with the poison's cause; it
 * never sleeps through either. The advancing thread writes the mark (volatile), then looks for waiters; a waiter registers
 * (volatile), then looks at the mark: in every order one of them sees the other.
 *
 * <p>Threading: one thread advances, any thread waits. Futures are completed by neither, and under no lock: what hangs on
 * to them is the code of users, who may write and wait in it. An advance without waiters takes no lock.
 */
final class Watermark {
    private final String name;
    private final Poison poison;
    private final Executor callbacks;
    private final PriorityQueue<Pending> pending = new PriorityQueue<>();
    private volatile long mark;
    private volatile int waiters;

    /** @param callbacks completes the futures, and so runs what hangs on to them */
    Watermark(String name, long start, Poison poison, Executor callbacks) {
        this.name = name;
        this.mark = start;
        this.poison = poison;
        this.callbacks = callbacks;
    }

    String name() {
        return name;
    }

    long get() {
        return mark;
    }

    /** Moves the mark to {@code value} and wakes those it satisfies; a smaller value changes nothing. */
    void advance(long value) {
        if (value > mark) {
            mark = value;
            if (waiters > 0) {
                wake();
            }
        }
    }

    /** Lets every waiter look again: at the mark, and at the poison. */
    void wake() {
        StorageException failure = poison.cause();
        List<Pending> ended = new ArrayList<>();
        long reached;
        synchronized (this) {
            reached = mark;
            while (!pending.isEmpty() && (pending.peek().value <= reached || failure != null)) {
                ended.add(pending.poll());
                waiters--;
            }
            notifyAll();
        }
        // Each by itself: one callback may wait for a future that this same move of the mark completes.
        for (Pending one : ended) {
            callbacks.execute(() -> one.end(reached, failure));
        }
    }

    /**
     * Waits until the mark is at least {@code value}, or the time is up.
     *
     * @return false if the mark is not there
     * @throws StorageException BUSY after an interrupt, the poison's cause if the engine ends first
     */
    boolean reaches(long value, long timeoutMillis) {
        if (reachesAtOnce(value)) {
            return true;
        }
        long deadlineNs = System.nanoTime() + timeoutMillis * 1_000_000;
        synchronized (this) {
            waiters++;
            try {
                long leftMillis = timeoutMillis;
                while (mark < value && leftMillis > 0) {
                    poison.check();
                    wait(leftMillis);
                    leftMillis = (deadlineNs - System.nanoTime()) / 1_000_000;
                }
                if (mark < value) {
                    poison.check();
                }
                return mark >= value;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StorageException(Kind.BUSY, "wait interrupted: mark=" + name + ", wanted=" + value, e);
            } finally {
                waiters--;
            }
        }
    }

    private boolean reachesAtOnce(long value) {
        long startNs = System.nanoTime();
        boolean looks = true;
        while (mark < value && !poison.isSet() && looks) {
            looks = Look.goesOn(startNs);
        }
        return mark >= value;
    }

    /** Completes with {@code value} once the mark is there, exceptionally with the poison's cause if the engine ends. */
    CompletableFuture<Long> reached(long value) {
        if (mark >= value) {
            return CompletableFuture.completedFuture(value);
        }
        CompletableFuture<Long> future = new CompletableFuture<>();
        synchronized (this) {
            pending.add(new Pending(value, future));
            waiters++;
        }
        if (mark >= value || poison.isSet()) {
            wake();
        }
        return future;
    }

    /** One future and what it waits for. */
    private record Pending(long value, CompletableFuture<Long> future) implements Comparable<Pending> {
        @Override
        public int compareTo(Pending other) {
            return Long.compare(value, other.value);
        }

        private void end(long reached, StorageException failure) {
            if (value <= reached) {
                future.complete(value);
            } else {
                future.completeExceptionally(failure.again());
            }
        }
    }
}
