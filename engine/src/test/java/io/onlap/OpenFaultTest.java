package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.FailPoints;
import io.onlap.io.FaultStorage;
import io.onlap.io.FaultStorage.Call;
import io.onlap.io.FaultStorage.When;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.io.StoreClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What an open leaves behind that fails on its way. */
class OpenFaultTest {
    @TempDir
    Path directory;

    private final FailPoints failPoints = new FailPoints();
    private final FaultStorage storage = new FaultStorage(new LocalStorage(failPoints));
    private final Env env = new Env(storage, StoreClock.system(), failPoints);

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldCloseItsLogWhenItCannotCutTheOlderOne() throws IOException {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
        }
        // The next listing is the one that looks for older segments to cut.
        failPoints.arm(FailPoint.WAL_CREATED, () -> storage.fail(Call.LIST, 1, Kind.FATAL, When.BEFORE));
        assertThrows(StorageException.class, () -> Engine.open(directory, EngineSettings.defaults(), env));
        assertEquals(List.of(), openFiles());
        try (Engine engine = Engine.open(directory)) {
            assertEquals(1L, Rows.get(engine.table("t"), "a"));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldCloseLogAndThreadsWhenItFailsAtItsLastStep() throws IOException {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
        }
        Set<Thread> before = threads();
        BrokenClock clock = new BrokenClock(Thread.currentThread());
        // Behind the log the opening thread asks for the time only to start the counters.
        failPoints.arm(FailPoint.WAL_CREATED, clock::breakDown);
        Env broken = new Env(storage, clock, failPoints);
        IllegalStateException failure = assertThrows(
                IllegalStateException.class, () -> Engine.open(directory, EngineSettings.defaults(), broken));
        assertEquals("clock broken", failure.getMessage());
        assertEquals(List.of(), List.of(failure.getSuppressed()));
        Set<Thread> after = threads();
        after.removeAll(before);
        assertEquals(Set.of(), after);
        assertEquals(List.of(), openFiles());
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

    /** Files of the store that this process has open or mapped. */
    private List<String> openFiles() throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
            for (Path handle : handles.toList()) {
                if (Files.isSymbolicLink(handle)) {
                    open.add(Files.readSymbolicLink(handle).toString());
                }
            }
        }
        open.addAll(Files.readAllLines(Path.of("/proc/self/maps")));
        return open.stream().filter(name -> name.contains(directory.toString())).toList();
    }
}
