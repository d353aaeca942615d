package io.onlap.memtable;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts who uses something and frees it after the last one: starts at one use.
 *
 * <p>Threading: any thread; {@code free} runs once, on the thread that releases last.
 */
final class Lifetime {
    private final AtomicInteger uses = new AtomicInteger(1);
    private final Runnable free;

    Lifetime(Runnable free) {
        this.free = free;
    }

    /** One use more; false if it was freed already. */
    boolean retain() {
        int current = uses.get();
        while (current > 0) {
            if (uses.compareAndSet(current, current + 1)) {
                return true;
            }
            current = uses.get();
        }
        return false;
    }

    void release() {
        int left = uses.decrementAndGet();
        if (left == 0) {
            free.run();
        } else if (left < 0) {
            throw ColumnValue.invalid("released more often than retained: uses=" + left);
        }
    }

    boolean isFreed() {
        return uses.get() <= 0;
    }
}
