package io.onlap;

import com.lmax.disruptor.EventHandler;
import io.onlap.io.FailPoint;
import io.onlap.io.FailPoints;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Memtable;
import io.onlap.memtable.SchemaLookup;
import io.onlap.wal.WalWriter;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that writes: append to the log, apply to memory, publish, acknowledge.
 *
 * <pre>
 *   slots → [begin add add …] → commit → apply → publish → still the owner? → acknowledge
 *                 one WAL frame    log     memory   views     epoch word        waiters
 * </pre>
 *
 * <p>Invariants: a batch is in the log before it is in memory, in memory before it is published, published before it is
 * acknowledged. A group of slots is one frame of one generation; a generation is sealed only between groups, so what is
 * sealed is published. Acknowledging comes after reading the epoch word behind a full fence: a successor raises the word
 * before its final scan of the log, so either that scan sees the frame, or this thread sees the word.
 *
 * <p>Failure windows: killed after the append the rows are replayed though nobody was told; any failure between append and
 * acknowledgement poisons, because log and memory may then differ. What was applied is never published. A full disk leaves
 * the log as it was: the loop waits in place until there is room or another owner, the ring fills, and writers and waiters
 * are told DISK_FULL when their time is up.
 *
 * <p>Threading: the ring's consumer thread; {@link #nextSequence} before it starts. Nothing escapes {@link #onEvent}: an
 * exception would end the consumer and hang the writers. Nothing is allocated per row.
 */
final class WriteLoop implements EventHandler<RingSlot> {
    private static final int GROUP_SLOTS_MAX = 1_024;
    private static final long PAUSE_NS_MIN = 1_000_000;
    private static final long PAUSE_NS_MAX = 500_000_000;

    private final OwnerParts parts;
    private final FailPoints failPoints;
    private final WalWriter wal;
    private final RowMemory memory;
    private final MemoryBudget budget;
    private final BatchBuffers buffers;
    private final SchemaLookup schemas;
    private final Memtables memtables;
    private final EngineSettings settings;
    private final Poison poison;
    private final FullDisk fullDisk;
    private final Watermark acknowledged;
    private final Runnable onFailureOrSeal;
    private final RingSlot[] group = new RingSlot[GROUP_SLOTS_MAX];

    private Memtable active;
    private int groupSlots;
    private long groupFirstSequence;
    private final long firstSequence;
    private volatile long activeSinceNs;
    private boolean stopped;
    private volatile boolean givesUp;

    WriteLoop(
            OwnerParts parts,
            WalWriter wal,
            Memtable active,
            long nextSequence,
            BatchBuffers buffers,
            Memtables memtables,
            Runnable onFailureOrSeal) {
        this.parts = parts;
        this.failPoints = parts.env().failPoints();
        this.wal = wal;
        this.memory = parts.memory();
        this.budget = parts.budget();
        this.schemas = parts.schemas();
        this.settings = parts.settings();
        this.poison = parts.poison();
        this.fullDisk = parts.fullDisk();
        this.acknowledged = parts.acknowledged();
        this.active = active;
        this.firstSequence = nextSequence;
        this.buffers = buffers;
        this.memtables = memtables;
        this.onFailureOrSeal = onFailureOrSeal;
    }

    /** Sequence of the ring's first slot. */
    long nextSequence() {
        return firstSequence;
    }

    /** When the active generation got its first row, {@link System#nanoTime}; 0 while it has none. */
    long activeSinceNs() {
        return activeSinceNs;
    }

    @Override
    public void onEvent(RingSlot slot, long ringSequence, boolean endOfBatch) {
        try {
            if (poison.isSet() || stopped) {
                refuse(slot);
            } else {
                take(slot, firstSequence + ringSequence);
                if (endOfBatch) {
                    commitGroup();
                }
            }
        } catch (Throwable failure) {
            fail(failure);
            refuse(slot);
        }
    }

    private void take(RingSlot slot, long sequence) {
        if (slot.order() != RingSlot.Order.WRITE) {
            commitGroup();
            carryOut(slot);
            return;
        }
        if (groupSlots == GROUP_SLOTS_MAX || (groupSlots > 0 && !continuesGroup(slot, sequence))) {
            commitGroup();
        }
        append(slot, sequence);
        group[groupSlots++] = slot;
    }

