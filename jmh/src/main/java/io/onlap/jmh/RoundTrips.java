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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * The way of a put, waited for or not, and nothing else of it: writer → ring → loop → mark → writer. The ring is the
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

    private static final long NAP_NS = 100_000;

    /** Whoever waited for one of so many last slots keeps the loop from napping. */
    private static final long RECENT = 64;

    private static final long WAIT_MILLIS_MAX = 10_000;
    private static final long HIGHEST_NS = TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);

    /**
     * Who looks a moment before sleeping; who does not sleeps at once. All but {@link #NAPPING} are rejected variants of
     * decisions 4 and 5 (docs/adr). Threading: immutable.
     */
    enum Looks {
        NEITHER(false, false),
        WAITER(false, true),
        LOOP(true, false),
        BOTH(true, true),
        /** Both, and each offers its core meanwhile. */
        YIELDING(true, true),
        /** The same, but the loop naps while nobody waits: the engine as it is. */
        NAPPING(true, true);

        private final boolean loop;
        private final boolean waiter;

        Looks(boolean loop, boolean waiter) {
            this.loop = loop;
            this.waiter = waiter;
        }

        private WaitStrategy strategy() {
            if (isYielding()) {
                return new YieldThenSleep(this == NAPPING);
            }
            return loop
                    ? PhasedBackoffWaitStrategy.withLock(PHASE_NS, PHASE_NS, TimeUnit.NANOSECONDS)
                    : new BlockingWaitStrategy();
        }

        private boolean isYielding() {
            return this == YIELDING || this == NAPPING;
        }

        /** Lets a little time pass; false once it is time to sleep. */
        @SuppressWarnings("ThreadPriorityCheck") // what the engine does is measured
        private boolean goesOn(long startNs) {
            long pastNs = System.nanoTime() - startNs;
            if (isYielding() && pastNs >= SPIN_NS) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
            return pastNs < LOOK_NS;
        }
    }

    /**
     * As the engine's write loop waits, with its naps or without them.
     *
     * <p>Threading: the loop waits, the writer signals and expects.
     */
    private static final class YieldThenSleep implements WaitStrategy {
        private final BlockingWaitStrategy sleep = new BlockingWaitStrategy();
        private final boolean naps;
        private final AtomicLong expected = new AtomicLong(Long.MIN_VALUE);
        private volatile Thread napping;

        YieldThenSleep(boolean naps) {
            this.naps = naps;
        }

        private void expect(long sequence) {
            if (naps) {
                if (sequence - RECENT / 4 > expected.get()) {
                    expected.accumulateAndGet(sequence, Math::max);
                }
                Thread napper = napping;
                if (napper != null) {
                    LockSupport.unpark(napper);
                }
            }
        }

        @Override
        public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
                throws AlertException, InterruptedException {
            long available = dependent.get();
            if (available < sequence) {
                available = naps && !isExpectedBefore(sequence)
                        ? nap(sequence, dependent)
                        : look(sequence, dependent, barrier);
            }
            return available >= sequence ? available : sleep.waitFor(sequence, cursor, dependent, barrier);
        }

        private boolean isExpectedBefore(long sequence) {
            return expected.get() >= sequence - RECENT;
        }

        private long nap(long sequence, Sequence dependent) {
            napping = Thread.currentThread();
            if (!isExpectedBefore(sequence)) {
                LockSupport.parkNanos(NAP_NS);
            }
            napping = null;
            return dependent.get();
        }

        private static long look(long sequence, Sequence dependent, SequenceBarrier barrier) throws AlertException {
            long startNs = System.nanoTime();
            long available = dependent.get();
            while (available < sequence && Looks.YIELDING.goesOn(startNs)) {
                barrier.checkAlert();
                available = dependent.get();
            }
            return available;
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
    private final WaitStrategy strategy;
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
        this.strategy = looks.strategy();
        this.ring = RingBuffer.createMultiProducer(
                Object::new, EngineSettings.defaults().ringSlots(), strategy);
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

    /**
     * Slots published at a fixed rate for a while, and waited for by nobody until all are.
     *
     * @param periodNs from one to the next; the writer spins meanwhile, as if it worked
     * @return one value per publishing, each from when it was due
     */
    Outcome runUnwaited(long durationNs, long periodNs) throws InterruptedException {
        Histogram nanos = new Histogram(HIGHEST_NS, 3);
        long loopStart = threads.getThreadCpuTime(loop.getId());
        long start = System.nanoTime();
        long last = -1;
        for (long due = start; due < start + durationNs; due += periodNs) {
            while (System.nanoTime() < due) {
                Thread.onSpinWait();
            }
            last = ring.next();
            ring.publish(last);
            nanos.recordValue(Math.min(System.nanoTime() - due, HIGHEST_NS));
        }
        double loopNanos = (threads.getThreadCpuTime(loop.getId()) - loopStart) / (double) nanos.getTotalCount();
        double roundsPerSecond = nanos.getTotalCount() * 1e9 / (System.nanoTime() - start);
        sleepUntil(last);
        return new Outcome(nanos, roundsPerSecond, loopNanos);
    }

    /** Publishes a slot and waits until the loop acknowledges it; returns its sequence. */
    long once() throws InterruptedException {
        long sequence = ring.next();
        ring.publish(sequence);
        if (strategy instanceof YieldThenSleep yielding) {
            yielding.expect(sequence);
        }
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
