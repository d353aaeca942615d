package io.onlap;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Runs what users hang on to the engine's futures. On the thread that moves a mark, under its lock, a callback that writes
 * or waits would wait for itself.
 *
 * <p>One thread, begun with the first callback, so callbacks run in the order of what they wait for. A fork-join pool,
 * because that one lends another thread while a callback joins a future that only a later callback completes.
 *
 * <p>Threading: any thread hands in, {@link #close} belongs to the engine, and may be called by a callback.
 */
final class Callbacks implements Executor, AutoCloseable {
    private static final long END_MILLIS_MAX = 1_000;

    private final ForkJoinPool pool = new ForkJoinPool(1, Callbacks::newThread, null, true);

    private static ForkJoinWorkerThread newThread(ForkJoinPool pool) {
        ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("onlap-callbacks");
        return thread;
    }

    /** Runs it soon; at once, on the thread of the caller, if the engine is closed: then there is nothing left to stop. */
    @Override
    public void execute(Runnable callback) {
        try {
            pool.execute(callback);
        } catch (RejectedExecutionException closed) {
            callback.run();
        }
    }

    /** Lets what was handed in run, and ends the thread. A callback of a user that does not end is not waited for. */
    @Override
    public void close() {
        pool.shutdown();
        boolean own = Thread.currentThread() instanceof ForkJoinWorkerThread worker && worker.getPool() == pool;
        if (!own) {
            Futures.uninterruptibly(() -> pool.awaitTermination(END_MILLIS_MAX, TimeUnit.MILLISECONDS));
        }
    }
}
