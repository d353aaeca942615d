package io.onlap.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;

/**
 * The stdin of this process. Unlike {@code System.in} a read that waits for a silent pipe ends when another thread closes
 * the stream, as if the input had ended: so SIGINT can stop a command that waits for rows.
 *
 * <p>Threading: one thread reads; any closes.
 */
final class StdinStream extends InputStream {
    private final FileInputStream file = new FileInputStream(FileDescriptor.in);
    private final FileChannel channel = file.getChannel();

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return channel.read(ByteBuffer.wrap(bytes, offset, length));
        } catch (ClosedChannelException e) {
            return -1;
        }
    }

    @Override
    public int available() throws IOException {
        return channel.isOpen() ? file.available() : 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
