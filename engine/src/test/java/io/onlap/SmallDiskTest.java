package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a small file system that is really full: nothing acknowledged is lost, readers go on, and with room work goes on. */
class SmallDiskTest {
    private static final int VALUE_BYTES = 200_000;
    private static final int ROWS_MAX = 2_000;
    private static final int ATTEMPTS_MAX = 100;

    @TempDir
    Path directory;

    private static final EngineSettings SETTINGS =
            EngineSettings.defaults().withGenerationBytes(2 << 20).withStallTimeout(Duration.ofMillis(500));

    private static long put(Engine engine, long n) {
        try (Writer writer = engine.writer()) {
            byte[] value = LargeRows.value(VALUE_BYTES);
            long sequence =
                    writer.put(engine.table("t"), row -> row.set("id", "k" + n).set("value", value));
            writer.awaitVisible(sequence);
            return sequence;
        }
    }

    /** Writes until there is no room; the number of acknowledged rows. */
    private static long fill(Engine engine, long first) {
        long[] acknowledged = {first};
        StorageException full = assertThrows(StorageException.class, () -> {
            for (; acknowledged[0] < ROWS_MAX; acknowledged[0]++) {
                put(engine, acknowledged[0]);
            }
        });
        assertEquals(Kind.DISK_FULL, full.kind(), full::getMessage);
        return acknowledged[0];
    }

    private static void assertRows(Engine engine, long rows) {
        Table table = engine.table("t");
        long present = table.count();
        assertTrue(present == rows || present == rows + 1, "acknowledged=" + rows + ", rows=" + present);
        for (long n = 0; n < present; n++) {
            LargeRows.check(table, "k" + n, VALUE_BYTES);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4"})
    void shouldGoOnInTheSameProcessWhenThereIsRoomAgainOnASmall(String fileSystem) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory, fileSystem)) {
            Path store = disk.path().resolve("store");
            long rows;
            try (Engine engine = Engine.open(store, SETTINGS)) {
                engine.createTable("t", LargeRows.SCHEMA);
                put(engine, 0);
                Path filler = disk.fillToTheBrim("filler");
                rows = fill(engine, 1);
                assertRows(engine, rows);
                assertEquals(Health.State.DEGRADED, engine.health().state());
                disk.delete(filler);
                putWhenThereIsRoom(engine, rows);
                engine.flush();
                assertRows(engine, rows + 1);
                assertEquals(Health.State.OK, engine.health().state(), engine.health()::toString);
            }
            try (Engine again = Engine.open(store)) {
                assertRows(again, rows + 1);
            }
            assertSound(store);
        }
    }

    /** The log may need a moment to see the room. */
    private static void putWhenThereIsRoom(Engine engine, long n) {
        for (int attempt = 1; ; attempt++) {
            try {
                put(engine, n);
                return;
            } catch (StorageException e) {
                assertEquals(Kind.DISK_FULL, e.kind(), e::getMessage);
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    /** A flush may have made room meanwhile: then all is well. */
    private static void closeOnAFullDisk(Engine engine) {
        try {
            engine.close();
        } catch (StorageException e) {
            assertEquals(Kind.DISK_FULL, e.kind(), e::getMessage);
        }
    }

    private static void assertSound(Path store) {
        assertEquals(List.of(), Faults.of(store));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4"})
    void shouldLoseNothingAndGoOnAfterReopenOnASmall(String fileSystem) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory, fileSystem)) {
            Path store = disk.path().resolve("store");
            Engine engine = Engine.open(store, SETTINGS);
            engine.createTable("t", LargeRows.SCHEMA);
            put(engine, 0);
            engine.flush();
            put(engine, 1);
            Path filler = disk.fillToTheBrim("filler");
            long rows = fill(engine, 2);
            assertRows(engine, rows);
            try (Engine reader = Engine.openReadOnly(store)) {
                assertRows(reader, rows);
            }
            closeOnAFullDisk(engine);
            try (Engine reader = Engine.openReadOnly(store)) {
                assertRows(reader, rows);
            }
            disk.delete(filler);
            try (Engine again = Engine.open(store)) {
                assertRows(again, rows);
                put(again, 0);
                again.flush();
                assertRows(again, rows);
            }
            assertSound(store);
        }
    }

    /** A file system of a few megabytes, where this process may mount one. */
    private record SmallDisk(Path path) implements AutoCloseable {
        private static final int BYTES = 128 << 20;

        static SmallDisk mount(Path directory, String fileSystem) throws IOException {
            Path path = Files.createDirectories(directory.resolve("disk"));
            boolean mounted;
            if (fileSystem.equals("tmpfs")) {
                mounted = run("mount", "-t", "tmpfs", "-o", "size=" + BYTES, "onlap-test", path.toString());
            } else {
                Path image = directory.resolve("image");
                try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                    file.setLength(BYTES);
                }
                mounted = run("mkfs." + fileSystem, "-q", "-F", image.toString())
                        && run("mount", "-o", "loop", image.toString(), path.toString());
            }
            assumeTrue(mounted, "this process may not mount a file system here: type=" + fileSystem);
            return new SmallDisk(path);
        }

        private static boolean run(String... command) {
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
            } catch (IOException e) {
                return false; // no such program
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** Makes a file that takes all the room there is. */
        Path fillToTheBrim(String name) throws IOException {
            Path filler = path.resolve(name);
            try (FileChannel channel = FileChannel.open(filler, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                for (int bytes = 1 << 20; bytes > 0; bytes /= 2) {
                    boolean room = true;
                    while (room) {
                        room = append(channel, bytes);
                    }
                }
                channel.force(true);
            }
            return filler;
        }

        /** Deletes it; a journal gives its blocks back only with the next commit. */
        void delete(Path filler) throws IOException {
            Files.delete(filler);
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        private static boolean append(FileChannel channel, int bytes) {
            try {
                channel.write(ByteBuffer.allocate(bytes));
                return true;
            } catch (IOException full) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            if (!run("umount", path.toString())) {
                run("umount", "-l", path.toString());
                throw new IOException("file system still in use: path=" + path);
            }
        }
    }
}