    /** Adds the batch to the frame in hand, or begins one with it; waits in place while the disk has no room. */
    private void append(RingSlot slot, long sequence) {
        long pauseNs = PAUSE_NS_MIN;
        while (true) {
            try {
                if (groupSlots == 0) {
                    wal.begin(sequence);
                    groupFirstSequence = sequence;
                }
                wal.add(slot.batch(), 0, slot.length());
                foundRoom();
                return;
            } catch (StorageException e) {
                if (e.kind() == Kind.DISK_FULL && groupSlots > 0) {
                    commitGroup(); // has its room already, and need not wait for that of others
                } else {
                    wal.rollback();
                    pauseNs = awaitRoom(e, pauseNs);
                }
            }
        }
    }

    /** The log is as before such a failure, and the batches behind this one wait in the ring: nothing is out of order. */
    private long awaitRoom(StorageException failure, long pauseNs) {
        if (failure.kind() != Kind.DISK_FULL || givesUp || poison.isSet()) {
            throw failure;
        }
        parts.checkOwner(); // else a former owner's waiters would hear of its disk, and never of its successor
        fullDisk.appendWaits(failure);
        LockSupport.parkNanos(pauseNs);
        return Math.min(PAUSE_NS_MAX, pauseNs * 2);
    }

    private void foundRoom() {
        if (fullDisk.isAppendWaiting()) {
            fullDisk.appendWaits(null);
        }
    }

    /** From now on a full disk is a failure: the engine closes, and nobody can be waited for. Any thread. */
    void giveUpWaiting() {
        givesUp = true;
    }

    private boolean continuesGroup(RingSlot slot, long sequence) {
        return sequence == groupFirstSequence + groupSlots && wal.fits(slot.length());
    }

    private void commitGroup() {
        if (groupSlots == 0) {
            return;
        }
        wal.commit();
        for (int i = 0; i < groupSlots; i++) {
            RingSlot slot = group[i];
            active.apply(groupFirstSequence + i, slot.batch(), 0, slot.length(), schemas);
            release(slot);
        }
        long last = groupFirstSequence + groupSlots - 1;
        groupSlots = 0;
        failPoints.reach(FailPoint.APPLIED_BEFORE_PUBLISH);
        memory.publish(last);
        failPoints.reach(FailPoint.PUBLISHED_BEFORE_ACK);
        parts.checkOwner();
        acknowledged.advance(last);
        afterGroup();
    }

    private void afterGroup() {
        if (activeSinceNs == 0) {
            activeSinceNs = System.nanoTime();
        }
        if (active.bytes() >= settings.generationBytes()
                || active.rows() >= settings.generationRows()
                || wal.segmentBytes() >= settings.generationBytes()
                || budget.wantsSeal(active.bytes())) {
            seal();
        }
        budget.update();
    }

    private void carryOut(RingSlot slot) {
        if (slot.order() == RingSlot.Order.SEAL && active.rows() > 0) {
            seal();
        }
        stopped = slot.order() == RingSlot.Order.STOP;
        slot.done().complete(active.generation() - 1);
        slot.clear();
    }

    /** The log rolls first: a frame of the new generation must never lie in the old one's segment. */
    private void seal() {
        long next = active.generation() + 1;
        failPoints.reach(FailPoint.SEAL_BEFORE_ROLL);
        roll(next);
        failPoints.reach(FailPoint.SEAL_AFTER_ROLL);
        active = memtables.after(active);
        memory.seal(active);
        activeSinceNs = 0;
        budget.update();
        onFailureOrSeal.run();
    }

    private void roll(long next) {
        long pauseNs = PAUSE_NS_MIN;
        while (true) {
            try {
                wal.roll(next);
                foundRoom();
                return;
            } catch (StorageException e) {
                pauseNs = awaitRoom(e, pauseNs);
            }
        }
    }

    private void release(RingSlot slot) {
        byte[] brought = slot.brought();
        if (brought != null) {
            budget.land(slot.length());
            buffers.giveBack(brought);
            slot.clear();
        }
    }

    private void refuse(RingSlot slot) {
        if (slot.order() == RingSlot.Order.WRITE) {
            release(slot);
        } else {
            StorageException cause = poison.cause();
            slot.done()
                    .completeExceptionally(
                            cause == null ? new StorageException(Kind.CLOSED, "engine closed") : cause.again());
            slot.clear();
        }
    }

    /** Poisons, and wakes everybody who waits for something this thread will never do again. */
    private void fail(Throwable failure) {
        poison.set(failure);
        for (int i = 0; i < groupSlots; i++) {
            release(group[i]);
        }
        groupSlots = 0;
        onFailureOrSeal.run();
    }
}
