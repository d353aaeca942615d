package io.onlap.wal;

import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A part of a file in memory, read by plain reads: a damaged page is an error to catch, where a mapped one would kill the
 * process. Grows to the largest frame asked for.
 *
 * <p>Threading: one thread.
 */
final class FileWindow implements AutoCloseable {
    private static final int BYTES_MIN = 1 << 18;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final CRC32C crc = new CRC32C();
    private ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES_MIN);
    private FileChannel channel;
    private Path path;
    private long start;
    private int length;

    FileWindow() {
        view.wrap(bytes);
    }

    /** Later loads are of this file. */
    void select(FileChannel file, Path name) {
        if (channel != file) {
            channel = file;
            path = name;
            forget();
        }
    }

    /** The next load reads again, even what is here already. */
    void forget() {
        length = 0;
    }

    /** Makes sure that {@code count} bytes from {@code offset} on are here; false if the file ends before. */
    boolean load(long offset, int count) {
        if (offset >= start && offset + count <= start + length) {
            return true;
        }
        if (count > bytes.capacity()) {
            grow(count);
        }
        bytes.clear();
        try {
            int read = 0;
            while (bytes.hasRemaining() && read >= 0) {
                read = channel.read(bytes, offset + bytes.position());
            }
        } catch (IOException e) {
            forget();
            throw LocalStorage.failure("log not read", path, e);
        }
        start = offset;
        length = bytes.position();
        return count <= length;
    }

    private void grow(int count) {
        BufferUtil.free(bytes);
        forget();
        try {
            bytes = ByteBuffer.allocateDirect((int) Math.min(Integer.MAX_VALUE - 8L, count * 2L));
        } catch (OutOfMemoryError e) {
            bytes = ByteBuffer.allocateDirect(BYTES_MIN);
            throw new StorageException(Kind.BUSY, "no memory to read a frame: path=" + path + ", bytes=" + count, e);
        } finally {
            view.wrap(bytes);
        }
    }

    /** The loaded bytes; {@link #index} tells where one lies. */
    UnsafeBuffer view() {
        return view;
    }

    int index(long offset) {
        return (int) (offset - start);
    }

    /** Offset behind the last loaded byte. */
    long end() {
        return start + length;
    }

    /** CRC-32C of loaded bytes. */
    int crc(long offset, int count) {
        crc.reset();
        crc.update(bytes.duplicate().limit(index(offset) + count).position(index(offset)));
        return (int) crc.getValue();
    }

    @Override
    public void close() {
        BufferUtil.free(bytes);
        view.wrap(0, 0);
        forget();
    }
}
