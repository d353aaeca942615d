package io.onlap.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A holder lives as long as its process and its object do, whoever looks, and from wherever. */
final class LockedFileTest {
    @TempDir
    private Path directory;

    private final Storage storage = Env.system().storage();

    @Test
    void shouldLiveUntilClosedAndLeaveNothing() throws IOException {
        Path file = directory.resolve("a");
        assertNull(LockedFile.look(storage, file));
        LockedFile held = LockedFile.create(storage, file, "first");
        assertEquals(new LockedFile.Found(true, "first"), LockedFile.look(storage, file));
        held.overwrite("later");
        assertEquals(new LockedFile.Found(true, "later"), LockedFile.look(storage, file));
        assertEquals("later", Files.readString(file));
        held.close();
        held.close();
        assertNull(LockedFile.look(storage, file));
        assertEquals(List.of(), storage.list(directory));
    }

    @Test
    void shouldLiveForAnotherProcessAlsoAfterThisOneLooked() throws IOException, InterruptedException {
        Path file = directory.resolve("a");
        Path alias =
                Files.createSymbolicLink(directory.resolve("alias"), directory).resolve("a");
        try (LockedFile held = LockedFile.create(storage, file, "text")) {
            assertTrue(LockedFile.look(storage, file).live());
            assertTrue(LockedFile.look(storage, alias).live());
            assertEquals("true text", lookFromChild(file));
            held.overwrite("more");
            assertEquals("true more", lookFromChild(file));
        }
        assertEquals("none", lookFromChild(file));
    }

    @Test
    void shouldLiveForCopyOfClassInOtherClassLoader() throws Exception {
        Path file = directory.resolve("a");
        URL classes = LockedFile.class.getProtectionDomain().getCodeSource().getLocation();
        try (LockedFile held = LockedFile.create(storage, file, "text");
                URLClassLoader loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> copy = loader.loadClass(LockedFile.class.getName());
            Method look = copy.getMethod("look", loader.loadClass(Storage.class.getName()), Path.class);
            Object found = look.invoke(null, null, file);
            assertEquals(new LockedFile.Found(true, "text").toString(), found.toString());
            held.overwrite("text");
            assertEquals("true text", lookFromChild(file), "the lock was freed by the look");
        }
    }

    @Test
    void shouldBeDeadOnceKilledAndReadWhereNothingCanBeWritten() throws IOException, InterruptedException {
        Path file = directory.resolve("a");
        try (ChildJvm child = ChildJvm.start(Holder.class, file.toString())) {
            assertEquals("held", child.readLine());
            assertEquals(new LockedFile.Found(true, "of a child"), LockedFile.look(storage, file));
            child.killAndWait();
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            Map<String, Object> before = Files.readAttributes(file, "size,lastModifiedTime");
            assertEquals(new LockedFile.Found(false, "of a child"), LockedFile.look(storage, file));
            assertEquals(before, Files.readAttributes(file, "size,lastModifiedTime"));
        } finally {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void shouldBeNowhereWhenItCannotBeMade() {
        Path file = directory.resolve("absent").resolve("a");
        assertEquals(
                Kind.NOT_FOUND,
                assertThrows(StorageException.class, () -> LockedFile.create(storage, file, "x"))
                        .kind());
        Path taken = directory.resolve("taken");
        storage.createDirectories(taken.resolve("not empty"));
        assertThrows(StorageException.class, () -> LockedFile.create(storage, taken, "x"));
        assertEquals(List.of("taken"), storage.list(directory));
        assertFalse(System.getProperties().stringPropertyNames().stream().anyMatch(name -> name.endsWith("/taken")));
    }

    private static String lookFromChild(Path file) throws IOException, InterruptedException {
        return ChildJvm.output(
                ChildJvm.of(Looker.class, List.of(), file.toString()),
                file.getParent().toFile());
    }

    /** The child that holds the file until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            try (LockedFile held = LockedFile.create(Env.system().storage(), Path.of(arguments[0]), "of a child")) {
                System.out.println(held == null ? "" : "held");
                int end = System.in.read(); // waits for the kill
                System.out.println(end);
            }
        }
    }

    /** The child that prints what it sees. */
    static final class Looker {
        private Looker() {}

        public static void main(String[] arguments) {
            LockedFile.Found found = LockedFile.look(Env.system().storage(), Path.of(arguments[0]));
            System.out.print(found == null ? "none" : found.live() + " " + found.content());
        }
    }
}
