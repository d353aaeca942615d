package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an embedding service is promised about its process: flags are named, nothing is sent, nothing lies about. */
class EmbeddingTest {
    private static final List<String> FLAGS =
            List.of(System.getProperty("onlap.jvm.flags").strip().split("\\s+"));

    @TempDir
    Path directory;

    /** Opens, writes, flushes, reads, closes; or prints why it cannot. */
    static final class EmbeddingChild {
        private EmbeddingChild() {}

        public static void main(String[] arguments) {
            try (Engine engine = Engine.open(Path.of(arguments[0]))) {
                Table table = engine.createTable("t", Rows.SCHEMA);
                Rows.putNow(engine, table, "a", 1);
                engine.flush();
                Rows.putNow(engine, table, "b", 2);
                System.out.println("rows=" + table.count() + ", sockets=" + openSockets());
            } catch (StorageException e) {
                System.out.println(e.kind() + ": " + e.getMessage());
            }
        }

        /** Sockets of the internet families; the JDK has a pair of its own that never leaves the process. */
        private static long openSockets() {
            List<String> inodes = new ArrayList<>();
            for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
                inodes.addAll(inodes(Path.of("/proc/self/net", table)));
            }
            return Held.descriptors().stream()
                    .filter(target -> inodes.stream().anyMatch(inode -> target.equals("socket:[" + inode + "]")))
                    .count();
        }

        private static List<String> inodes(Path table) {
            try (Stream<String> lines = Files.lines(table)) {
                return lines.skip(1)
                        .map(line -> line.strip().split("\\s+", -1)[9])
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void shouldNameEveryMissingFlag() throws Exception {
        assertEquals(5, FLAGS.stream().filter(flag -> flag.startsWith("--add-")).count());
        assertRefused(run(List.of()), String.join(" ", FLAGS));
    }

    private static void assertRefused(String output, String flags) {
        String message = "INVALID: JVM flags missing: add to the java command: " + flags;
        assertTrue(output.lines().anyMatch(message::equals), output);
    }

    @Test
    void shouldOpenWithoutTheFlagsThatOnlySilenceWarnings() throws Exception {
        String output =
                run(FLAGS.stream().filter(flag -> flag.startsWith("--add-")).toList());
        assertTrue(output.contains("rows=2, sockets=0"), output);
    }

    @Test
    void shouldNameExactlyTheOneMissingFlag() throws Exception {
        for (String left :
                FLAGS.stream().filter(flag -> flag.startsWith("--add-")).toList()) {
            String output =
                    run(FLAGS.stream().filter(flag -> !flag.equals(left)).toList());
            assertRefused(output, left);
        }
    }

    @Test
    void shouldOpenNoSocketAndWriteNothingOutsideTheStore() throws Exception {
        List<String> options = new ArrayList<>(FLAGS);
        Path home = Files.createDirectories(directory.resolve("home"));
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        options.add("-Duser.home=" + home);
        options.add("-Djava.io.tmpdir=" + temporary);
        options.add("-Xlog:class+load:file=" + directory.resolve("classes.log"));
        String output = run(options);
        assertTrue(output.contains("rows=2, sockets=0"), output);
        String classes = Files.readString(directory.resolve("classes.log")).toLowerCase(Locale.ROOT);
        for (String forbidden : List.of(
                "chronicle.analytics",
                "java.net.socket ",
                "sun.net.www.protocol.http.",
                "java.net.http.",
                "java.net.inetaddress$nameservice",
                "java.net.inetaddress$cachedlookup")) {
            assertTrue(!classes.contains(forbidden), "class loaded: " + forbidden);
        }
        assertTrue(classes.contains("io.onlap.engine "), "the log of loaded classes is empty");
        assertEquals(List.of(), filesIn(home));
        assertEquals(List.of(), filesIn(directory.resolve("work")));
        for (String name : filesIn(temporary)) {
            assertTrue(name.endsWith(".so") || name.contains("jffi") || name.contains("jnr"), "left behind: " + name);
        }
    }

    private String run(List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPathOfEmbedder(), EmbeddingChild.class.getName()));
        command.add(directory.resolve("store").toString());
        Process process = new ProcessBuilder(command)
                .directory(Files.createDirectories(directory.resolve("work")).toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** Without what the command line alone has: its jars are optional, so an embedding service has none of them. */
    private static String classPathOfEmbedder() {
        String all = System.getProperty("java.class.path");
        String[] entries = all.split(File.pathSeparator, -1);
        String kept = Stream.of(entries)
                .filter(entry -> !Path.of(entry).getFileName().toString().matches("(picocli|slf4j-nop)-.*"))
                .collect(Collectors.joining(File.pathSeparator));
        assertEquals(entries.length - 2, kept.split(File.pathSeparator, -1).length, all);
        return kept;
    }

    private static List<String> filesIn(Path path) throws IOException {
        try (Stream<Path> paths = Files.walk(path)) {
            return paths.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }
}
