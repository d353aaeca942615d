package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.FaultStorage.Call;
import io.onlap.io.FaultStorage.When;
import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.io.StoreClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails around a flush whose record is in. */
class FlushFaultTest {
    @TempDir
    Path directory;

    private final FaultyDisk disk = FaultyDisk.sound();

    @Test
    void shouldFlushWhenTheIntentCannotBeRemovedAndLeaveItToTheNextOwner() {
        try (Engine engine = Engine.open(directory, EngineSettings.defaults(), disk.env())) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            disk.storage().fail(Call.DELETE, 1, Kind.FATAL, When.BEFORE);
            engine.flush();
            Rows.putNow(engine, table, "b", 2);
            engine.flush();
            assertEquals(Health.State.OK, engine.health().state(), engine.health()::toString);
            assertEquals(2, engine.stats().segmentFiles());
            assertEquals(1, engine.stats().intentsLeft());
        }
        assertEquals(1, disk.storage().list(directory.resolve("intents")).size());
        try (Engine engine = Engine.open(directory)) {
            assertEquals(List.of(), disk.storage().list(directory.resolve("intents")));
            assertEquals(Map.of("a", 1L, "b", 2L), Rows.scan(engine.table("t")));
        }
    }

    @Test
    void shouldPoisonWithTheCauseWhenTheManifestIsNotForcedAndNotFlushAgain() {
        AtomicInteger attempts = new AtomicInteger();
        disk.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, attempts::incrementAndGet);
        Env failing = new Env(withoutForceOfTheManifest(), StoreClock.system(), disk.failPoints());
        Engine engine = Engine.open(directory, EngineSettings.defaults(), failing);
        Table table = engine.createTable("t", Rows.SCHEMA);
        Rows.putNow(engine, table, "a", 1);
        List<String> log = disk.storage().list(directory.resolve("wal").resolve("00000000000000000001"));
        assertEquals(
                "injected", assertThrows(StorageException.class, engine::flush).getMessage());
        assertEquals(1, attempts.get());
        assertEquals(Map.of("a", 1L), Rows.scan(table));
        assertEquals(
                "injected", assertThrows(StorageException.class, engine::close).getMessage());
        List<String> kept = disk.storage().list(directory.resolve("wal").resolve("00000000000000000001"));
        List<String> segments =
                log.stream().filter(name -> name.endsWith(".cq4")).toList();
        assertEquals(1, segments.size(), log::toString);
        assertTrue(kept.containsAll(segments), "the log was cut behind a record that may be lost: " + kept);
        try (Engine again = Engine.open(directory)) {
            assertEquals(Map.of("a", 1L), Rows.scan(again.table("t")));
            assertEquals(List.of(), disk.storage().list(directory.resolve("intents")));
        }
    }

    /** Nobody could see whether the record is in: whoever then resolves the intent has to look again before it deletes. */
    @Test
    void shouldKeepTheFilesOfARecordThatIsInThoughItsCommitCouldNotTell() {
        Engine engine = Engine.open(directory, EngineSettings.defaults(), disk.env());
        Table table = engine.createTable("t", Rows.SCHEMA);
        Rows.putNow(engine, table, "a", 1);
        disk.failPoints().arm(FailPoint.COMMIT_AFTER_CREATE, () -> {
            disk.failPoints().disarm(FailPoint.COMMIT_AFTER_CREATE);
            disk.storage().fail(Call.READ, 1, Kind.FATAL, When.BEFORE);
            throw new StorageException(Kind.FATAL, "injected");
        });
        assertThrows(StorageException.class, engine::flush);
        assertTrue(disk.storage().isReached(), "the commit could tell");
        assertEquals(Map.of("a", 1L), Rows.scan(table));
        assertThrows(StorageException.class, engine::close);
        try (Engine again = Engine.open(directory)) {
            assertEquals(1, again.stats().segmentFiles());
            assertEquals(Map.of("a", 1L), Rows.scan(again.table("t")));
        }
    }

    private Storage withoutForceOfTheManifest() {
        return (Storage) Proxy.newProxyInstance(
                Storage.class.getClassLoader(), new Class<?>[] {Storage.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("forceDirectory")
                            && arguments[0].equals(directory.resolve("manifest"))) {
                        throw new StorageException(Kind.FATAL, "injected");
                    }
                    try {
                        return method.invoke(disk.storage(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
