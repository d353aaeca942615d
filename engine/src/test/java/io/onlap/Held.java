package io.onlap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What this process holds of a store: open files and mapped files in its directory, and threads of engines. */
final class Held {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path MAPS = Path.of("/proc/self/maps");

    private Held() {}

    /** Does this system tell? */
    static boolean isKnown() {
        return Files.isDirectory(DESCRIPTORS) && Files.isReadable(MAPS);
    }

    /** Open files, mapped files and threads, each named; empty when all was given back. */
    static List<String> of(Path directory) {
        List<String> held = new ArrayList<>(threads());
        if (isKnown()) {
            String prefix = directory.toAbsolutePath() + "/";
            held.addAll(openFiles(prefix));
            held.addAll(mappedFiles(prefix));
        }
        return held;
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("onlap-"))
                .map(name -> "thread " + name)
                .toList();
    }

    private static List<String> openFiles(String prefix) {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            return descriptors
                    .map(Held::target)
                    .filter(target -> target.startsWith(prefix))
                    .map(target -> "open " + target)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed since it was listed
        }
    }

    private static List<String> mappedFiles(String prefix) {
        try (Stream<String> maps = Files.lines(MAPS)) {
            return maps.filter(line -> line.contains(prefix))
                    .map(line -> "mapped " + line.substring(line.indexOf(prefix)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
