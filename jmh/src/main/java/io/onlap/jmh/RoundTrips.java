package io.onlap.jmh;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.PhasedBackoffWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import io.onlap.EngineSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The way of a put that is waited for, and nothing else of it: writer → ring → loop → mark → writer. The ring is the
 * engine's (as many slots, several producers), the mark and the wait for it are as in the engine's watermark, but a slot
 * carries nothing and the loop does nothing: what is measured is how the two threads find each other.
 *
 * <p>Invariant: the mark is written, then waiters are looked for; a waiter registers, then looks at the mark: in every order
 * one of the two sees the other.
 *
 * <p>Threading: one thread at a time writes and waits; the loop is a thread of this object.
 */
final class RoundTrips implements AutoCloseable {
    /** How long who looks does so before it sleeps. */
    private static final long LOOK_NS = 20_000;

    /** The same for the loop, as the strategy of the Disruptor takes it: half of it spinning, half of it yielding. */
    private static final long PHASE_NS = LOOK_NS / 2;

    /** Who yields spins so long before. */
    private static final long SPIN_NS = 1_000;

    private static final long WAIT_MILLIS_MAX = 10_000;
    private static final long HIGHEST_NS = TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);

    /**
     * Who looks a moment before sleeping; who does not sleeps at once. All but {@link #YIELDING} are rejected variants of
     * decision 4 (docs/adr). Threading: immutable.
     */
    enum Looks {
        NEITHER(false, false),
        WAITER(false, true),
        LOOP(true, false),
        BOTH(true, true),
        /** Both, and each offers its core meanwhile: the engine as it is. */
        YIELDING(true, true);

        private final boolean loop;
        private final boolean waiter;

        Looks(boolean loop, boolean waiter) {
            this.loop = loop;
            this.waiter = waiter;
        }

        private WaitStrategy strategy() {
            if (this == YIELDING) {
                return new YieldThenSleep();
            }
            return loop
                    ? PhasedBackoffWaitStrategy.withLock(PHASE_NS, PHASE_NS, TimeUnit.NANOSECONDS)
                    : new BlockingWaitStrategy();
        }

        /** Lets a little time pass; false once it is time to sleep. */
        @SuppressWarnings("ThreadPriorityCheck") // what the engine does is measured
        private boolean goesOn(long startNs) {
            long pastNs = System.nanoTime() - startNs;
            if (this == YIELDING && pastNs >= SPIN_NS) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
            return pastNs < LOOK_NS;
        }
    }

    /**
     * As the engine's write loop waits.
     *
     * <p>Threading: the loop waits, the writer signals.
     */
    private static final class YieldThenSleep implements WaitStrategy {
        private final BlockingWaitStrategy sleep = new BlockingWaitStrategy();

        @Override
        public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
                throws AlertException, InterruptedException {
            long startNs = System.nanoTime();
            long available = dependent.get();
            while (available < sequence && Looks.YIELDING.goesOn(startNs)) {
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

    /**
     * What came out.
     *
     * @param nanos one value per round trip
     * @param roundsPerSecond pauses included
     * @param loopNanos processor time of the loop per round trip
     */
    record Outcome(Histogram nanos, double roundsPerSecond, double loopNanos) {
        double micros(double percentile) {
            return nanos.getValueAtPercentile(percentile) / 1e3;
        }
    }

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Looks looks;
    private final RingBuffer<Object> ring;
    private final BatchEventProcessor<Object> processor;
    private final Thread loop;
    private volatile long mark = -1;
    private volatile int waiters;

    /**
     * Starts the loop.
     *
     * @param start runs once in the loop's thread, before all else
     * @param beforeMark what the loop does before it moves the mark
     */
    RoundTrips(Looks looks, Runnable start, Runnable beforeMark) {
        this.looks = looks;
        this.ring = RingBuffer.createMultiProducer(
                Object::new, EngineSettings.defaults().ringSlots(), looks.strategy());
        this.processor = new BatchEventProcessorBuilder().build(ring, ring.newBarrier(), (slot, sequence, isLast) -> {
            if (isLast) {
                beforeMark.run();
                advance(sequence);
            }
        });
        ring.addGatingSequences(processor.getSequence());
        this.loop = new Thread(
                () -> {
                    start.run();
                    processor.run();
                },
                "round-trips-" + looks);
        loop.setDaemon(true);
        loop.start();
    }

    private void advance(long sequence) {
        mark = sequence;
        if (waiters > 0) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /**
     * One round trip after the other for a while.
     *
     * @param pauseNs from the end of one to the begin of the next; the writer spins meanwhile, as if it worked
     */
    Outcome run(long durationNs, long pauseNs) throws InterruptedException {
        Histogram nanos = new Histogram(HIGHEST_NS, 3);
        long loopStart = threads.getThreadCpuTime(loop.getId());
        long start = System.nanoTime();
        long end = start;
        while (end - start < durationNs) {
            long begin = System.nanoTime();
            while (begin - end < pauseNs) {
                Thread.onSpinWait();
                begin = System.nanoTime();
            }
            once();
            end = System.nanoTime();
            nanos.recordValue(Math.min(end - begin, HIGHEST_NS));
        }
        long rounds = nanos.getTotalCount();
        double loopNanos = (threads.getThreadCpuTime(loop.getId()) - loopStart) / (double) rounds;
        return new Outcome(nanos, rounds * 1e9 / (end - start), loopNanos);
    }

    /** Publishes a slot and waits until the loop acknowledges it; returns its sequence. */
    long once() throws InterruptedException {
        long sequence = ring.next();
        ring.publish(sequence);
        if (!looks.waiter || !isReachedAtOnce(sequence)) {
            sleepUntil(sequence);
        }
        return sequence;
    }

    private boolean isReachedAtOnce(long sequence) {
        long startNs = System.nanoTime();
        boolean goesOn = true;
        while (mark < sequence && goesOn) {
            goesOn = looks.goesOn(startNs);
        }
        return mark >= sequence;
    }

    private synchronized void sleepUntil(long sequence) throws InterruptedException {
        long deadline = System.nanoTime() + HIGHEST_NS;
        waiters++;
        try {
            while (mark < sequence) {
                wait(WAIT_MILLIS_MAX);
                if (System.nanoTime() - deadline >= 0) { // even if the mark is there by now: nobody woke us
                    throw new IllegalStateException("not woken: sequence=" + sequence + ", mark=" + mark);
                }
            }
        } finally {
            waiters--;
        }
    }

    @Override
    public void close() {
        processor.halt();
        try {
            loop.join(WAIT_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
