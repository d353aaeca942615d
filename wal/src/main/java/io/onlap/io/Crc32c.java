package io.onlap.io;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * CRC-32C over regions of buffers, incrementally and without allocation.
 *
 * <p>Threading: one thread.
 */
public final class Crc32c {
    /** How much of a buffer that is no array is copied at a time: stays in the first-level cache. */
    private static final int SCRATCH_BYTES = 8192;

    private final CRC32C crc = new CRC32C();
    private final byte[] scratch = new byte[SCRATCH_BYTES];

    public Crc32c reset() {
        crc.reset();
        return this;
    }

    public Crc32c update(byte[] bytes, int offset, int length) {
        crc.update(bytes, offset, length);
        return this;
    }

    public Crc32c update(DirectBuffer buffer, int offset, int length) {
        buffer.boundsCheck(offset, length);
        byte[] array = buffer.byteArray();
        if (array != null) {
            crc.update(array, buffer.wrapAdjustment() + offset, length);
            return this;
        }
        for (int done = 0; done < length; ) {
            int part = Math.min(SCRATCH_BYTES, length - done);
            buffer.getBytes(offset + done, scratch, 0, part);
            crc.update(scratch, 0, part);
            done += part;
        }
        return this;
    }

    /** The four bytes of {@code value}, little-endian. */
    public Crc32c updateInt(int value) {
        scratch[0] = (byte) value;
        scratch[1] = (byte) (value >> 8);
        scratch[2] = (byte) (value >> 16);
        scratch[3] = (byte) (value >> 24);
        crc.update(scratch, 0, Integer.BYTES);
        return this;
    }

    public int value() {
        return (int) crc.getValue();
    }

    /** The checksum of the remaining bytes of {@code bytes}, whose position stays. */
    public static int of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    public static int of(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
