package io.onlap.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the acknowledgements that {@link AckFile} appends, while they are appended: whole lines only, since a torn last line is
 * no acknowledgement.
 *
 * <p>Threading: one thread.
 */
final class AckTail implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BLOCK_BYTES = 1 << 16;

    private final Path path;
    private final byte[] block = new byte[BLOCK_BYTES];
    private RandomAccessFile file;
    private byte[] pending = new byte[0];
    private int at;
    private int lineStart;
    private int lineEnd;
    private long lines;
    private String key;

    AckTail(Path path) {
        this.path = path;
    }

    /** Moves to the next acknowledgement; false if there is none yet. */
    boolean next() throws IOException {
        while (true) {
            for (int i = at; i < pending.length; i++) {
                if (pending[i] == '\n') {
                    lineStart = at;
                    lineEnd = i;
                    at = i + 1;
                    lines++;
                    return true;
                }
            }
            if (!more()) {
                return false;
            }
        }
    }

    /** Bytes behind those at hand; false if the file has none yet. */
    private boolean more() throws IOException {
        key(); // its bytes go
        lineEnd = lineStart;
        if (file == null) {
            if (!Files.exists(path)) {
                return false;
            }
            file = new RandomAccessFile(path.toFile(), "r");
        }
        int count = file.read(block);
        if (count <= 0) {
            return false;
        }
        byte[] joined = new byte[pending.length - at + count];
        System.arraycopy(pending, at, joined, 0, pending.length - at);
        System.arraycopy(block, 0, joined, pending.length - at, count);
        pending = joined;
        at = 0;
        return true;
    }

    /** The key acknowledged last, a text. */
    String key() throws IOException {
        if (lineEnd > lineStart) {
            String line = new String(pending, lineStart, lineEnd - lineStart, StandardCharsets.UTF_8);
            key = JSON.readValue(line.substring(line.indexOf('\t') + 1), String.class);
        }
        return key;
    }

    /** Acknowledgements read so far. */
    long count() {
        return lines;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
