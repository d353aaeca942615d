package io.onlap.io;

import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The epoch of the newest owner, as one long that several processes map: an old owner that still lives reads it behind a
 * full fence before every acknowledgement and finds that it was replaced (Dekker's pattern: a successor raises the word,
 * fences, and only then scans the log; so either the scan sees the old owner's frame, or the old owner sees the word).
 *
 * <p>The word is a signal between live processes and needs no durability beyond its file; after a power loss all owners
 * are dead, and the manifest knows the epoch.
 *
 * <p>Threading: any thread reads; one owner raises. Not used after {@link #close}.
 */
public final class EpochWord implements AutoCloseable {
    private final Path file;
    private final MappedByteBuffer bytes;
    private final UnsafeBuffer word;
    private boolean closed;

    private EpochWord(Path file, MappedByteBuffer bytes) {
        this.file = file;
        this.bytes = bytes;
        this.word = new UnsafeBuffer(bytes);
    }

    /** Maps the word, creating its file (zero, forced with its name) if it is absent. */
    public static EpochWord open(Storage storage, Path file) {
        storage.createIfAbsent(file, new byte[Long.BYTES]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() != Long.BYTES) {
                throw new StorageException(
                        Kind.CORRUPT, "epoch word damaged: path=" + file + ", bytes=" + channel.size());
            }
            return new EpochWord(file, channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES));
        } catch (IOException e) {
            throw LocalStorage.failure("epoch word not mapped", file, e);
        }
    }

    /**
     * Makes {@code epoch} the newest; what follows in this thread is ordered after it in every process.
     *
     * @throws StorageException FENCED if the word is already at or above it
     */
    public void raise(long epoch) {
        long before = word.getLongVolatile(0);
        while (before < epoch) {
            if (word.compareAndSetLong(0, before, epoch)) {
                VarHandle.fullFence();
                return;
            }
            before = word.getLongVolatile(0);
        }
        throw new StorageException(
                Kind.FENCED, "epoch not raised: path=" + file + ", epoch=" + epoch + ", found=" + before);
    }

    /** The newest epoch, read after everything this thread did before is seen by all processes. */
    public long readWithFullFence() {
        VarHandle.fullFence();
        return word.getLongVolatile(0);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            // A late read finds no buffer and fails, instead of touching an unmapped page.
            word.wrap(ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN));
            BufferUtil.free(bytes);
        }
    }
}
