package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.Operation;
import io.onlap.manifest.StoreLayout;
import io.onlap.memtable.Memtable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What views share keeps nothing that is gone, and gives nothing back that a view still reads. */
class FootingTest {
    @TempDir
    Path directory;

    private final Env env = Env.system();
    /** One for each reader: the common pool has a single one on two processors. */
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** Reads over generations of their own, beside an empty store. Its end fails if a memtable was kept. */
    private final class Rig implements AutoCloseable {
        private final BufferAllocator allocator = new RootAllocator();
        private final SegmentCache segments = new SegmentCache(env, new StoreLayout(directory), allocator);
        private final RowMemory memory = new RowMemory();
        private final Manifest manifest = Manifest.create(env, directory);
        private final Reads reads = new Reads(memory, manifest, segments, env.failPoints());

        Memtable seal(long generation) {
            Memtable memtable = new Memtable(generation, allocator);
            memory.seal(memtable);
            return memtable;
        }

        @Override
        public void close() {
            segments.close();
            allocator.close();
        }
    }

    @Test
    void shouldShareOneFootingUntilMemoryOrManifestChange() {
        try (Rig rig = new Rig()) {
            RowMemory memory = rig.memory;
            rig.seal(1);
            rig.reads.open().close();
            Footing first = memory.footing();
            rig.reads.open().close();
            assertSame(first, memory.footing());
            rig.seal(2);
            rig.reads.open().close();
            assertNotSame(first, memory.footing());
            assertFalse(first.retain(), "kept without need");
            memory.close();
            assertNull(memory.footing());
        }
    }

    @Test
    void shouldFreeDroppedMemoryAtOnceWhenNoViewIsOpen() {
        try (Rig rig = new Rig()) {
            RowMemory memory = rig.memory;
            Memtable flushed = rig.seal(1);
            rig.seal(2);
            rig.reads.open().close();
            memory.drop(flushed);
            assertFalse(flushed.retain(), "memory of a dropped generation is held for views to come");
            memory.close();
        }
    }

    @Test
    void shouldNotKeepWhatWasDroppedWhileAViewWasBeingOpened() {
        try (Rig rig = new Rig()) {
            RowMemory memory = rig.memory;
            Memtable flushed = rig.seal(1);
            rig.seal(2);
            env.failPoints().arm(FailPoint.VIEW_AFTER_MEMORY, () -> memory.drop(flushed));
            ReadView view = rig.reads.open();
            assertNull(memory.footing());
            assertTrue(flushed.retain(), "freed under an open view");
            flushed.release();
            view.close();
            assertFalse(flushed.retain(), "memory of a dropped generation is held for views to come");
            env.failPoints().arm(FailPoint.VIEW_AFTER_MEMORY, memory::close);
            rig.reads.open().close();
            assertNull(memory.footing(), "kept after close");
        }
    }

    /** With an older one a generation that is flushed and dropped before the view looks at memory would be in neither. */
    @Test
    void shouldTakeTheManifestVersionBehindMemory() {
        try (Rig rig = new Rig()) {
            rig.seal(1);
            env.failPoints()
                    .arm(
                            FailPoint.VIEW_AFTER_MEMORY,
                            () -> rig.manifest.commit(new Operation.CreateTable("t", Rows.SCHEMA)));
            try (ReadView view = rig.reads.open()) {
                assertEquals(1, view.state().version());
            }
            rig.memory.close();
        }
    }

    @Test
    void shouldReadEachGenerationOnceWhenItIsFlushedWhileAViewIsBeingOpened() {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), env)) {
            Table keyless = engine.createTable("log", Rows.KEYLESS);
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, keyless, "x", 1);
            Rows.putNow(engine, table, "a", 1);
            Gate gate = new Gate();
            env.failPoints().arm(FailPoint.VIEW_AFTER_MEMORY, gate);
            CompletableFuture<View> opening = CompletableFuture.supplyAsync(engine::view);
            gate.awaitReached();
            env.failPoints().disarm(FailPoint.VIEW_AFTER_MEMORY);
            engine.flush();
            gate.open();
            try (View view = opening.join()) {
                assertEquals(Map.of("x", 1L), Rows.scan(view.scan(keyless)), "a row without key is doubled or lost");
                assertEquals(1L, view.get(table, "a").orElseThrow().get("n"));
            }
            assertEquals(1L, Rows.get(table, "a"));
        }
    }

    /** Memory that is left over makes the engine's close fail; a read of what is unmapped ends the JVM. */
    @Test
    void shouldReadTheNewestRowsBesideSealsFlushesAndClose() {
        long seed = 42;
        System.out.println("FootingTest seed=" + seed);
        int keys = 50;
        AtomicLongArray acknowledged = new AtomicLongArray(keys);
        AtomicBoolean done = new AtomicBoolean();
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(40), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            List<CompletableFuture<Void>> readers = IntStream.range(0, 3)
                    .mapToObj(reader -> CompletableFuture.runAsync(
                            () -> read(engine, table, acknowledged, new Random(seed + reader), done), threads))
                    .toList();
            Random random = new Random(seed);
            try (Writer writer = engine.writer()) {
                for (int n = 1; n <= 1_500; n++) {
                    int key = random.nextInt(keys);
                    writer.awaitVisible(Rows.put(writer, table, "k" + key, n));
                    acknowledged.set(key, n);
                }
            } finally {
                done.set(true);
            }
            readers.forEach(CompletableFuture::join);
        }
    }

    private static void read(
            Engine engine, Table table, AtomicLongArray acknowledged, Random random, AtomicBoolean done) {
        while (!done.get()) {
            int key = random.nextInt(acknowledged.length());
            long least = acknowledged.get(key);
            Long now = Rows.get(table, "k" + key);
            assertTrue((now == null ? 0 : now) >= least, () -> "acknowledged=" + least + ", read=" + now);
            try (View view = engine.view()) {
                Map<String, Long> all = Rows.scan(view.scan(table));
                Long scanned = all.get("k" + key);
                assertEquals(
                        scanned, view.get(table, "k" + key).map(Rows::number).orElse(null));
            }
        }
    }
}
