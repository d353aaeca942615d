package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.SequenceBarrier;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A consumer that looks a moment or naps, and then sleeps, misses nothing, in any state. A nap lasts so long here that
 * nobody who has to wait for its end sees it.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoopWaitTest {
    private static final int SLOTS = 256;

    private LoopWait wait;
    private RingBuffer<int[]> ring;
    private SequenceBarrier barrier;
    private volatile Thread consumer;

    @BeforeEach
    void startWithANapOfAnHour() {
        start(new LoopWait(TimeUnit.HOURS.toNanos(1)));
    }

    private void start(LoopWait fresh) {
        wait = fresh;
        ring = RingBuffer.createMultiProducer(() -> new int[1], SLOTS, wait);
        barrier = ring.newBarrier();
    }

    @Test
    void shouldReturnAtOnceWhatIsThere() throws Exception {
        publish();
        publish();
        assertEquals(1, barrier.waitFor(0));
    }

    @Test
    void shouldWakeASleeperForAPublication() throws Exception {
        wait.expect(0);
        CompletableFuture<Long> consumed = consume(0);
        awaitState(Thread.State.WAITING);
        assertFalse(consumed.isDone());
        publish();
        assertEquals(0, consumed.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldWakeASleeperForAnAlert() throws Exception {
        wait.expect(0);
        CompletableFuture<Long> consumed = consume(0);
        awaitState(Thread.State.WAITING);
        barrier.alert();
        CompletionException ended = assertThrows(CompletionException.class, consumed::join);
        assertTrue(ended.getCause() instanceof AlertException, ended::toString);
    }

    @Test
    void shouldNapThroughPublicationsNobodyWaitsFor() throws Exception {
        CompletableFuture<Long> consumed = consume(0);
        awaitState(Thread.State.TIMED_WAITING);
        publish();
        publish();
        assertEquals(Thread.State.TIMED_WAITING, consumer.getState());
        wait.expect(0);
        assertEquals(1, consumed.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldNapAgainSomeBatchesAfterTheLastWait() throws Exception {
        for (int i = 0; i < 100; i++) {
            publish();
        }
        wait.expect(35);
        CompletableFuture<Long> consumed = consume(100);
        awaitState(Thread.State.TIMED_WAITING);
        publish();
        wait.expect(100);
        assertEquals(100, consumed.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldNotNapSoonAfterAWait() {
        for (int i = 0; i < 100; i++) {
            publish();
        }
        wait.expect(36);
        CompletableFuture<Long> consumed = consume(100);
        awaitState(Thread.State.WAITING);
        publish();
        assertEquals(100, consumed.join());
    }

    @Test
    void shouldSleepWhenNothingCameDuringTheNap() {
        start(new LoopWait(1_000));
        CompletableFuture<Long> consumed = consume(0);
        awaitState(Thread.State.WAITING);
        publish();
        assertEquals(0, consumed.join());
    }

    @Test
    void shouldMissNoPublicationWhateverTheMoment() throws Exception {
        wait.expect(Long.MAX_VALUE);
        for (int round = 0; round < 2_000; round++) {
            long next = ring.getCursor() + 1;
            CompletableFuture<Long> consumed = CompletableFuture.supplyAsync(() -> waitFor(next));
            spin(round * 50L); // around the end of the look, before it, or long after it
            publish();
            assertEquals(next, consumed.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldLetNobodyWaitForTheEndOfANapWhateverTheMoment() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            startWithANapOfAnHour();
            CompletableFuture<Long> consumed = CompletableFuture.supplyAsync(() -> waitFor(0));
            spin(round * 20L); // around the begin of the nap
            publish();
            wait.expect(0);
            assertEquals(0, consumed.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void shouldEndTheMoment() {
        long startNs = System.nanoTime();
        int looks = 0;
        while (Look.goesOn(startNs)) {
            looks++;
        }
        assertFalse(Look.goesOn(startNs), "looks before: " + looks);
    }

    private CompletableFuture<Long> consume(long slot) {
        CompletableFuture<Long> consumed = new CompletableFuture<>();
        consumer = new Thread(() -> {
            try {
                consumed.complete(waitFor(slot));
            } catch (CompletionException e) {
                consumed.completeExceptionally(e.getCause());
            }
        });
        consumer.setDaemon(true);
        consumer.start();
        return consumed;
    }

    /** A slot that is claimed and not yet published ends a wait early, as the processor knows. */
    private long waitFor(long slot) {
        try {
            long available = barrier.waitFor(slot);
            while (available < slot) {
                available = barrier.waitFor(slot);
            }
            return available;
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private void awaitState(Thread.State state) {
        while (consumer.getState() != state) {
            Thread.onSpinWait();
        }
    }

    private static void spin(long nanos) {
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < nanos) {
            Thread.onSpinWait();
        }
    }

    private void publish() {
        ring.publish(ring.next());
    }
}
