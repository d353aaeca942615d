package io.onlap;

import io.onlap.wal.Wal;
import io.onlap.wal.WalForcer;

/**
 * Forces the log when somebody waits for it, one force for all who wait; and cuts it behind each flush.
 *
 * <p>Where nobody waits for power loss only the first frame of each segment is forced: the rest of a segment is flushed to
 * files, and its log file used again, mostly before the kernel has written it at all.
 *
 * <p>Invariant: the durable mark moves only after every segment up to it was forced, oldest first, or is flushed, and the
 * epoch word still names this owner. A failed force poisons and is never tried again: the kernel may have dropped the
 * pages and report success the next time. The log is cut only below a generation whose record is durable, after the
 * oldest segment that stays was forced, since it says where the older owners' directories end. No more than
 * {@link #SEGMENTS_MAX} segments are open: with more, those that are flushed are let go, the others forced and closed, and
 * the write loop waits for that before its next append. It waits for this thread and the disk alone, never for a flush.
 *
 * <p>Threading: its own thread; any thread asks.
 */
final class ForceThread implements Runnable {
    /** More than the generations that wait for their flush, unless they are tiny. */
    static final int SEGMENTS_MAX = 16;

    private static final long WAIT_MILLIS = 20;

    private final OwnerParts parts;
    private final Wal wal;
    private final WalForcer forcer;
    private final Thread thread;
    private long wanted;
    private long flushedGeneration;
    private boolean begun;
    private boolean stopping;

    ForceThread(OwnerParts parts, Wal wal) {
        this.parts = parts;
        this.wal = wal;
        this.forcer = wal.forcer();
        this.thread = new Thread(this, "onlap-force");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Asks for a force that covers {@code sequence}, which is acknowledged. */
    synchronized void want(long sequence) {
        if (sequence > wanted) {
            wanted = sequence;
            notifyAll();
        }
    }

    /** Has the log cut: everything up to {@code generation} is in segment files, and the record of that is durable. */
    synchronized void cutBehind(long generation) {
        flushedGeneration = generation;
        notifyAll();
    }

    /** A segment was begun: its first frame is forced at once, while little else of it is there to be forced with it. */
    synchronized void segmentBegun() {
        begun = true;
        notifyAll();
    }

    /** Waits while too many segments are open, or until the engine ends. Write loop, behind {@link #segmentBegun}. */
    synchronized void awaitRoom() {
        boolean interrupted = false;
        while (forcer.openSegments() > SEGMENTS_MAX && !parts.poison().isSet()) {
            try {
                wait(WAIT_MILLIS); // whoever poisons does not wake us
            } catch (InterruptedException e) {
                interrupted = true; // nobody of ours does that, and an append must not come before the room
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the thread after what it was asked for. */
    void stop() throws InterruptedException {
        synchronized (this) {
            stopping = true;
            notifyAll();
        }
        thread.join();
    }

    @Override
    public void run() {
        try {
            while (awaitWork()) {
                long flushed = takeFlushed();
                long covered = forcer.releaseThrough(flushed);
                if (isForceWanted() || forcer.openSegments() > SEGMENTS_MAX) {
                    covered = forcer.force();
                } else {
                    forcer.forceStart();
                }
                parts.checkOwner();
                parts.durable().advance(covered);
                if (flushed > 0) {
                    wal.truncateBefore(flushed + 1);
                }
                tellRoom();
            }
        } catch (Throwable failure) {
            parts.poison().set(failure);
            parts.wakeWaiters();
        }
    }

    /** False when it is time to stop. */
    private synchronized boolean awaitWork() throws InterruptedException {
        while (!hasWork() && !stopping && !parts.poison().isSet()) {
            wait();
        }
        return hasWork() && !parts.poison().isSet();
    }

    private synchronized void tellRoom() {
        notifyAll();
    }

    private boolean hasWork() {
        return begun || flushedGeneration > 0 || isForceWanted();
    }

    private synchronized boolean isForceWanted() {
        return wanted > parts.durable().get();
    }

    private synchronized long takeFlushed() {
        long flushed = flushedGeneration;
        flushedGeneration = 0;
        begun = false;
        return flushed;
    }
}
