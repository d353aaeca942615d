package io.onlap;

import io.onlap.flush.Flusher;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.ManifestState;
import io.onlap.memtable.Memtable;

/**
 * Flushes sealed generations, oldest first, and has an aged active generation sealed.
 *
 * <pre>
 *   oldest sealed → Flusher.flush → drop from memory → flushed mark → cut the log
 * </pre>
 *
 * <p>Invariants: a generation leaves memory only after its record is durable; the next one starts only after that, so
 * generation g+1 never commits before g. A failed flush leaves the generation in every read. A full disk is waited for
 * as long as this is the owner, since space may come back; any other failure is tried again up to {@code flushAttemptsMax}
 * times, then poisons. FENCED poisons at once, and so does a failed force of the manifest.
 *
 * <p>Threading: its own thread; any thread wakes it.
 */
final class FlushThread implements Runnable {
    private static final long IDLE_MILLIS_MAX = 1_000;
    private static final long RETRY_MILLIS = 20;
    private static final long RETRY_MILLIS_MAX = 1_000;

    private final OwnerParts parts;
    private final Flusher flusher;
    private final Thread thread;
    private volatile StorageException lastFailure;
    private volatile WriteLoop loop;
    private volatile WriteRing ring;
    private volatile ForceThread forces;
    private boolean woken;
    private boolean stopping;

    FlushThread(OwnerParts parts, Flusher flusher) {
        this.parts = parts;
        this.flusher = flusher;
        this.thread = new Thread(this, "onlap-flush");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** From now on the log is cut behind each flush and the active generation sealed by age. */
    void attach(WriteLoop writeLoop, WriteRing writeRing, ForceThread forceThread) {
        ring = writeRing;
        forces = forceThread;
        loop = writeLoop;
        wake();
    }

    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** The newest failure of a flush that has not been followed by a success, or null. */
    StorageException lastFailure() {
        return lastFailure;
    }

    /** See {@link Flusher#intentsLeft}. */
    long intentsLeft() {
        return flusher.intentsLeft();
    }

    /** Ends the thread after the flush in hand; what is still sealed stays in the log. */
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
            while (!isStopping()) {
                Memtable oldest = parts.memory().oldestSealed();
                if (oldest == null) {
                    sealIfAged();
                    rest();
                } else {
                    flush(oldest);
                }
            }
        } catch (Throwable failure) {
            parts.poison().set(failure);
            parts.wakeWaiters();
        }
    }

    private void flush(Memtable oldest) throws InterruptedException {
        Flusher.Flushed flushed = flushWithRetries(oldest);
        if (flushed == null) {
            return;
        }
        // Not one of the retries: a force that failed is never tried again and trusted.
        flusher.settle(flushed);
        ManifestState state = flushed.state();
        parts.env().failPoints().reach(FailPoint.FLUSH_BEFORE_DROP);
        parts.memory().drop(oldest);
        parts.budget().update();
        parts.flushed().advance(state.flushedGeneration());
        parts.env().failPoints().reach(FailPoint.FLUSH_BEFORE_TRUNCATE);
        ForceThread cutter = forces;
        if (cutter != null) {
            cutter.cutBehind(state.flushedGeneration());
        }
    }

    /** Null if it is time to stop first. */
    private Flusher.Flushed flushWithRetries(Memtable oldest) throws InterruptedException {
        int attempts = 0;
        long pauseMillis = RETRY_MILLIS;
        while (!isStopping()) {
            try {
                Flusher.Flushed flushed = flusher.flush(oldest);
                lastFailure = null;
                parts.fullDisk().flushWaits(null);
                return flushed;
            } catch (StorageException failure) {
                lastFailure = failure;
                boolean full = failure.kind() == Kind.DISK_FULL;
                parts.fullDisk().flushWaits(full ? failure : null);
                if (full) {
                    parts.checkOwner(); // no commit comes about that would say so
                } else {
                    attempts++;
                }
                if (failure.kind() == Kind.FENCED
                        || failure.kind() == Kind.CORRUPT
                        || attempts >= parts.settings().flushAttemptsMax()) {
                    throw new StorageException(
                            failure.kind(),
                            "flush failed: generation=" + oldest.generation() + ", tables=" + oldest.tableIds()
                                    + ", attempts=" + attempts + ", reason=" + failure.getMessage(),
                            failure);
                }
                pause(pauseMillis);
                pauseMillis = Math.min(RETRY_MILLIS_MAX, pauseMillis * 2);
            }
        }
        return null;
    }

    private void sealIfAged() {
        WriteLoop writeLoop = loop;
        long sinceNs = writeLoop == null ? 0 : writeLoop.activeSinceNs();
        if (sinceNs != 0
                && System.nanoTime() - sinceNs
                        >= parts.settings().generationAge().toNanos()) {
            ring.askForSeal();
        }
    }

    private synchronized boolean isStopping() {
        return stopping || parts.poison().isSet();
    }

    /** Until there may be something to flush, or the active generation may be old enough. */
    private synchronized void rest() throws InterruptedException {
        long millis = Math.min(IDLE_MILLIS_MAX, parts.settings().generationAge().toMillis());
        long deadlineNs = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; !woken && !stopping && left > 0; left = leftMillis(deadlineNs)) {
            wait(left);
        }
        woken = false;
    }

    /** Between two attempts. A seal does not cut it short: a burst of them would use up the attempts at once. */
    private synchronized void pause(long millis) throws InterruptedException {
        long deadlineNs = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; !stopping && !parts.poison().isSet() && left > 0; left = leftMillis(deadlineNs)) {
            wait(left);
        }
    }

    private static long leftMillis(long deadlineNs) {
        return (deadlineNs - System.nanoTime()) / 1_000_000;
    }
}
