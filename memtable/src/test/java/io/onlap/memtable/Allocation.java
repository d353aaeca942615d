package io.onlap.memtable;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the heap bytes its thread allocates. Threading: one thread. */
final class Allocation {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long start;

    void start() {
        start = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    long bytesSinceStart() {
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - start;
    }
}
