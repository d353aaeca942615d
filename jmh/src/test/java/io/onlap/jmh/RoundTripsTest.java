package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.jmh.RoundTrips.Looks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However both sides wait, each round trip ends, and not before the loop has been there. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RoundTripsTest {
    private static final int ROUNDS = 5_000;

    @ParameterizedTest
    @EnumSource(Looks.class)
    void shouldReturnOnlyWhenTheLoopHasBeenThere(Looks looks) throws InterruptedException {
        AtomicLong seen = new AtomicLong();
        try (RoundTrips trips = new RoundTrips(looks, () -> {}, seen::incrementAndGet)) {
            for (int round = 1; round <= ROUNDS; round++) {
                assertEquals(round - 1, trips.once());
                assertEquals(round, seen.get());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Looks.class)
    void shouldWakeTheWaiterWhenItSleeps(Looks looks) throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<Long> done = new CompletableFuture<>();
        try (RoundTrips trips = new RoundTrips(looks, () -> {}, () -> await(gate))) {
            Thread waiter = new Thread(() -> {
                try {
                    done.complete(trips.once());
                } catch (Throwable failure) {
                    done.completeExceptionally(failure);
                }
            });
            waiter.start();
            while (waiter.getState() != Thread.State.TIMED_WAITING && !done.isDone()) {
                Thread.onSpinWait();
            }
            assertFalse(done.isDone(), "acknowledged before the loop was there");
            gate.countDown();
            assertEquals(0, done.get());
        }
    }

    @ParameterizedTest
    @EnumSource(Looks.class)
    void shouldCountEveryRoundTrip(Looks looks) throws InterruptedException {
        AtomicLong seen = new AtomicLong();
        try (RoundTrips trips = new RoundTrips(looks, () -> {}, seen::incrementAndGet)) {
            RoundTrips.Outcome outcome = trips.run(TimeUnit.MILLISECONDS.toNanos(20), 1_000);
            assertEquals(seen.get(), outcome.nanos().getTotalCount());
            assertTrue(outcome.nanos().getTotalCount() > 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Looks.class)
    void shouldBeThroughWithWhatNobodyWaitedFor(Looks looks) throws InterruptedException {
        AtomicLong seen = new AtomicLong();
        try (RoundTrips trips = new RoundTrips(looks, () -> {}, seen::incrementAndGet)) {
            RoundTrips.Outcome outcome = trips.runUnwaited(TimeUnit.MILLISECONDS.toNanos(20), 10_000);
            assertEquals(2_000, outcome.nanos().getTotalCount());
            assertEquals(2_000, trips.once());
            assertTrue(seen.get() > 0 && seen.get() <= 2_001, seen::toString);
        }
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
