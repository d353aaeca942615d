package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.ChildJvm;
import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.FaultStorage;
import io.onlap.io.Storage;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Owners;
import io.onlap.manifest.StoreLayout;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Whether an owner lives says the lock on its own file, in this process, in others, and for those that ended. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class OwnerLivenessTest {
    @TempDir
    private Path directory;

    private final Env env = Env.system();
    private StoreLayout layout;

    @BeforeEach
    void locate() {
        layout = new StoreLayout(directory);
    }

    @Test
    void shouldLiveBeforeItsLogDirectoryHasItsName() {
        List<Boolean> lived = new ArrayList<>();
        Path log = directory.resolve("wal/00000000000000000001");
        Storage watched = (Storage) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Storage.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("createDirectories") && arguments[0].equals(log)) {
                        lived.add(Owners.lives(env, layout, 1));
                    }
                    try {
                        return method.invoke(env.storage(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Engine.open(directory, EngineSettings.defaults(), new Env(watched, env.clock(), env.failPoints()))
                .close();
        assertEquals(List.of(true), lived);
    }

    @Test
    void shouldLiveUntilItsLogIsForcedAtClose() throws Exception {
        Gate gate = new Gate();
        Engine engine = Engine.open(directory, EngineSettings.defaults(), env);
        Rows.putNow(engine, engine.createTable("t", Rows.SCHEMA), "a", 1);
        env.failPoints().arm(FailPoint.WAL_BEFORE_FORCE, gate);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(engine::close);
        gate.awaitReached();
        assertTrue(Inspection.ownerLives(directory, 1));
        gate.open();
        closed.get(60, TimeUnit.SECONDS);
        assertFalse(Inspection.ownerLives(directory, 1), "its process lives, it does not");
        assertEquals(List.of(), env.storage().list(layout.owners()));
    }

    @Test
    void shouldLiveWhateverTheFileForMessagesSays() throws IOException {
        try (Engine engine = Engine.open(directory)) {
            Rows.putNow(engine, engine.createTable("t", Rows.SCHEMA), "a", 1);
            // A process of another container has a number that means nothing here; then a torn file; then none.
            for (String told : List.of("{\"pid\":" + Long.MAX_VALUE + ",\"epoch\":7}", "{\"pi", "")) {
                Files.writeString(layout.owner(), told);
                assertTrue(Inspection.ownerLives(directory, 1));
            }
            Files.delete(layout.owner());
            assertTrue(Inspection.ownerLives(directory, 1));
        }
    }

    /** Programs made no own files once, and one of them may own the store. */
    @Test
    void shouldLiveInDoubtWhereNoOwnerEverMadeAnOwnFile() throws IOException {
        try (Engine engine = Engine.open(directory)) {
            Rows.putNow(engine, engine.createTable("t", Rows.SCHEMA), "a", 1);
            Files.delete(layout.ownFile(1));
            Files.delete(layout.owners());
            assertTrue(Inspection.ownerLives(directory, 1));
            try (Engine reader = Engine.openReadOnly(directory)) {
                assertEquals(1, reader.table("t").count());
            }
        }
        try (Engine next = Engine.open(directory)) {
            assertEquals(1, next.table("t").count());
            assertTrue(Inspection.ownerLives(directory, 2));
            assertFalse(Inspection.ownerLives(directory, 1));
        }
    }

    @Test
    void shouldLiveInDoubtWhereItsFileCannotBeLookedFor() {
        Engine.open(directory).close();
        FaultyDisk disk = FaultyDisk.sound();
        assertFalse(Owners.lives(disk.env(), layout, 1));
        disk.storage().failAlways(FaultStorage.Call.EXISTS, Kind.FATAL);
        assertTrue(Owners.lives(disk.env(), layout, 1));
    }

    @Test
    void shouldLiveForOthersAfterItsProcessReadTheStore() throws Exception {
        try (Engine engine = Engine.open(directory)) {
            Rows.putNow(engine, engine.createTable("t", Rows.SCHEMA), "a", 1);
            try (Engine reader = Engine.openReadOnly(directory)) {
                reader.refresh();
                assertEquals(1, reader.table("t").count());
            }
            List<Inspection.Found> found = new ArrayList<>();
            Inspection.verify(directory, found::add);
            assertEquals(List.of(), found);
            assertTrue(Inspection.ownerLives(directory, 1));
            ProcessBuilder asking = ChildJvm.of(AskingChild.class, List.of(), directory.toString());
            assertEquals("true", ChildJvm.output(asking, directory.toFile()));
        }
    }

    @Test
    void shouldBeDeadOnceKilledAndBeRemovedByTheNextOwnerAlone() throws Exception {
        try (ChildJvm child = ChildJvm.start(OwningChild.class, directory.toString())) {
            assertEquals("owns", child.readLine());
            assertTrue(Inspection.ownerLives(directory, 1));
            child.killAndWait();
        }
        assertFalse(Inspection.ownerLives(directory, 1));
        Files.createFile(layout.owners().resolve(".tmp-killed while it was made"));
        List<String> left = env.storage().list(layout.owners());
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(1, reader.table("t").count());
        }
        assertEquals(left, env.storage().list(layout.owners()), "a reader removed something");
        try (Engine engine = Engine.open(directory)) {
            assertEquals(1, engine.table("t").count());
            assertEquals(List.of("00000000000000000002"), env.storage().list(layout.owners()));
        }
        assertEquals(List.of(), env.storage().list(layout.owners()));
    }

    @Test
    void shouldLetNoNewcomerAnswerForTheDead() throws Exception {
        List<Inspection.WalFrame> frames = new ArrayList<>();
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            Rows.putNow(engine, table, "b", 2);
            Inspection.walFrames(directory, frames::add);
        }
        try (FileChannel file = FileChannel.open(directory.resolve(frames.get(1).file()), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(64), frames.get(1).offset() - 4);
        }
        // The next owner lives, has no log of its own yet, and has not flushed what it replayed: it tells of the end
        // then.
        Gate flush = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, flush);
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.OPEN_AFTER_REPLAYED_GENERATION, gate);
        CompletableFuture<Engine> opening =
                CompletableFuture.supplyAsync(() -> Engine.open(directory, EngineSettings.defaults(), env));
        gate.awaitReached();
        assertTrue(Inspection.ownerLives(directory, 2));
        assertFalse(Inspection.ownerLives(directory, 1));
        try (Engine reader = Engine.openReadOnly(directory)) {
            assertEquals(Map.of("a", 1L), Rows.scan(reader.table("t")));
            assertTrue(reader.droppedTail().isPresent(), "the end of a dead owner's log was read as one that grows");
        } finally {
            flush.open();
            gate.open();
            opening.get(60, TimeUnit.SECONDS).close();
        }
    }

    /** Prints whether the first owner lives. */
    static final class AskingChild {
        private AskingChild() {}

        public static void main(String[] arguments) {
            System.out.print(Inspection.ownerLives(Path.of(arguments[0]), 1));
        }
    }

    /** Owns the store until it is killed. */
    static final class OwningChild {
        private OwningChild() {}

        public static void main(String[] arguments) throws IOException {
            try (Engine engine = Engine.open(Path.of(arguments[0]))) {
                Rows.putNow(engine, engine.createTable("t", Rows.SCHEMA), "a", 1);
                System.out.println("owns");
                int end = System.in.read(); // waits for the kill
                System.out.println(end);
            }
        }
    }
}
