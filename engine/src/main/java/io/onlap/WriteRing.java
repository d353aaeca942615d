package io.onlap;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
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

    private final RingBuffer<RingSlot> ring;
    private final BatchEventProcessor<RingSlot> processor;
    private final Thread thread;
    private final BatchBuffers buffers;
    private final MemoryBudget budget;
    private final Poison poison;
    private final long sequenceBase;
    private final int slotBytes;
    private final long timeoutNs;
    private final AtomicBoolean sealAsked = new AtomicBoolean();
    private final Runnable sealForRoom = this::askForSeal;

    /** @param loop its {@code nextSequence} is the sequence of the first batch */
    WriteRing(WriteLoop loop, BatchBuffers buffers, MemoryBudget budget, Poison poison, EngineSettings settings) {
        this.buffers = buffers;
        this.budget = budget;
        this.poison = poison;
        this.sequenceBase = loop.nextSequence();
        this.slotBytes = settings.slotBytes();
        this.timeoutNs = settings.stallTimeout().toNanos();
        byte[] slab = new byte[settings.ringSlots() * slotBytes];
        int[] next = {0};
        this.ring = RingBuffer.createMultiProducer(
                () -> new RingSlot(new UnsafeBuffer(slab, next[0]++ * slotBytes, slotBytes)),
                settings.ringSlots(),
                new BlockingWaitStrategy());
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
     * @throws StorageException BUSY when there is no memory or no slot in time, the poison's cause
     */
    long publish(DirectBuffer batch, int length) {
        budget.awaitRoom(sealForRoom);
        byte[] brought = null;
        if (length > slotBytes) {
            brought = buffers.take(length);
            batch.getBytes(0, brought, 0, length);
            budget.takeOff(length);
        }
        long claimed;
        try {
            claimed = claim();
        } catch (StorageException e) {
            if (brought != null) {
                budget.land(length);
            }
            throw e;
        }
        RingSlot slot = ring.get(claimed);
        if (brought == null) {
            slot.carry(batch, length);
        } else {
            slot.bring(brought, length);
        }
        ring.publish(claimed);
        return sequenceBase + claimed;
    }

    /** Has the active generation sealed; completes with the newest sealed generation once that is published. */
    CompletableFuture<Long> seal() {
        return give(RingSlot.Order.SEAL);
    }

    /** Lets the write loop finish every batch published before, then ends its thread. */
    void stop() {
        try {
            if (!poison.isSet()) {
                give(RingSlot.Order.STOP).join();
            }
        } finally {
            processor.halt();
            join();
        }
    }

    private CompletableFuture<Long> give(RingSlot.Order order) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        long claimed = claim();
        ring.get(claimed).order(order, done);
        ring.publish(claimed);
        return done;
    }

    /** Has the active generation sealed some time soon; one such request at a time is on its way, whoever asks. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it: the seal wakes whom it concerns
    void askForSeal() {
        if (sealAsked.compareAndSet(false, true)) {
            seal().whenComplete((generation, failure) -> sealAsked.set(false));
        }
    }

    private long claim() {
        poison.check();
        try {
            return ring.tryNext();
        } catch (InsufficientCapacityException full) {
            return claimWaiting();
        }
    }

    private long claimWaiting() {
        long startNs = System.nanoTime();
        long parkNs = PARK_NS_MIN;
        while (true) {
            poison.check();
            try {
                return ring.tryNext();
            } catch (InsufficientCapacityException full) {
                if (System.nanoTime() - startNs > timeoutNs) {
                    throw new StorageException(
                            Kind.BUSY,
                            "write ring full: slots=" + ring.getBufferSize() + ", waitedMillis="
                                    + timeoutNs / 1_000_000);
                }
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
