package io.onlap.wal;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The bytes of a frame, little-endian, at a multiple of four bytes from the start of its file:
 *
 * <pre>
 *    0 magic          int32  "OWF1"
 *    4 format         int16
 *    6 kind           int16  1 START (accepted ends), 2 BATCHES
 *    8 body bytes     int32
 *   12 batches        int32
 *   16 epoch          int64
 *   24 generation     int64
 *   32 own offset     int64  of the magic in its file
 *   40 first sequence int64  of the first batch; the others follow by one
 *   48 last before    int64  sequence of the last batch before this frame in this epoch, -1: none
 *   56 forced to      int64 generation, int64 offset: everything of this epoch before it was forced already
 *   72 body crc       int32  CRC-32C of the body, computed over the bytes it was copied from
 *   76 header crc     int32  CRC-32C of the 76 bytes before
 *   80 body: for each batch { bytes int32, the bytes }
 * </pre>
 *
 * Epoch, generation and own offset tie a frame to its one place, so bytes that were moved or copied are no frame; "last
 * before" chains the frames, so a hole between two good frames is seen whatever fills it. Between frames lie Chronicle's
 * document headers, index pages and padding, which no decision rests on.
 *
 * <p>Threading: stateless.
 */
final class FrameFormat {
    static final int MAGIC = 0x3146574f;
    static final short FORMAT = 1;
    static final short KIND_START = 1;
    static final short KIND_BATCHES = 2;

    static final int MAGIC_OFFSET = 0;
    static final int FORMAT_OFFSET = 4;
    static final int KIND_OFFSET = 6;
    static final int BODY_BYTES_OFFSET = 8;
    static final int BATCHES_OFFSET = 12;
    static final int EPOCH_OFFSET = 16;
    static final int GENERATION_OFFSET = 24;
    static final int OWN_OFFSET_OFFSET = 32;
    static final int FIRST_SEQUENCE_OFFSET = 40;
    static final int LAST_BEFORE_OFFSET = 48;
    static final int FORCED_GENERATION_OFFSET = 56;
    static final int FORCED_OFFSET_OFFSET = 64;
    static final int BODY_CRC_OFFSET = 72;
    static final int HEADER_CRC_OFFSET = 76;
    static final int HEADER_BYTES = 80;

    /** Before each batch: its length. */
    static final int BATCH_HEADER_BYTES = Integer.BYTES;

    /** Frames start at multiples of this in a file. */
    static final int ALIGNMENT = 4;

    /** No sequence: before the first batch of an epoch. */
    static final long NO_SEQUENCE = -1;

    private static final int END_BYTES = 4 * Long.BYTES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private FrameFormat() {}

    static int intAt(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset, ORDER);
    }

    static short shortAt(DirectBuffer buffer, int offset) {
        return buffer.getShort(offset, ORDER);
    }

    static long longAt(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset, ORDER);
    }

    static void putInt(MutableDirectBuffer buffer, int offset, int value) {
        buffer.putInt(offset, value, ORDER);
    }

    static void putShort(MutableDirectBuffer buffer, int offset, short value) {
        buffer.putShort(offset, value, ORDER);
    }

    static void putLong(MutableDirectBuffer buffer, int offset, long value) {
        buffer.putLong(offset, value, ORDER);
    }

    /** The body of a START frame: its one batch. */
    static DirectBuffer encodeEnds(List<WalEnd> ends) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[ends.size() * END_BYTES]);
        for (int i = 0; i < ends.size(); i++) {
            WalEnd end = ends.get(i);
            int at = i * END_BYTES;
            putLong(buffer, at, end.epoch());
            putLong(buffer, at + 8, end.position().generation());
            putLong(buffer, at + 16, end.position().offset());
            putLong(buffer, at + 24, end.lastSequence());
        }
        return buffer;
    }

    static List<WalEnd> decodeEnds(DirectBuffer buffer, int offset, int length) {
        if (length % END_BYTES != 0) {
            throw new StorageException(Kind.CORRUPT, "accepted ends damaged: bytes=" + length);
        }
        List<WalEnd> ends = new ArrayList<>();
        for (int at = offset; at < offset + length; at += END_BYTES) {
            WalPosition position = new WalPosition(longAt(buffer, at + 8), longAt(buffer, at + 16));
            ends.add(new WalEnd(longAt(buffer, at), position, longAt(buffer, at + 24)));
        }
        return List.copyOf(ends);
    }
}
