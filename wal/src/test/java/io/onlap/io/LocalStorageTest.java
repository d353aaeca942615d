package io.onlap.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link LocalStorage} keeps the promises of {@link Storage}. */
final class LocalStorageTest {
    @TempDir
    private Path directory;

    private final FailPoints failPoints = new FailPoints();
    private final Storage storage = new LocalStorage(failPoints);

    @Test
    void shouldHaveExactlyOneWinnerWhenThreadsCreateSameName() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int version = 0; version < 25; version++) {
                Path file = directory.resolve("v" + version);
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Boolean>> answers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    byte[] content = ("content of " + i).getBytes(StandardCharsets.UTF_8);
                    answers.add(threads.submit(() -> {
                        start.await();
                        return storage.createIfAbsent(file, content);
                    }));
                }
                start.countDown();
                String winner = null;
                for (int i = 0; i < 4; i++) {
                    if (answers.get(i).get()) {
                        assertEquals(null, winner, "two winners");
                        winner = "content of " + i;
                    }
                }
                assertEquals(winner, new String(storage.read(file), StandardCharsets.UTF_8));
            }
            assertEquals(25, storage.list(directory).size(), "temporary files stay behind");
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void shouldLeaveNameFreeWhenKilledBeforeLink() {
        Path file = directory.resolve("v");
        failPoints.arm(FailPoint.CREATE_BEFORE_LINK, () -> {
            throw new StorageException(Kind.FATAL, "killed here");
        });
        assertThrows(StorageException.class, () -> storage.createIfAbsent(file, new byte[1]));
        assertFalse(storage.exists(file));
        failPoints.disarm(FailPoint.CREATE_BEFORE_LINK);
        assertTrue(storage.createIfAbsent(file, new byte[] {2}));
        assertFalse(storage.createIfAbsent(file, new byte[] {3}));
        assertArrayEquals(new byte[] {2}, storage.read(file));
    }

    @Test
    void shouldReplaceAndRenameInOneStep() {
        Path file = directory.resolve("hint");
        storage.replace(file, new byte[] {1});
        storage.replace(file, new byte[] {2, 3});
        assertArrayEquals(new byte[] {2, 3}, storage.read(file));
        storage.rename(file, directory.resolve("other"));
        assertEquals(List.of("other"), storage.list(directory));
    }

    @Test
    void shouldSayNotFoundForWhatIsAbsent() {
        Path absent = directory.resolve("absent");
        for (Runnable call : List.<Runnable>of(
                () -> storage.read(absent),
                () -> storage.size(absent),
                () -> storage.map(absent).close(),
                () -> storage.open(absent).close(),
                () -> storage.force(absent),
                () -> storage.rename(absent, directory.resolve("x")))) {
            StorageException e = assertThrows(StorageException.class, call::run);
            assertEquals(Kind.NOT_FOUND, e.kind(), e::getMessage);
            assertTrue(e.getMessage().contains("path=" + absent), e::getMessage);
        }
        assertFalse(storage.delete(absent));
        assertFalse(storage.exists(absent));
        assertEquals(List.of(), storage.list(absent));
    }

    @Test
    void shouldCreateNewFileOnlyOnce() {
        Path file = directory.resolve("file");
        try (Storage.OutputFile output = storage.create(file)) {
            output.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            output.force();
            assertEquals(3, output.position());
        }
        assertEquals(
                Kind.FATAL,
                assertThrows(StorageException.class, () -> storage.create(file)).kind());
        assertEquals(3, storage.size(file));
        try (MappedFile mapped = storage.map(file)) {
            assertEquals(3, mapped.length());
            assertEquals(2, mapped.buffer().get(1));
        }
    }

    @Test
    void shouldReserveSpaceWithoutChangingBytes() {
        Path file = directory.resolve("file");
        storage.createIfAbsent(file, new byte[] {1, 2, 3});
        storage.allocate(file, 4096, 1 << 20);
        assertEquals(1, storage.read(file)[0]);
        try (Storage.OpenFile open = storage.open(file)) {
            open.force();
            open.truncate(2);
        }
        assertArrayEquals(new byte[] {1, 2}, storage.read(file));
        StorageException e = assertThrows(StorageException.class, () -> storage.allocate(file, 0, 1L << 60));
        assertTrue(e.getMessage().startsWith("space not allocated: path=" + file), e::getMessage);
    }

    @Test
    void shouldForceTheBeginningOfAFileThatIsLonger() {
        Path file = directory.resolve("log");
        byte[] content = "a frame and what follows it".getBytes(StandardCharsets.UTF_8);
        try (Storage.OutputFile output = storage.create(file)) {
            output.write(ByteBuffer.wrap(content));
        }
        try (Storage.OpenFile handle = storage.open(file)) {
            handle.forceFirst(7);
        }
        assertArrayEquals(content, storage.read(file));
    }

    @Test
    void shouldCreateMissingParents() {
        Path deep = directory.resolve("a/b/c");
        storage.createDirectories(deep);
        storage.createDirectories(deep);
        assertTrue(storage.exists(deep));
    }
}
