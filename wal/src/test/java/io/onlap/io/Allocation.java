package io.onlap.io;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Counts the heap bytes that work allocates on its own thread.
 *
 * <p>Code that is not compiled yet allocates what compiled code does not, and on a busy machine the compiler comes late. So
 * the work is done round after round and the least of them counts: what is allocated for each row or append is in every
 * round.
 *
 * <p>Threading: one thread.
 */
public final class Allocation {
    private Allocation() {}

    /** Bytes of the round that allocated least. */
    public static long leastBytes(int rounds, Runnable round) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < rounds; i++) {
            long before = threads.getThreadAllocatedBytes(thread);
            round.run();
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        return least;
    }
}
