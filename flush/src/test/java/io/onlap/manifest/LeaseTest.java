package io.onlap.manifest;

import static io.onlap.manifest.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.ChildJvm;
import io.onlap.io.Env;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lease lives as long as its process, by the lock of the operating system. */
final class LeaseTest {
    @TempDir
    Path store;

    private final Env env = Stores.env();
    private StoreLayout layout;

    @BeforeEach
    void create() {
        layout = Manifest.create(env, store).layout();
    }

    @Test
    void shouldBeLiveWithItsVersionUntilItIsClosed() {
        Lease lease = Lease.take(env, layout, 7);
        long pid = ProcessHandle.current().pid();
        assertEquals(List.of(new Leases.Found(lease.id(), 7, pid, true)), Leases.list(env, layout));
        lease.moveTo(123);
        assertEquals(List.of(new Leases.Found(lease.id(), 123, pid, true)), Leases.list(env, layout));
        lease.close();
        lease.close();
        assertEquals(List.of(), Leases.list(env, layout));
        assertEquals(List.of(), env.storage().list(layout.leases()));
        assertEquals(
                "lease closed: id=" + lease.id(),
                assertFails(Kind.CLOSED, () -> lease.moveTo(8)).getMessage());
    }

    @Test
    void shouldBeLiveForAnotherProcessAlsoAfterThisOneLooked() throws IOException, InterruptedException {
        try (Lease lease = Lease.take(env, layout, 7)) {
            assertTrue(Leases.list(env, layout).get(0).live());
            lease.moveTo(9);
            try (ChildJvm child = ChildJvm.start(Looker.class, store.toString())) {
                assertEquals(lease.id() + " 9 true", child.readLine());
                assertEquals(0, child.waitFor());
            }
        }
    }

    @Test
    void shouldBeDeadOnceItsProcessIsKilled() throws IOException, InterruptedException {
        try (ChildJvm child = ChildJvm.start(Holder.class, store.toString())) {
            String id = child.readLine();
            Leases.Found held = Leases.list(env, layout).get(0);
            assertEquals(List.of(id, 42L, true), List.of(held.id(), held.version(), held.live()));
            child.killAndWait();
            Leases.Found dead = Leases.list(env, layout).get(0);
            assertEquals(new Leases.Found(id, 42, held.pid(), false), dead);
        }
    }

    @Test
    void shouldNeedEverythingWhenItCannotBeRead() throws IOException {
        Files.writeString(layout.leases().resolve("torn"), "{\"onlap\":\"lea");
        Files.createFile(layout.leases().resolve(".tmp-new"));
        Leases.Found found = Leases.list(env, layout).get(0);
        assertEquals(new Leases.Found("torn", 0, 0, false), found);
        assertFalse(found.live());
    }

    /** The child that holds a lease until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            Lease lease = Lease.take(Stores.env(), new StoreLayout(Path.of(arguments[0])), 42);
            System.out.println(lease.id());
            int end = System.in.read(); // waits for the kill
            System.out.println(end);
        }
    }

    /** The child that prints what it sees. */
    static final class Looker {
        private Looker() {}

        public static void main(String[] arguments) {
            for (Leases.Found found : Leases.list(Stores.env(), new StoreLayout(Path.of(arguments[0])))) {
                System.out.println(found.id() + " " + found.version() + " " + found.live());
            }
        }
    }
}
