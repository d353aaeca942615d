package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.memtable.Memtable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

class RowMemoryTest {
    private static final int GENERATIONS = 50_000;

    private final RowMemory memory = new RowMemory();
    private final AtomicLong sealed = new AtomicLong();
    private final AtomicLong dropBegun = new AtomicLong();
    private final AtomicBoolean done = new AtomicBoolean();

    /** A generation is never missing between the one that takes writes and the last that was dropped. */
    @Test
    void shouldHoldEachGenerationAtEveryInstantFromItsFirstRowToItsDrop() {
        try (BufferAllocator allocator = new RootAllocator()) {
            memory.seal(new Memtable(1, allocator));
            CompletableFuture<Long> reader = CompletableFuture.supplyAsync(this::readUntilDone);
            try {
                for (long next = 2; next <= GENERATIONS && !reader.isDone(); next++) {
                    memory.seal(new Memtable(next, allocator));
                    sealed.set(next - 1);
                    if (next % 3 != 0) { // so that one, two or three are in memory
                        dropUpTo(next - 1 - next % 2);
                    }
                }
            } finally {
                done.set(true);
            }
            assertTrue(reader.join() > 0);
            memory.close();
        }
    }

    private void dropUpTo(long generation) {
        while (dropBegun.get() < generation) {
            dropBegun.incrementAndGet();
            memory.drop(memory.oldestSealed());
        }
    }

    private long readUntilDone() {
        long reads = 0;
        while (!done.get()) {
            long sealedBefore = sealed.get();
            List<Memtable> all = memory.get().all();
            long droppedAfter = dropBegun.get();
            long first = all.get(0).generation();
            assertTrue(first <= droppedAfter + 1, "dropped: " + droppedAfter + ", first in memory: " + first);
            for (int i = 0; i < all.size(); i++) {
                assertEquals(first + i, all.get(i).generation());
            }
            assertTrue(all.get(all.size() - 1).generation() > sealedBefore);
            reads++;
        }
        return reads;
    }
}
