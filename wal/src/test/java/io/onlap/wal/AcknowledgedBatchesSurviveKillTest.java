package io.onlap.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.ChildJvm;
import io.onlap.io.Env;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed loses nothing it acknowledged, and writes nowhere but in its store. */
final class AcknowledgedBatchesSurviveKillTest {
    @TempDir
    private Path directory;

    private final Env env = Env.system();

    @Test
    void shouldKeepPrefixWithEverythingAcknowledgedWhenKilled() throws IOException, InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 3; round++) {
            Path root = directory.resolve("wal" + round);
            long killAt = 1L + random.nextInt(4000);
            long acknowledged = runAndKill(root, killAt);
            WalFixture.Contents contents = WalFixture.read(env, root);
            String what = "seed=" + seed + ", killAt=" + killAt + ", acknowledged=" + acknowledged + ", read="
                    + contents.batches().size();
            assertTrue(acknowledged >= killAt, what);
            assertTrue(contents.batches().size() >= acknowledged, what);
            for (int i = 0; i < contents.batches().size(); i++) {
                assertEquals(
                        "1/" + (1 + i / 500) + "/" + (i + 1) + " batch " + (i + 1),
                        contents.batches().get(i),
                        what);
            }
            try (Wal wal = WalFixture.create(env, root, 2, 100, contents.ends())) {
                WalFixture.append(wal.writer(), contents.batches().size() + 1, "next");
            }
            assertEquals(
                    contents.batches().size() + 1,
                    WalFixture.read(env, root).batches().size(),
                    what);
        }
    }

    private long runAndKill(Path root, long killAt) throws IOException, InterruptedException {
        Process child = ChildJvm.of(WalAppendingChild.class, List.of(), root.toString(), "1000000")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long last = 0;
        try (BufferedReader lines = child.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                long acknowledged = Long.parseLong(line);
                // The last line may be torn; the one before it stands.
                last = acknowledged == last + 1 ? acknowledged : last;
                if (acknowledged == killAt) {
                    // By its handle: destroying the process object would close our end of its output.
                    child.toHandle().destroyForcibly();
                }
            }
        } finally {
            child.destroyForcibly();
            child.waitFor();
        }
        return last;
    }

    @Test
    void shouldWriteNothingOutsideItsDirectory() throws IOException, InterruptedException {
        File home = Files.createDirectory(directory.resolve("home")).toFile();
        File temporary = Files.createDirectory(directory.resolve("tmp")).toFile();
        File work = Files.createDirectory(directory.resolve("work")).toFile();
        Path root = directory.resolve("wal");
        List<String> options = List.of("-Duser.home=" + home, "-Djava.io.tmpdir=" + temporary, "-XX:-UsePerfData");
        ProcessBuilder child = ChildJvm.of(WalAppendingChild.class, options, root.toString(), "3");
        child.environment().put("HOME", home.toString());
        child.environment().put("TMPDIR", temporary.toString());
        assertEquals(String.format("1%n2%n3%n"), ChildJvm.output(child, work));
        try (Stream<Path> all = Files.walk(directory)) {
            assertEquals(
                    List.of("wal/00000000000000000001/19700101-000001G.cq4", "wal/00000000000000000001/metadata.cq4t"),
                    all.filter(Files::isRegularFile)
                            .map(path -> directory.relativize(path).toString())
                            .sorted()
                            .toList());
        }
    }
}
