package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.TableSchema;
import java.io.Closeable;
import java.io.IOException;

/**
 * Reads rows of one table from NDJSON, one line at a time; blank lines are none. After a {@link BadLineException} the next
 * call goes on with the next line.
 *
 * <p>Threading: one thread.
 */
final class NdjsonReader implements Closeable {
    private final String file;
    private final LineReader lines;
    private final LineParser parser;

    /** Takes over {@code lines}; {@code file} is its name in messages. */
    NdjsonReader(String file, LineReader lines, TableSchema schema) {
        this.file = file;
        this.lines = lines;
        this.parser = new LineParser(schema);
    }

    /** Moves to the next row or delete; false at the end. */
    boolean next() throws IOException, BadLineException {
        while (lines.next()) {
            if (lines.isTooLong()) {
                throw tooLong(file, lines.number());
            }
            if (!isBlank(lines)) {
                parser.parse(file, lines.number(), lines.buffer(), lines.start(), lines.length());
                return true;
            }
        }
        return false;
    }

    /** The row {@link #next} moved to; the next call overwrites it. */
    LineValues values() {
        return parser.values();
    }

    /** The line {@link #next} moved to. */
    long line() {
        return lines.number();
    }

    /** That the line {@link #next} moved to is no row after all, for what is INVALID; any other failure goes on. */
    BadLineException refused(StorageException e) {
        if (e.kind() != Kind.INVALID) {
            throw e;
        }
        return new BadLineException(file, lines.number(), 1, null, e.getMessage());
    }

    /** Would {@link #next} wait for its input? */
    boolean wouldWait() throws IOException {
        return lines.wouldWait();
    }

    /** Bytes taken from the input so far. */
    long bytesRead() {
        return lines.bytesRead();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }

    static BadLineException tooLong(String file, long line) {
        long max = LineReader.LINE_BYTES_MAX;
        return new BadLineException(file, line, max + 1, null, "line too long: lineBytesMax=" + max);
    }

    static boolean isBlank(LineReader lines) {
        byte[] buffer = lines.buffer();
        int end = lines.start() + lines.length();
        for (int i = lines.start(); i < end; i++) {
            if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
