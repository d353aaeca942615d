package io.onlap.wal;

import static io.onlap.wal.FrameFormat.intAt;
import static io.onlap.wal.FrameFormat.longAt;
import static io.onlap.wal.FrameFormat.putInt;
import static io.onlap.wal.FrameFormat.putLong;
import static io.onlap.wal.FrameFormat.putShort;
import static io.onlap.wal.FrameFormat.shortAt;

import io.onlap.io.Crc32c;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The header of one frame in memory of its own (see {@link FrameFormat} for its drawing): the writer fills it before it
 * is copied to the log, the reader copies it from the log before it looks at it.
 *
 * <p>Threading: one thread.
 */
final class FrameHeader {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[FrameFormat.HEADER_BYTES]);
    private final Crc32c crc = new Crc32c();

    UnsafeBuffer buffer() {
        return buffer;
    }

    void kind(short kind, int bodyBytes, int batches) {
        putInt(buffer, FrameFormat.MAGIC_OFFSET, FrameFormat.MAGIC);
        putShort(buffer, FrameFormat.FORMAT_OFFSET, FrameFormat.FORMAT);
        putShort(buffer, FrameFormat.KIND_OFFSET, kind);
        putInt(buffer, FrameFormat.BODY_BYTES_OFFSET, bodyBytes);
        putInt(buffer, FrameFormat.BATCHES_OFFSET, batches);
    }

    void place(long epoch, long generation, long offset) {
        putLong(buffer, FrameFormat.EPOCH_OFFSET, epoch);
        putLong(buffer, FrameFormat.GENERATION_OFFSET, generation);
        putLong(buffer, FrameFormat.OWN_OFFSET_OFFSET, offset);
    }

    void order(long firstSequence, long lastBefore, WalPosition forced) {
        putLong(buffer, FrameFormat.FIRST_SEQUENCE_OFFSET, firstSequence);
        putLong(buffer, FrameFormat.LAST_BEFORE_OFFSET, lastBefore);
        putLong(buffer, FrameFormat.FORCED_GENERATION_OFFSET, forced.generation());
        putLong(buffer, FrameFormat.FORCED_OFFSET_OFFSET, forced.offset());
    }

    /** The last to be written: {@code body} holds the body's checksum. */
    void checksums(Crc32c body) {
        putInt(buffer, FrameFormat.BODY_CRC_OFFSET, body.value());
        putInt(buffer, FrameFormat.HEADER_CRC_OFFSET, headerCrc());
    }

    private int headerCrc() {
        return crc.reset().update(buffer, 0, FrameFormat.HEADER_CRC_OFFSET).value();
    }

    /** Is this the whole header of the frame at that place? Everything else in it may be trusted then. */
    boolean isOf(long epoch, long generation, long offset) {
        return intAt(buffer, FrameFormat.MAGIC_OFFSET) == FrameFormat.MAGIC
                && longAt(buffer, FrameFormat.OWN_OFFSET_OFFSET) == offset
                && longAt(buffer, FrameFormat.EPOCH_OFFSET) == epoch
                && longAt(buffer, FrameFormat.GENERATION_OFFSET) == generation
                && intAt(buffer, FrameFormat.HEADER_CRC_OFFSET) == headerCrc();
    }

    short format() {
        return shortAt(buffer, FrameFormat.FORMAT_OFFSET);
    }

    short kind() {
        return shortAt(buffer, FrameFormat.KIND_OFFSET);
    }

    int bodyBytes() {
        return intAt(buffer, FrameFormat.BODY_BYTES_OFFSET);
    }

    int batches() {
        return intAt(buffer, FrameFormat.BATCHES_OFFSET);
    }

    long firstSequence() {
        return longAt(buffer, FrameFormat.FIRST_SEQUENCE_OFFSET);
    }

    /** Sequence of the last batch up to the end of this frame. */
    long lastSequence() {
        return kind() == FrameFormat.KIND_BATCHES ? firstSequence() + batches() - 1 : lastBefore();
    }

    long lastBefore() {
        return longAt(buffer, FrameFormat.LAST_BEFORE_OFFSET);
    }

    WalPosition forced() {
        return new WalPosition(
                longAt(buffer, FrameFormat.FORCED_GENERATION_OFFSET), longAt(buffer, FrameFormat.FORCED_OFFSET_OFFSET));
    }

    int bodyCrc() {
        return intAt(buffer, FrameFormat.BODY_CRC_OFFSET);
    }
}
