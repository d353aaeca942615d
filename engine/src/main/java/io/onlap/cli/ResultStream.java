package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Where results go: stdout, buffered, UTF-8 whatever the locale. {@code System.out} would swallow that its reader is gone; this
 * stream tells it apart from a disk that is full.
 *
 * <p>Threading: one thread.
 */
final class ResultStream extends OutputStream {
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;

    ResultStream(OutputStream out) {
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    }

    /** The stdout of this process. */
    static ResultStream stdout() {
        return new ResultStream(new FileOutputStream(FileDescriptor.out));
    }

    void line(String text) throws IOException {
        write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void write(int b) throws IOException {
        try {
            out.write(b);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Flushes; stdout itself stays open until the process ends. */
    @Override
    public void close() throws IOException {
        flush();
    }

    private static IOException failure(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (IoFailure.isDiskFull(e)) {
            throw new StorageException(Kind.DISK_FULL, "cannot write results to stdout: cause=" + e.getMessage(), e);
        } else if (message.contains("input/output error")) {
            return e;
        }
        // a pipe or socket without reader; its message is in the language of the system
        return new ClosedOutputException(e);
    }
}
