package io.onlap;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How the write loop waits for the next batch.
 *
 * <pre>
 *   somebody waits for an acknowledgement:  look a moment ─┐
 *   nobody does:                            nap            ├─ nothing came: sleep until a writer wakes it
 * </pre>
 *
 * <p>Who waits for one acknowledgement hands in the next batch soon, and the look saves both a sleep. Who does not wait
 * loses nothing by a nap, in which batches gather to a group: the loop then needs a tenth of a core instead of a whole one,
 * which the flush can use (docs/adr, decisions 4 and 5). Somebody waits if one of the last {@value #RECENT_SLOTS} batches was
 * waited for. An idle engine sleeps.
 *
 * <p>The Disruptor's own {@code PhasedBackoffWaitStrategy} is not this one: it looks at its clock every 10,000 tries, so it
 * never yields within such a moment.
 *
 * <p>Invariants: no publication and no alert is slept through; sleeping is {@link BlockingWaitStrategy}'s. Nobody's wait
 * lasts as long as a nap: a waiter writes what it waits for, then looks whether the loop naps; the loop says that it naps,
 * then looks whether somebody waits: in every order one of them sees the other. Only an alert may wait for the end of a nap.
 *
 * <p>Threading: the write loop waits, any thread signals and expects.
 */
final class LoopWait implements WaitStrategy {
    /** With the 50 µs by which the system lets a timer be late, some fifteen batches at 100,000 a second. */
    private static final long NAP_NS = 100_000;

    /** A few, since a writer's wait may begin when the loop is already through with its batch. */
    private static final int RECENT_SLOTS = 64;

    /** Not each wait is written down: the loop looks there all the time, and the two would fight for the line of cache. */
    private static final int EXPECTED_SLOTS_STEP = 16;

    private final BlockingWaitStrategy sleep = new BlockingWaitStrategy();
    private final long napNs;
    private final AtomicLong expected = new AtomicLong(Long.MIN_VALUE);
    private volatile Thread napping;

    LoopWait() {
        this(NAP_NS);
    }

    LoopWait(long napNs) {
        this.napNs = napNs;
    }

    /** Somebody is going to wait until {@code slot}, which is claimed, is acknowledged, or free again. */
    void expect(long slot) {
        if (slot - EXPECTED_SLOTS_STEP > expected.get()) {
            expected.accumulateAndGet(slot, Math::max);
        }
        Thread loop = napping;
        if (loop != null) {
            LockSupport.unpark(loop);
        }
    }

    @Override
    public long waitFor(long slot, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException, InterruptedException {
        long available = dependent.get();
        if (available < slot) {
            available = isExpectedBefore(slot) ? look(slot, dependent, barrier) : nap(slot, dependent);
        }
        return available >= slot ? available : sleep.waitFor(slot, cursor, dependent, barrier);
    }

    private boolean isExpectedBefore(long slot) {
        return expected.get() >= slot - RECENT_SLOTS;
    }

    private static long look(long slot, Sequence dependent, SequenceBarrier barrier) throws AlertException {
        long startNs = System.nanoTime();
        long available = dependent.get();
        while (available < slot && Look.goesOn(startNs)) {
            barrier.checkAlert();
            available = dependent.get();
        }
        return available;
    }

    private long nap(long slot, Sequence dependent) {
        napping = Thread.currentThread();
        if (!isExpectedBefore(slot)) {
            LockSupport.parkNanos(napNs);
        }
        napping = null;
        return dependent.get();
    }

    @Override
    public void signalAllWhenBlocking() {
        sleep.signalAllWhenBlocking();
    }
}
