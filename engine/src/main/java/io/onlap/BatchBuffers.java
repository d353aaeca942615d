package io.onlap;

import org.agrona.BitUtil;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;

/**
 * Buffers for batches too large for a ring slot, used again so that bulk writes do not allocate and clear one each.
 *
 * <p>Invariant: at most {@link #BUFFERS_MAX} buffers of at most {@link #BUFFER_BYTES_MAX} bytes rest here.
 *
 * <p>Threading: any thread.
 */
final class BatchBuffers {
    static final int BUFFERS_MAX = 32;
    static final int BUFFER_BYTES_MAX = 1 << 20;
    private static final int BUFFER_BYTES_MIN = 1 << 12;

    private final ManyToManyConcurrentArrayQueue<byte[]> free = new ManyToManyConcurrentArrayQueue<>(BUFFERS_MAX);

    /** A buffer of at least {@code length} bytes, contents arbitrary. */
    byte[] take(int length) {
        byte[] buffer = free.poll();
        if (buffer != null && buffer.length >= length) {
            return buffer;
        }
        return new byte
                [length > BUFFER_BYTES_MAX
                        ? length
                        : Math.max(BUFFER_BYTES_MIN, BitUtil.findNextPositivePowerOfTwo(length))];
    }

    /** Gives a buffer back; if there is no place for it the collector takes it. */
    void giveBack(byte[] buffer) {
        if (buffer.length <= BUFFER_BYTES_MAX && !free.offer(buffer)) {
            return;
        }
    }
}
