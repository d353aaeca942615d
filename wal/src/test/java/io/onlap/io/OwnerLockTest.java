package io.onlap.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException.Kind;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One owner at a time: in one process, across class loaders, across processes. */
final class OwnerLockTest {
    @TempDir
    private Path directory;

    @Test
    void shouldBeBusyUntilClosedInOneProcess() throws IOException {
        Path file = directory.resolve("LOCK");
        Path alias =
                Files.createSymbolicLink(directory.resolve("alias"), directory).resolve("LOCK");
        OwnerLock lock = OwnerLock.tryAcquire(file);
        for (Path path : List.of(file, alias)) {
            StorageException e = assertThrows(StorageException.class, () -> OwnerLock.tryAcquire(path));
            assertEquals(Kind.BUSY, e.kind());
        }
        lock.close();
        lock.close();
        OwnerLock.tryAcquire(alias).close();
    }

    @Test
    void shouldBeBusyForOtherProcessUntilClosed() throws IOException, InterruptedException {
        Path file = directory.resolve("LOCK");
        Path alias =
                Files.createSymbolicLink(directory.resolve("alias"), directory).resolve("LOCK");
        File work = directory.toFile();
        try (OwnerLock lock = OwnerLock.tryAcquire(file)) {
            // A second attempt here, by whichever name, must not free the lock by closing a channel of the file.
            for (Path path : List.of(file, alias)) {
                assertThrows(StorageException.class, () -> OwnerLock.tryAcquire(path));
            }
            assertEquals("BUSY", ChildJvm.output(ChildJvm.of(Child.class, List.of(), file.toString()), work));
            assertEquals(file, lock.file());
        }
        assertEquals("OWNER", ChildJvm.output(ChildJvm.of(Child.class, List.of(), file.toString()), work));
    }

    @Test
    void shouldBeBusyForCopyOfClassInOtherClassLoader() throws IOException, ReflectiveOperationException {
        Path file = directory.resolve("LOCK");
        URL classes = OwnerLock.class.getProtectionDomain().getCodeSource().getLocation();
        try (OwnerLock lock = OwnerLock.tryAcquire(file);
                URLClassLoader loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Method acquire = loader.loadClass(OwnerLock.class.getName()).getMethod("tryAcquire", Path.class);
            InvocationTargetException e =
                    assertThrows(InvocationTargetException.class, () -> acquire.invoke(null, lock.file()));
            assertTrue(e.getCause().getMessage().startsWith("owned by this process: path=" + file));
        }
    }

    /** Tries once and prints what it is. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            try (OwnerLock lock = OwnerLock.tryAcquire(Path.of(arguments[0]))) {
                System.out.print(lock == null ? "" : "OWNER");
            } catch (StorageException e) {
                System.out.print(e.kind());
            }
        }
    }
}
