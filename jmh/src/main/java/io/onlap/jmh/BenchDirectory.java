package io.onlap.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A fresh directory for one store, removed with everything in it by {@link #close}.
 *
 * <p>Threading: one thread.
 */
final class BenchDirectory implements AutoCloseable {
    /** System property that names where the directories are made; the temp directory otherwise. */
    static final String PARENT_PROPERTY = "onlap.bench.dir";

    private final Path path;

    private BenchDirectory(Path path) {
        this.path = path;
    }

    static BenchDirectory create(String name) {
        Path parent = Path.of(System.getProperty(PARENT_PROPERTY, System.getProperty("java.io.tmpdir")));
        try {
            Files.createDirectories(parent);
            return new BenchDirectory(Files.createTempDirectory(parent, "onlap-bench-" + name + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory for a store: parent=" + parent, e);
        }
    }

    Path path() {
        return path;
    }

    /**
     * Copies everything into a fresh directory. Taken while a store is open and idle, the copy is what a killed process
     * would have left: all that was handed to the operating system, and no goodbye.
     */
    BenchDirectory copy(String name) {
        BenchDirectory copy = create(name);
        try {
            for (Path source : sorted()) {
                Path target = copy.path.resolve(path.relativize(source));
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(source, target);
                }
            }
            return copy;
        } catch (IOException e) {
            copy.close();
            throw new UncheckedIOException("cannot copy a store: from=" + path + ", to=" + copy.path, e);
        }
    }

    /** Bytes of all files that stay: a store may delete some while it is measured. */
    long bytes() {
        AtomicLong bytes = new AtomicLong();
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    bytes.addAndGet(attributes.isRegularFile() ? attributes.size() : 0);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot measure a store: path=" + path, e);
        }
        return bytes.get();
    }

    private List<Path> sorted() throws IOException {
        try (Stream<Path> walk = Files.walk(path)) {
            return walk.sorted().toList();
        }
    }

    @Override
    public void close() {
        try {
            List<Path> deepestFirst =
                    sorted().stream().sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove a store: path=" + path, e);
        }
    }
}
