package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.TableSchema;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The inputs of one ingest: files, and {@value #STDIN} for stdin. A file can be read again and again; of stdin only what a schema is
 * inferred from is kept.
 *
 * <p>Threading: one thread.
 */
final class Inputs implements Closeable {
    static final String STDIN = "-";

    private final List<String> names;
    private final LineReader stdin;

    /**
     * @throws StorageException NOT_FOUND for a file that is not there, INVALID for a directory, or stdin named twice
     */
    Inputs(List<String> names, InputStream stdin) {
        this.names = List.copyOf(names);
        this.stdin = new LineReader(stdin);
        if (names.stream().filter(STDIN::equals).count() > 1) {
            throw new StorageException(Kind.INVALID, "stdin can be read only once: inputs=" + names);
        }
        for (String name : names) {
            if (!name.equals(STDIN)) {
                check(Path.of(name));
            }
        }
    }

    private static void check(Path file) {
        if (!Files.exists(file)) {
            throw new StorageException(Kind.NOT_FOUND, "no such file: file=" + file);
        }
        if (Files.isDirectory(file)) {
            throw new StorageException(Kind.INVALID, "a directory is no input: file=" + file);
        }
    }

    List<String> names() {
        return names;
    }

    boolean hasStdin() {
        return names.contains(STDIN);
    }

    /** Bytes of all files, or -1 if their sum is not known beforehand. */
    long totalBytes() throws IOException {
        long sum = 0;
        for (String name : names) {
            if (name.equals(STDIN) || !Files.isRegularFile(Path.of(name))) {
                return -1;
            }
            sum += Files.size(Path.of(name));
        }
        return sum;
    }

    /** The columns the first lines suggest, without key; null if they suggest none. Call it before {@link #open}. */
    TableSchema inferSchema() throws IOException {
        SchemaInference inference = new SchemaInference();
        for (String name : names) {
            if (inference.isComplete()) {
                break;
            }
            if (name.equals(STDIN)) {
                inference.sample(stdin);
            } else {
                try (LineReader lines = file(name)) {
                    inference.sample(lines);
                }
            }
        }
        return inference.schema();
    }

    /** Reads an input from its begin. */
    NdjsonReader open(String name, TableSchema schema) throws IOException {
        return new NdjsonReader(name, name.equals(STDIN) ? stdin : file(name), schema);
    }

    private static LineReader file(String name) throws IOException {
        try {
            return new LineReader(Files.newInputStream(Path.of(name)));
        } catch (NoSuchFileException e) {
            throw new StorageException(Kind.NOT_FOUND, "no such file: file=" + name, e);
        }
    }

    @Override
    public void close() throws IOException {
        stdin.close();
    }
}
