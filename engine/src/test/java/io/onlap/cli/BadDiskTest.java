package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** A directory that cannot be written and a disk that is full are named, and cost nothing that was acknowledged. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class BadDiskTest {
    private static final int ROWS = 2_000;

    @TempDir
    private Path directory;

    private Path rows;

    @BeforeEach
    void writeRows() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            lines.add("{\"id\":\"" + i + "\",\"text\":\"" + "x".repeat(200) + "\"}");
        }
        rows = Files.write(directory.resolve("rows.ndjson"), lines);
    }

    private Cli.Result ingest(Path store, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("ingest", "--store", store.toString(), "--table", "t", "--key", "id"));
        arguments.addAll(List.of(more));
        arguments.add(rows.toString());
        return Cli.run("", arguments);
    }

    private static void assertRefused(Cli.Result result, int status, String message) {
        assertEquals(status, result.status(), result.err());
        assertTrue(result.err().startsWith(message), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertEquals("", result.out());
    }

    /** A file system in memory; whoever runs the tests may be forbidden to mount it. */
    private static final class SmallDisk implements AutoCloseable {
        private final Path root;

        SmallDisk(Path root, String size) throws IOException {
            this.root = Files.createDirectories(root);
            assumeTrue(
                    run("mount", "-t", "tmpfs", "-o", "size=" + size, "none", root.toString()),
                    "skipped: this user may not mount a small disk");
        }

        Path resolve(String name) {
            return root.resolve(name);
        }

        void makeReadOnly() throws IOException {
            assertTrue(run("mount", "-o", "remount,ro", root.toString()));
        }

        private static boolean run(String... command) throws IOException {
            if (!Files.isExecutable(Path.of("/bin/mount"))) {
                return false;
            }
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.onExit().join().exitValue() == 0;
        }

        @Override
        public void close() throws IOException {
            run("umount", "-l", root.toString());
        }
    }

    @Test
    void shouldRefuseWhenStoreWouldLieBelowFile() throws Exception {
        Path file = Files.writeString(directory.resolve("letter"), "hello");
        Path store = file.resolve("store");
        assertRefused(ingest(store), 2, "INVALID: not a directory: path=" + store);
        assertRefused(Cli.run("count", "--store", store.toString(), "--table", "t"), 3, "NOT_FOUND: no store: path=");
        assertEquals("hello", Files.readString(file));
    }

    @Test
    void shouldNameReasonWhenDiskIsReadOnly() throws Exception {
        try (SmallDisk disk = new SmallDisk(directory.resolve("disk"), "64m")) {
            Path store = disk.resolve("store");
            assertEquals(0, ingest(store).status());
            disk.makeReadOnly();
            assertRefused(
                    ingest(disk.resolve("other")),
                    3,
                    "FATAL: directory not created: path=" + disk.resolve("other") + ", reason=Read-only file system");
            assertRefused(
                    ingest(store),
                    3,
                    "FATAL: lock not taken: path=" + store.resolve("LOCK") + ", reason=Read-only file system");
            assertEquals(
                    ROWS + "\n",
                    Cli.run("count", "--store", store.toString(), "--table", "t")
                            .out());
        }
    }

    @Test
    void shouldKeepWhatWasAcknowledgedWhenDiskIsFull() throws Exception {
        Path acks = directory.resolve("acks");
        try (SmallDisk disk = new SmallDisk(directory.resolve("disk"), "24m")) {
            Path store = disk.resolve("store");
            assertRefused(
                    ingest(store, "--repeat", "100", "--acks", acks.toString()),
                    3,
                    "DISK_FULL: space not allocated: path=" + store.resolve("wal"));
            Set<String> found =
                    new HashSet<>(Cli.run("scan", "--store", store.toString(), "--table", "t", "--columns", "id")
                            .lines());
            List<String> acknowledged = Files.readAllLines(acks);
            assertFalse(acknowledged.isEmpty());
            for (String line : acknowledged) {
                String key = line.substring(line.indexOf('\t') + 1);
                assertTrue(found.contains("{\"id\":" + key + "}"), "acknowledged and lost: key=" + key);
            }
            assertEquals(0, Cli.run("verify", "--store", store.toString()).status());
        }
    }

    @Test
    void shouldSayDiskFullWhenNoMoreCanBeAcknowledged() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "skipped: this system has no /dev/full");
        Path store = directory.resolve("store");
        assertRefused(
                ingest(store, "--acks", full.toString()),
                3,
                "DISK_FULL: acknowledgements not written: file=/dev/full, reason=");
        assertEquals(0, Cli.run("verify", "--store", store.toString()).status());
    }
}
