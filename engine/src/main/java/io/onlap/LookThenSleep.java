package io.onlap;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;

/**
 * How the write loop waits for the next batch: it looks a moment, then sleeps until a writer wakes it. An idle engine
 * sleeps.
 *
 * <p>The Disruptor's own {@code PhasedBackoffWaitStrategy} is not this one: it looks at its clock every 10,000 tries, so it
 * never yields within such a moment (docs/adr, decision 4).
 *
 * <p>Invariant: no publication and no alert is slept through; sleeping is {@link BlockingWaitStrategy}'s.
 *
 * <p>Threading: the write loop waits, any thread signals.
 */
final class LookThenSleep implements WaitStrategy {
    private final BlockingWaitStrategy sleep = new BlockingWaitStrategy();

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException, InterruptedException {
        long startNs = System.nanoTime();
        long available = dependent.get();
        while (available < sequence && Look.goesOn(startNs)) {
            barrier.checkAlert();
            available = dependent.get();
        }
        return available >= sequence ? available : sleep.waitFor(sequence, cursor, dependent, barrier);
    }

    @Override
    public void signalAllWhenBlocking() {
        sleep.signalAllWhenBlocking();
    }
}
