package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.TableSchema;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The inputs of one ingest: files, and {@value #STDIN} for stdin. A file can be read again and again; of stdin and pipes only
 * the lines are kept that are looked at before a table is created.
 *
 * <p>Threading: one thread.
 */
final class Inputs implements Closeable {
    static final String STDIN = "-";

    /** Of a stream so much is kept at most while it is looked at. */
    static final int SAMPLE_BYTES_MAX = 64 << 20;

    private final List<String> names;
    private final Map<String, LineReader> streams = new LinkedHashMap<>();

    /**
     * @throws StorageException NOT_FOUND for a file that is not there, INVALID for a directory, or stdin named twice
     */
    Inputs(List<String> names, InputStream stdin) {
        this.names = List.copyOf(names);
        for (String name : names) {
            boolean stream = name.equals(STDIN) || !isRegular(Path.of(name));
            if (stream && streams.containsKey(name)) {
                throw new StorageException(Kind.INVALID, "a stream can be read only once: inputs=" + names);
            }
            if (name.equals(STDIN)) {
                streams.put(name, new LineReader(stdin));
            } else if (stream) {
                streams.put(name, file(name));
            }
        }
    }

    /** Other files, such as pipes, can be read only once. */
    private static boolean isRegular(Path file) {
        if (!Files.exists(file)) {
            throw new StorageException(Kind.NOT_FOUND, "no such file: file=" + file);
        }
        if (Files.isDirectory(file)) {
            throw new StorageException(Kind.INVALID, "a directory is no input: file=" + file);
        }
        return Files.isRegularFile(file);
    }

    List<String> names() {
        return names;
    }

    /** Can this one be read only once, and may fall silent? */
    boolean isStream(String name) {
        return streams.containsKey(name);
    }

    boolean hasStreams() {
        return !streams.isEmpty();
    }

    /** Bytes of all files, or -1 if their sum is not known beforehand. */
    long totalBytes() throws IOException {
        long sum = 0;
        for (String name : names) {
            if (isStream(name)) {
                return -1;
            }
            sum += Files.size(Path.of(name));
        }
        return sum;
    }

    /**
     * The columns the first lines suggest, without key. Call it before {@link #open}.
     *
     * @throws BadLineException if the first line is no row of any table
     * @throws StorageException INVALID if there is no line
     */
    TableSchema inferSchema() throws IOException, BadLineException {
        SchemaInference inference = new SchemaInference();
        TableSchema schema = infer(inference);
        if (schema != null) {
            return schema;
        }
        for (String name : names) {
            try (NdjsonReader reader = open(name, inference.schemaOfLastLine())) {
                while (reader.next()) {
                    // deletes, or a line whose fields all are null, say nothing of columns
                }
            }
        }
        throw new StorageException(
                Kind.INVALID, "no rows to infer the columns of the new table from: inputs=" + names + ": use --schema");
    }

    /** Null if the lines suggest no columns. */
    private TableSchema infer(SchemaInference inference) throws IOException {
        for (String name : names) {
            if (inference.isComplete()) {
                break;
            }
            if (isStream(name)) {
                inference.sample(streams.get(name));
            } else {
                try (LineReader lines = file(name)) {
                    inference.sample(lines);
                }
            }
        }
        return inference.schema();
    }

    /**
     * Reads up to the first row or delete, and will read it again. Call it before {@link #open}.
     *
     * @param limits refuses values (INVALID) that no table takes
     * @throws BadLineException if a line comes before it that is neither, or if it is refused
     */
    void checkFirstRow(TableSchema schema, Consumer<LineValues> limits) throws IOException, BadLineException {
        boolean found = false;
        for (int i = 0; !found && i < names.size(); i++) {
            String name = names.get(i);
            LineReader lines = isStream(name) ? streams.get(name) : file(name);
            NdjsonReader reader = new NdjsonReader(name, lines, schema);
            if (isStream(name)) {
                lines.mark(SAMPLE_BYTES_MAX);
                found = isRow(reader, limits);
                lines.rewind();
            } else {
                try (reader) {
                    found = isRow(reader, limits);
                }
            }
        }
    }

    private static boolean isRow(NdjsonReader reader, Consumer<LineValues> limits)
            throws IOException, BadLineException {
        if (!reader.next()) {
            return false;
        }
        try {
            limits.accept(reader.values());
        } catch (StorageException e) {
            throw reader.refused(e);
        }
        return true;
    }

    /** Reads an input from its begin. */
    NdjsonReader open(String name, TableSchema schema) {
        return new NdjsonReader(name, isStream(name) ? streams.get(name) : file(name), schema);
    }

    private static LineReader file(String name) {
        try {
            return new LineReader(Files.newInputStream(Path.of(name)));
        } catch (IOException e) {
            throw IoFailure.of("cannot read", Path.of(name), e);
        }
    }

    /** Ends a read that waits for a stream, as if it had ended. */
    void endStreams() {
        try {
            close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (LineReader stream : streams.values()) {
            stream.close();
        }
    }
}
