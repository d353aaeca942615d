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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A consumer that looks a moment and then sleeps misses nothing, in either state. */
@Timeout(60)
class LookThenSleepTest {
    private final RingBuffer<int[]> ring = RingBuffer.createMultiProducer(() -> new int[1], 8, new LookThenSleep());
    private final SequenceBarrier barrier = ring.newBarrier();
    private volatile Thread consumer;

    @Test
    void shouldReturnAtOnceWhatIsThere() throws Exception {
        publish();
        publish();
        assertEquals(1, barrier.waitFor(0));
    }

    @Test
    void shouldWakeASleeperForAPublication() throws Exception {
        CompletableFuture<Long> consumed = consume();
        awaitAsleep();
        assertFalse(consumed.isDone());
        publish();
        assertEquals(0, consumed.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldWakeASleeperForAnAlert() throws Exception {
        CompletableFuture<Long> consumed = consume();
        awaitAsleep();
        barrier.alert();
        CompletionException ended = assertThrows(CompletionException.class, consumed::join);
        assertTrue(ended.getCause() instanceof AlertException, ended::toString);
    }

    @Test
    void shouldMissNoPublicationWhateverTheMoment() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            long next = ring.getCursor() + 1;
            CompletableFuture<Long> consumed = CompletableFuture.supplyAsync(() -> waitFor(next));
            long startNs = System.nanoTime();
            // Around the end of the look, before it, or long after it.
            while (System.nanoTime() - startNs < round * 50L) {
                Thread.onSpinWait();
            }
            publish();
            assertEquals(next, consumed.get(30, TimeUnit.SECONDS));
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

    private CompletableFuture<Long> consume() {
        CompletableFuture<Long> consumed = new CompletableFuture<>();
        consumer = new Thread(() -> {
            try {
                consumed.complete(waitFor(0));
            } catch (CompletionException e) {
                consumed.completeExceptionally(e.getCause());
            }
        });
        consumer.setDaemon(true);
        consumer.start();
        return consumed;
    }

    /** A slot that is claimed and not yet published ends a wait early, as the processor knows. */
    private long waitFor(long sequence) {
        try {
            long available = barrier.waitFor(sequence);
            while (available < sequence) {
                available = barrier.waitFor(sequence);
            }
            return available;
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private void awaitAsleep() {
        while (consumer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private void publish() {
        ring.publish(ring.next());
    }
}
