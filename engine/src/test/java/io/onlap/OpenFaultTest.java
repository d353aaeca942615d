package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.FaultStorage.Call;
import io.onlap.io.FaultStorage.When;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.io.StoreClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What an open leaves behind that fails on its way. */
class OpenFaultTest {
    @TempDir
    Path directory;

    private final FaultyDisk disk = FaultyDisk.sound();

    @BeforeEach
    void writeARow() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldCloseItsLogWhenItCannotCutTheOlderOne() {
        // The flush of what is replayed lists too: it waits, so that the next listing is the one that looks for older
        // segments to cut.
        disk.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
            throw new StorageException(Kind.DISK_FULL, "injected");
        });
        disk.failPoints().arm(FailPoint.WAL_CREATED, () -> disk.storage().fail(Call.LIST, 1, Kind.FATAL, When.BEFORE));
        assertThrows(StorageException.class, () -> Engine.open(directory, EngineSettings.defaults(), disk.env()));
        assertEquals(List.of(), Held.files(directory));
        try (Engine engine = Engine.open(directory)) {
            assertEquals(1L, Rows.get(engine.table("t"), "a"));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldCloseLogAndThreadsWhenItFailsAtItsLastStep() {
        Set<Thread> before = threads();
        BrokenClock clock = new BrokenClock(Thread.currentThread());
        // Behind the log the opening thread asks for the time only to start the counters.
        disk.failPoints().arm(FailPoint.WAL_CREATED, clock::breakDown);
        Env broken = new Env(disk.storage(), clock, disk.failPoints());
        IllegalStateException failure = assertThrows(
                IllegalStateException.class, () -> Engine.open(directory, EngineSettings.defaults(), broken));
        assertEquals("clock broken", failure.getMessage());
        assertEquals(List.of(), List.of(failure.getSuppressed()));
        Set<Thread> after = threads();
        after.removeAll(before);
        assertEquals(Set.of(), after);
        assertEquals(List.of(), Held.files(directory));
        try (Engine engine = Engine.open(directory)) {
            assertEquals(1L, Rows.get(engine.table("t"), "a"));
        }
    }

    /** Threads of an engine that live. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("onlap-"))
                .collect(Collectors.toSet());
    }

    /** A clock that fails the thread that opens, once it is broken. Threading: any thread. */
    private static final class BrokenClock implements StoreClock {
        private final StoreClock sound = StoreClock.system();
        private final Thread victim;
        private volatile boolean broken;

        BrokenClock(Thread victim) {
            this.victim = victim;
        }

        void breakDown() {
            broken = true;
        }

        @Override
        public long wallMillis() {
            if (broken && Thread.currentThread() == victim) {
                throw new IllegalStateException("clock broken");
            }
            return sound.wallMillis();
        }

        @Override
        public long monotonicNs() {
            return sound.monotonicNs();
        }

        @Override
        public String bootId() {
            return sound.bootId();
        }
    }
}
