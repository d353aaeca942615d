package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Memtable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The ring alone: its write loop has neither log nor manifest, so it can take orders but no batch. */
class WriteRingTest {
    private static final EngineSettings SETTINGS =
            EngineSettings.defaults().withRing(2, 64).withStallTimeout(Duration.ZERO);

    private final Poison poison = new Poison();
    private final UnsafeBuffer batch = new UnsafeBuffer(new byte[16]);
    private BufferAllocator allocator;
    private Memtable active;
    private WriteRing ring;

    @BeforeEach
    void setUp() {
        allocator = new RootAllocator();
        active = new Memtable(1, allocator);
        ring = ring(SETTINGS, new LoopWait());
    }

    private WriteRing ring(EngineSettings settings, LoopWait wait) {
        FullDisk fullDisk = new FullDisk();
        RowMemory memory = new RowMemory();
        MemoryBudget budget = new MemoryBudget(memory, poison, fullDisk, settings);
        Watermark mark = new Watermark("mark", 0, poison, Runnable::run);
        OwnerParts parts = new OwnerParts(
                Env.system(), settings, null, null, 1, memory, budget, poison, mark, mark, mark, null, fullDisk);
        BatchBuffers buffers = new BatchBuffers();
        return new WriteRing(new WriteLoop(parts, null, active, 1, buffers, null, () -> {}), buffers, parts, wait);
    }

    @AfterEach
    void tearDown() {
        active.release();
        allocator.close();
    }

    @Test
    void shouldNeitherWaitNorFailWhenAskedForASealWithAFullRing() {
        ring.publish(batch, 16);
        ring.publish(batch, 16);
        assertEquals(
                Kind.BUSY,
                assertThrows(StorageException.class, () -> ring.publish(batch, 16))
                        .kind());
        ring.askForSeal();
        ring.askForSeal();
    }

    /** The loop fails at the first batch it takes, and that is how we hear that it took it. */
    @Test
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void shouldEndTheNapOfTheLoopForWhoeverWaitsForABatch() {
        ring = ring(SETTINGS, new LoopWait(TimeUnit.HOURS.toNanos(1)));
        ring.start();
        awaitNap();
        ring.expect(ring.publish(batch, 16));
        while (!poison.isSet()) {
            Thread.onSpinWait();
        }
        ring.stop();
    }

    @Test
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void shouldEndTheNapOfTheLoopForASeal() {
        ring = ring(SETTINGS, new LoopWait(TimeUnit.HOURS.toNanos(1)));
        ring.start();
        awaitNap();
        assertEquals(0, Futures.join(ring.seal()));
        ring.stop();
    }

    /** The loop fails at the first batch it takes, and that is how the writer hears of it. */
    @Test
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void shouldEndTheNapOfTheLoopForAWriterThatWaitsForASlot() {
        ring = ring(SETTINGS.withStallTimeout(Duration.ofSeconds(5)), new LoopWait(TimeUnit.HOURS.toNanos(1)));
        ring.start();
        awaitNap();
        ring.publish(batch, 16);
        ring.publish(batch, 16);
        assertEquals(
                Kind.FATAL,
                assertThrows(StorageException.class, () -> ring.publish(batch, 16))
                        .kind());
        ring.stop();
    }

    private static void awaitNap() {
        while (Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread ->
                        thread.getName().equals("onlap-write") && thread.getState() == Thread.State.TIMED_WAITING)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldAskNothingOfAPoisonedRing() {
        poison.set(new StorageException(Kind.FATAL, "injected"));
        ring.askForSeal();
    }

    @Test
    void shouldEndAnOrderThatComesAfterTheStop() throws Exception {
        ring.start();
        ring.stop();
        CompletableFuture<Long> sealed = ring.seal();
        StorageException refused =
                assertThrows(StorageException.class, () -> Futures.join(sealed.orTimeout(30, TimeUnit.SECONDS)));
        assertEquals(Kind.CLOSED, refused.kind(), refused::getMessage);
    }
}
