package io.onlap.wal;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;

/**
 * The sizes of a log.
 *
 * @param blockBytes mapped at a time, a power of two; a frame takes at most a quarter of it
 * @param allocateBytes disk space reserved at a time ahead of the writes
 * <p>Threading: immutable.
 */
public record WalSettings(int blockBytes, int allocateBytes) {
    public static final int BLOCK_BYTES_MIN = 256 * 1024;

    public static final int ALLOCATE_BYTES_MIN = 256 * 1024;

    public WalSettings {
        if (blockBytes < BLOCK_BYTES_MIN || Integer.bitCount(blockBytes) != 1) {
            throw new StorageException(
                    Kind.INVALID,
                    "log block not a power of two in range: blockBytes=" + blockBytes + ", blockBytesMin="
                            + BLOCK_BYTES_MIN);
        }
        // A fresh segment's first reservation must hold Chronicle's header and index and the START frame.
        if (allocateBytes < ALLOCATE_BYTES_MIN) {
            throw new StorageException(
                    Kind.INVALID,
                    "too little reserved at a time: allocateBytes=" + allocateBytes + ", allocateBytesMin="
                            + ALLOCATE_BYTES_MIN);
        }
    }

    /** Blocks of 64 MiB, so frames up to 16 MiB; space reserved 16 MiB at a time. */
    public static WalSettings defaults() {
        return new WalSettings(64 << 20, 16 << 20);
    }

    /** Bytes of the largest frame, header and batch lengths included. */
    int frameBytesMax() {
        return blockBytes / 4 - FrameFormat.HEADER_BYTES;
    }
}
