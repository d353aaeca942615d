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
        held.addAll(files(directory));
        return held;
    }

    /** Open and mapped files alone. */
    static List<String> files(Path directory) {
        List<String> held = new ArrayList<>();
        if (isKnown()) {
            String itself = directory.toAbsolutePath().toString();
            descriptors().stream()
                    .filter(target -> target.equals(itself) || target.startsWith(itself + "/"))
                    .forEach(target -> held.add("open " + target));
            held.addAll(mappedFiles(itself + "/"));
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

    /** What each descriptor of this process leads to. */
    static List<String> descriptors() {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            return descriptors.map(Held::target).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed since it was listed, as the listing's own is
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
