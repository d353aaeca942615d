package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Back-pressure: makes writers wait while the generations in memory and the batches on their way exceed the budget. After
 * Lucene's stall control.
 *
 * <p>It cannot dead-lock: a writer waits only while there is something to free, a sealed generation whose flush runs, or
 * rows in the active one, which the first waiter then has sealed. So a budget smaller than an empty memtable lets one
 * batch through at a time instead of stopping for ever. Whoever waits looks again at least every {@link #WAIT_MILLIS}.
 *
 * <p>Threading: any thread. A writer below the budget reads one volatile.
 */
final class MemoryBudget {
    private static final long WAIT_MILLIS = 20;

    private final RowMemory memory;
    private final Poison poison;
    private final FullDisk fullDisk;
    private final long budgetBytes;
    private final long timeoutMillis;
    private final AtomicLong inFlightBytes = new AtomicLong();
    private volatile boolean full;
    private volatile long stalls;
    private volatile long stalledNs;
    private volatile long stalledSinceNs;

    MemoryBudget(RowMemory memory, Poison poison, FullDisk fullDisk, EngineSettings settings) {
        this.memory = memory;
        this.poison = poison;
        this.fullDisk = fullDisk;
        this.budgetBytes = settings.memoryBytes();
        this.timeoutMillis = settings.stallTimeout().toMillis();
    }

    /** Counts a batch that brought its own buffer. */
    void takeOff(int bytes) {
        inFlightBytes.addAndGet(bytes);
    }

    /** The batch is applied: its rows count as the generation's now. */
    void land(int bytes) {
        inFlightBytes.addAndGet(-bytes);
    }

    /** Looks at memory again, after it grew or shrank. Synchronized, so that the last look decides. */
    synchronized void update() {
        boolean now = usedBytes() >= budgetBytes && canFree();
        if (full && !now) {
            notifyAll();
        }
        full = now;
    }

    /** Should the active generation be sealed though it is smaller than a generation may be? So a small budget turns over. */
    boolean wantsSeal(long activeBytes) {
        return activeBytes >= budgetBytes / 2;
    }

    long usedBytes() {
        return memory.bytes() + inFlightBytes.get();
    }

    /** Batches that brought their own buffers and are not applied. */
    long inFlightBytes() {
        return inFlightBytes.get();
    }

    long budgetBytes() {
        return budgetBytes;
    }

    /** How often writers had to wait. */
    long stalls() {
        return stalls;
    }

    /** Total time writers waited, nanoseconds, the running stall included. */
    long stalledNs() {
        long since = stalledSinceNs;
        return stalledNs + (since == 0 ? 0 : System.nanoTime() - since);
    }

    boolean isStalled() {
        return stalledSinceNs != 0;
    }

    /**
     * Returns at once below the budget; else waits until there is room.
     *
     * @param seal asks the write loop to seal the active generation
     * @throws StorageException BUSY when the wait times out, DISK_FULL if that is why there is no room, the poison's cause
     *     if the engine ends first
     */
    void awaitRoom(Runnable seal) {
        if (full) {
            stall(seal, timeoutMillis);
        }
    }

    /**
     * As {@link #awaitRoom}, for a replay: there is nothing to seal, and no writer that could come again later.
     *
     * @throws StorageException BUSY or DISK_FULL when flushes make no room for {@code limitMillis}
     */
    void awaitRoomForReplay(long limitMillis) {
        update();
        if (full) {
            stall(() -> {}, limitMillis);
        }
    }

    private synchronized void stall(Runnable seal, long limitMillis) {
        long startNs = System.nanoTime();
        boolean first = stalledSinceNs == 0;
        if (first) {
            stalledSinceNs = startNs;
            stalls++;
        }
        try {
            update();
            while (full) {
                poison.check();
                if (memory.oldestSealed() == null) {
                    seal.run();
                }
                long waitedMillis = (System.nanoTime() - startNs) / 1_000_000;
                if (waitedMillis >= fullDisk.limitMillis(limitMillis)) {
                    throw fullDisk.timedOut("no memory for writes: usedBytes=" + usedBytes() + ", budgetBytes="
                            + budgetBytes + ", waitedMillis=" + waitedMillis + ", sealedGenerations="
                            + memory.get().sealed().size());
                }
                wait(WAIT_MILLIS);
                update();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(Kind.BUSY, "wait for memory interrupted: usedBytes=" + usedBytes(), e);
        } finally {
            if (first) {
                stalledNs += System.nanoTime() - startNs;
                stalledSinceNs = 0;
            }
        }
    }

    private boolean canFree() {
        Generations now = memory.get();
        return !now.sealed().isEmpty() || (now.active() != null && now.active().rows() > 0);
    }
}
