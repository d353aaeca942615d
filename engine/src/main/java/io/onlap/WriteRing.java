package io.onlap;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The way of batches from any number of writers to the one write loop, in the order of their sequences.
 *
 * <p>A batch is encoded before a slot is claimed: code of the user never runs while the ring waits for a slot, and a
 * refused row leaves no hole. A full ring makes the writer wait with short parks, looking at the poison each time, so it
 * never hangs behind a write loop that has stopped.
 *
 * <p>Threading: any thread publishes; {@link #start} and {@link #stop} belong to the engine.
 */
final class WriteRing {
    private static final long PARK_NS_MIN = 1_000;
    private static final long PARK_NS_MAX = 200_000;

    private final LoopWait wait;
    private final RingBuffer<RingSlot> ring;
    private final BatchEventProcessor<RingSlot> processor;
    private final Thread thread;
    private final BatchBuffers buffers;
    private final MemoryBudget budget;
    private final Poison poison;
    private final FullDisk fullDisk;
    private final WriteLoop loop;
    private final long sequenceBase;
    private final int slotBytes;
    private final long timeoutMillis;
    private volatile boolean ended;
    private final AtomicBoolean sealAsked = new AtomicBoolean();
    private final Runnable sealForRoom = this::askForSeal;

    /** @param loop its {@code nextSequence} is the sequence of the first batch */
    WriteRing(WriteLoop loop, BatchBuffers buffers, OwnerParts parts) {
        this(loop, buffers, parts, new LoopWait());
    }

    WriteRing(WriteLoop loop, BatchBuffers buffers, OwnerParts parts, LoopWait wait) {
        EngineSettings settings = parts.settings();
        this.wait = wait;
        this.loop = loop;
        this.buffers = buffers;
        this.budget = parts.budget();
        this.poison = parts.poison();
        this.fullDisk = parts.fullDisk();
        this.sequenceBase = loop.nextSequence();
        this.slotBytes = settings.slotBytes();
        this.timeoutMillis = settings.stallTimeout().toMillis();
        byte[] slab = new byte[settings.ringSlots() * slotBytes];
        int[] next = {0};
        this.ring = RingBuffer.createMultiProducer(
                () -> new RingSlot(new UnsafeBuffer(slab, next[0]++ * slotBytes, slotBytes)),
                settings.ringSlots(),
                wait);
        this.processor = new BatchEventProcessorBuilder().build(ring, ring.newBarrier(), loop);
        ring.addGatingSequences(processor.getSequence());
        this.thread = new Thread(processor, "onlap-write");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /**
     * Hands a batch to the write loop.
     *
     * @param batch the encoded batch, from its start; copied
     * @return its sequence
     * @throws StorageException BUSY when there is no memory or no slot in time, DISK_FULL if that is why, the poison's cause
     */
    long publish(DirectBuffer batch, int length) {
        budget.awaitRoom(sealForRoom);
        return length > slotBytes ? publishBrought(batch, length) : publishCarried(batch, length);
    }

    // From claim to publish nothing may fail, so nothing is allocated: a claimed slot that is never published stops the
    // ring.

    private long publishCarried(DirectBuffer batch, int length) {
        long claimed = claim();
        ring.get(claimed).carry(batch, length);
        ring.publish(claimed);
        return sequenceBase + claimed;
    }

    private long publishBrought(DirectBuffer batch, int length) {
        UnsafeBuffer brought = new UnsafeBuffer(buffers.take(length), 0, length);
        brought.putBytes(0, batch, 0, length);
        budget.takeOff(length);
        long claimed;
        try {
            claimed = claim();
        } catch (RuntimeException | Error e) {
            budget.land(length);
            throw e;
        }
        ring.get(claimed).bring(brought, length);
        ring.publish(claimed);
        return sequenceBase + claimed;
    }

    /** Somebody is going to wait until the batch {@code sequence} is acknowledged: the write loop does not nap meanwhile. */
    void expect(long sequence) {
        wait.expect(sequence - sequenceBase);
    }

    /** Has the active generation sealed; completes with the newest sealed generation once that is published. */
    CompletableFuture<Long> seal() {
        return give(RingSlot.Order.SEAL);
    }

    /** Lets the write loop finish every batch published before, then ends its thread. */
    void stop() {
        try {
            loop.giveUpWaiting();
            LockSupport.unpark(thread);
            if (!poison.isSet()) {
                // Whatever writers may wait: the batches before this one are to be finished, and the loop frees slots
                // or fails.
                CompletableFuture<Long> done = new CompletableFuture<>();
                give(RingSlot.Order.STOP, done, claimWaiting(() -> Long.MAX_VALUE));
                Futures.join(done);
            }
        } finally {
            processor.halt();
            join();
            ended = true;
            refuseLateOrders();
        }
    }

    /** What was published behind the STOP: nobody is left to look at it. */
    private void refuseLateOrders() {
        for (long late = processor.getSequence().get() + 1; late <= ring.getCursor(); late++) {
            if (ring.isAvailable(late) && ring.get(late).done() != null) {
                refuse(ring.get(late).done());
            }
        }
    }

    private CompletableFuture<Long> give(RingSlot.Order order) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        give(order, done, claim());
        return done;
    }

    private void give(RingSlot.Order order, CompletableFuture<Long> done, long claimed) {
        ring.get(claimed).order(order, done);
        ring.publish(claimed);
        wait.expect(claimed);
        // Whoever ends the ring sets the flag, then looks for late orders: in every order one of us sees the other.
        if (ended) {
            refuse(done);
        }
    }

    /** Ends an order that no write loop is left to carry out; nothing if it was carried out. */
    private static void refuse(CompletableFuture<Long> order) {
        order.completeExceptionally(new StorageException(Kind.CLOSED, "engine closed"));
    }

    /**
     * Has the active generation sealed some time soon; one such request at a time is on its way, whoever asks. Never waits
     * and never fails: with a full ring nothing is asked, and whoever still needs it asks again. It is called under the lock
     * of the memory budget, which the write loop needs before it can free a slot.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it: the seal wakes whom it concerns
    void askForSeal() {
        if (!poison.isSet() && sealAsked.compareAndSet(false, true)) {
            CompletableFuture<Long> done = new CompletableFuture<>();
            done.whenComplete((generation, failure) -> sealAsked.set(false));
            try {
                give(RingSlot.Order.SEAL, done, ring.tryNext());
            } catch (InsufficientCapacityException full) {
                sealAsked.set(false);
            }
        }
    }

    private long claim() {
        poison.check();
        try {
            return ring.tryNext();
        } catch (InsufficientCapacityException full) {
            return claimWaiting(() -> fullDisk.limitMillis(timeoutMillis));
        }
    }

    private long claimWaiting(LongSupplier limitMillis) {
        long startNs = System.nanoTime();
        long parkNs = PARK_NS_MIN;
        while (true) {
            poison.check();
            try {
                return ring.tryNext();
            } catch (InsufficientCapacityException full) {
                long waitedMillis = (System.nanoTime() - startNs) / 1_000_000;
                if (waitedMillis >= limitMillis.getAsLong()) {
                    throw fullDisk.timedOut(
                            "write ring full: slots=" + ring.getBufferSize() + ", waitedMillis=" + waitedMillis);
                }
                // The oldest slot is in the way: a nap in which the ring fills would be over too late for a small one.
                wait.expect(ring.getCursor() + 1 - ring.getBufferSize());
                LockSupport.parkNanos(parkNs);
                parkNs = Math.min(PARK_NS_MAX, parkNs * 2);
            }
        }
    }

    private void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
