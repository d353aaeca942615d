package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import io.onlap.memtable.TableSchema;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Writes {@code --acks FILE}: one line per acknowledged row or delete, its batch's sequence, a tab, its key as a JSON value (null
 * without key). The lines of a batch are appended by one write, after the batch is durable as asked; a torn last line is no
 * acknowledgement.
 *
 * <p>Threading: one thread.
 */
final class AckFile implements Closeable {
    /** A sequence has 19 digits at most. */
    private static final int HEAD_BYTES = 20;
    /** The type of a file in its mode, and that of a pipe. */
    private static final int MODE_TYPE = 0170000;

    private static final int MODE_PIPE = 0010000;

    private final Path path;
    private final FileChannel file;
    private final boolean ownText;
    private final int keyColumn;
    private final ByteArrayOutputStream keys = new ByteArrayOutputStream();
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private int[] ends = new int[1_024];
    private int count;
    private long pendingRows;

    /** A batch on its way. */
    private record Pending(long sequence, int rows, ByteBuffer lines) {}

    private AckFile(Path path, FileChannel file, TableSchema schema) {
        this.path = path;
        this.file = file;
        Column only = schema.keyColumns().size() == 1 ? schema.keyColumns().get(0) : null;
        this.ownText = only != null && only.type() == ColumnType.UTF8;
        this.keyColumn = ownText ? only.index() : -1;
    }

    /**
     * Appends to the file, which is created if absent. A torn last line goes first: the next one must not complete it.
     *
     * @param store the directory that is the store's alone
     * @throws StorageException INVALID for a directory, a pipe, a file within the store or one that holds something else,
     *     NOT_FOUND without its directory, FATAL if it cannot be written
     */
    static AckFile open(Path path, Path store, TableSchema schema) {
        if (Files.isDirectory(path)) {
            throw new StorageException(Kind.INVALID, "a directory is no file of acknowledgements: file=" + path);
        }
        try {
            StoreBounds.refuseWithin(store, "acknowledgements", path);
            refusePipe(path);
            if (Files.isRegularFile(path)) {
                refuseOther(path);
                dropTornLine(path);
            }
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            return new AckFile(path, file, schema);
        } catch (IOException e) {
            throw notWritten(path, e);
        }
    }

    private static StorageException notWritten(Path path, IOException e) {
        return IoFailure.of("acknowledgements not written", path, e);
    }

    /** To open it would wait for its reader, maybe for ever, and what a reader takes out of it is kept nowhere. */
    private static void refusePipe(Path path) throws IOException {
        boolean unix = path.getFileSystem().supportedFileAttributeViews().contains("unix");
        if (unix && Files.exists(path) && ((int) Files.getAttribute(path, "unix:mode") & MODE_TYPE) == MODE_PIPE) {
            throw new StorageException(Kind.INVALID, "a pipe is no file of acknowledgements: file=" + path);
        }
    }

    /** By its begin: whoever names a wrong file, the input of all things, must not lose the end of it. */
    private static void refuseOther(Path path) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(path)) {
            head = in.readNBytes(HEAD_BYTES);
        }
        int digits = 0;
        while (digits < head.length && head[digits] >= '0' && head[digits] <= '9') {
            digits++;
        }
        boolean torn = digits == head.length; // nothing, or a first line torn within its sequence
        if (!torn && (digits == 0 || head[digits] != '\t')) {
            throw new StorageException(Kind.INVALID, "no file of acknowledgements: file=" + path);
        }
    }

    private static void dropTornLine(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            long end = file.size();
            while (end > 0) {
                file.read(one.clear(), end - 1);
                if (one.get(0) == '\n') {
                    break;
                }
                end--;
            }
            file.truncate(end);
        }
    }

    /** Remembers a row or delete of the batch in hand. */
    void add(LineValues values) {
        if (ownText) {
            quote(values.bytes(), values.bytesStart(keyColumn), values.bytesLength(keyColumn));
        } else {
            String key = values.schema().isKeyed() ? KeyText.json(values.key()) : "null";
            keys.writeBytes(key.getBytes(StandardCharsets.UTF_8));
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, count * 2);
        }
        ends[count++] = keys.size();
    }

    /** The commonest key by far, straight from its bytes. */
    private void quote(byte[] text, int start, int length) {
        keys.write('"');
        int from = start;
        for (int i = start; i < start + length; i++) {
            byte b = text[i];
            if (b == '"' || b == '\\' || (b >= 0 && b < ' ')) {
                keys.write(text, from, i - from);
                String escape = b < ' ' ? String.format("\\u%04x", b) : "\\" + (char) b;
                keys.writeBytes(escape.getBytes(StandardCharsets.US_ASCII));
                from = i + 1;
            }
        }
        keys.write(text, from, start + length - from);
        keys.write('"');
    }

    /** What was added since the last call is the batch of {@code sequence}, which is on its way. */
    void cut(long sequence) {
        byte[] head = (sequence + "\t").getBytes(StandardCharsets.US_ASCII);
        byte[] source = keys.toByteArray();
        ByteBuffer lines = ByteBuffer.allocate(source.length + count * (head.length + 1));
        int from = 0;
        for (int i = 0; i < count; i++) {
            lines.put(head).put(source, from, ends[i] - from).put((byte) '\n');
            from = ends[i];
        }
        pending.add(new Pending(sequence, count, lines.flip()));
        pendingRows += count;
        keys.reset();
        count = 0;
    }

    /** Rows of batches that are cut and not acknowledged. */
    long pendingRows() {
        return pendingRows;
    }

    /** The oldest of these batches; 0 if there is none. */
    long oldestPending() {
        return pending.isEmpty() ? 0 : pending.peek().sequence();
    }

    /**
     * Acknowledges the batches up to {@code sequence}, which are durable as asked.
     *
     * @throws StorageException DISK_FULL or FATAL; the lines written before hold, a torn last one does not count
     */
    void settle(long sequence) {
        while (!pending.isEmpty() && pending.peek().sequence() <= sequence) {
            Pending batch = pending.remove();
            pendingRows -= batch.rows();
            try {
                while (batch.lines().hasRemaining()) { // one write, unless the system takes less than all of it
                    file.write(batch.lines());
                }
            } catch (IOException e) {
                throw notWritten(path, e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
