package io.onlap.io;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import org.agrona.BufferUtil;

/**
 * A whole file mapped read-only, at most 2 GiB. Reading {@link #address} after {@link #close} kills the process, so its
 * users count references (see the segment reader) and close last.
 *
 * <p>Threading: any thread may read; one closes.
 */
public final class MappedFile implements AutoCloseable {
    private final MappedByteBuffer bytes;
    private final long address;
    private boolean closed;

    /** @param bytes a map of the file's every byte; this object unmaps it */
    public MappedFile(MappedByteBuffer bytes) {
        this.bytes = bytes;
        this.address = bytes.capacity() == 0 ? 0 : BufferUtil.address(bytes);
    }

    /** Where byte 0 lies; 0 for an empty file. */
    public long address() {
        return address;
    }

    public int length() {
        return bytes.capacity();
    }

    /** The bytes as a read-only buffer of its own position, big-endian. */
    public ByteBuffer buffer() {
        return bytes.asReadOnlyBuffer();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            BufferUtil.free(bytes);
        }
    }
}
