package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Files, maps, threads and off-heap memory are given back by close, however the engine ended. The allocator throws at
 * close if memory is in use, so each clean close says that there is none.
 */
class ResourcesTest {
    private static final int CYCLES = Integer.getInteger("onlap.resourceCycles", 80);
    private static final int CYCLES_FIRST = 10;

    @TempDir
    Path directory;

    private final Env env = Env.system();

    @BeforeEach
    void needProc() {
        assumeTrue(Held.isKnown(), "no /proc/self/fd and /proc/self/maps here: what a process holds cannot be seen");
    }

    @Test
    void shouldHoldNoMoreAfterManyCyclesThanAfterTheFirst() throws IOException {
        long descriptors = 0;
        long threads = 0;
        for (int cycle = 1; cycle <= CYCLES; cycle++) {
            int n = cycle;
            try (Engine engine = Engine.open(directory)) {
                Table table = engine.createTable("t", Rows.SCHEMA);
                Rows.putNow(engine, table, "k" + n % 7, n);
                if (n % 2 == 0) {
                    engine.flush();
                }
                Rows.putNow(engine, table, "last", n);
                assertEquals(Math.min(n, 7) + 1, table.count());
                assertEquals(n, Rows.get(table, "last"));
            }
            assertEquals(List.of(), Held.of(directory), "cycle=" + cycle);
            if (cycle == CYCLES_FIRST) {
                descriptors = descriptors();
                threads = Thread.getAllStackTraces().size();
            }
        }
        assertTrue(descriptors() <= descriptors, "descriptors: first=" + descriptors + ", last=" + descriptors());
        long last = Thread.getAllStackTraces().size();
        assertTrue(last <= threads, "threads: first=" + threads + ", last=" + last);
        assertEquals(List.of(), files("intents"), "intents left behind");
        assertEquals(List.of(), files("leases"), "leases left behind");
        assertEquals(1, files("wal").size(), "old log directories left behind");
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private List<Path> files(String name) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(name))) {
            return files.toList();
        }
    }

    @Test
    void shouldKeepMemoryAndMapsFlatOverManyFlushes() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            long allocated = 0;
            int maps = 0;
            for (int flush = 1; flush <= 60; flush++) {
                Rows.putNow(engine, table, "k" + flush, flush);
                engine.flush();
                if (flush == CYCLES_FIRST) {
                    allocated = engine.stats().allocatedBytes();
                    maps = mappedFiles();
                }
            }
            assertTrue(
                    engine.stats().allocatedBytes() <= allocated,
                    "allocated: first=" + allocated + ", last=" + engine.stats().allocatedBytes());
            // Nothing was read, so no segment file is mapped; of the log one or two, for it unmaps on a thread of its
            // own.
            int last = mappedFiles();
            assertTrue(last <= maps + 8, "mapped: first=" + maps + ", last=" + Held.of(directory));
            assertEquals(60, table.count());
        }
        assertEquals(List.of(), Held.of(directory));
    }

    private int mappedFiles() {
        return (int) Held.of(directory).stream()
                .filter(held -> held.startsWith("mapped "))
                .count();
    }

    @ParameterizedTest
    @EnumSource(names = {"WAL_BEFORE_APPEND", "APPLIED_BEFORE_PUBLISH", "SEAL_AFTER_ROLL", "FLUSH_BEFORE_COMMIT"})
    void shouldGiveAllBackAfterPoisonAt(FailPoint point) {
        for (int round = 0; round < 3; round++) {
            env.failPoints().disarm(point);
            Engine engine = Engine.open(directory, EngineSettings.defaults().withFlushAttemptsMax(1), env);
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", round);
            env.failPoints().arm(point, () -> {
                throw new StorageException(Kind.FATAL, "injected");
            });
            assertThrows(StorageException.class, () -> {
                Rows.putNow(engine, table, "b", 1);
                engine.flush();
            });
            StorageException told = assertThrows(StorageException.class, engine::close);
            assertTrue(told.getMessage().contains("injected"), told::getMessage);
            assertEquals(List.of(), List.of(told.getSuppressed()), "memory or files still held");
            assertEquals(List.of(), Held.of(directory), "round=" + round);
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"OPEN_BEFORE_RECORD", "OPEN_AFTER_EPOCH_WORD", "OPEN_AFTER_REPLAYED_GENERATION", "WAL_CREATED"})
    void shouldGiveAllBackWhenAnOpenFailsAt(FailPoint point) {
        try (Engine engine = Engine.open(directory)) {
            Rows.putNow(engine, engine.createTable("t", Rows.SCHEMA), "a", 1);
        }
        env.failPoints().arm(point, () -> {
            throw new StorageException(Kind.FATAL, "injected");
        });
        for (int round = 0; round < 3; round++) {
            StorageException told =
                    assertThrows(StorageException.class, () -> Engine.open(directory, EngineSettings.defaults(), env));
            assertTrue(told.getMessage().contains("injected"), told::getMessage);
            assertEquals(List.of(), List.of(told.getSuppressed()), "memory or files still held");
            assertEquals(List.of(), Held.of(directory), "round=" + round);
        }
        try (Engine engine = Engine.open(directory)) {
            assertEquals(1L, Rows.get(engine.table("t"), "a"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"READER_AFTER_LEASE", "READER_BEFORE_ASKING", "READER_BEFORE_REPLAY", "READER_BEFORE_HEAD"})
    void shouldGiveAllBackWhenAReaderFailsAt(FailPoint point) {
        try (Engine engine = Engine.open(directory)) {
            Rows.putNow(engine, engine.createTable("t", Rows.SCHEMA), "a", 1);
        }
        env.failPoints().arm(point, () -> {
            throw new StorageException(Kind.FATAL, "injected");
        });
        StorageException told = assertThrows(StorageException.class, () -> Engine.openReadOnly(directory, env));
        assertEquals(List.of(), List.of(told.getSuppressed()), "memory or files still held");
        assertEquals(List.of(), Held.of(directory));
    }

    @Test
    void shouldGiveTheRestBackWhenTheDiskIsGoneAtClose() {
        FaultyDisk disk = FaultyDisk.sound();
        Engine engine = Engine.open(directory, EngineSettings.defaults(), disk.env());
        Table table = engine.createTable("t", Rows.SCHEMA);
        Rows.putNow(engine, table, "a", 1);
        disk.storage().failAllFrom(1, Kind.FATAL);
        assertTrue(engine.stats().walBytes() >= 0, "numbers stay readable");
        assertThrows(StorageException.class, engine::close);
        assertEquals(List.of(), Held.of(directory));
        try (Engine again = Engine.open(directory)) {
            assertEquals(1L, Rows.get(again.table("t"), "a"));
        }
    }
}
