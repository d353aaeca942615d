package io.onlap.wal;

import static io.onlap.wal.FrameFormat.BATCH_HEADER_BYTES;
import static io.onlap.wal.FrameFormat.HEADER_BYTES;

import io.onlap.io.Crc32c;
import io.onlap.io.FailPoint;
import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Appends frames of batches to the segment of the active generation. Once {@link #commit} returns the frame survives the
 * death of this process; against power loss see {@link WalForcer}.
 *
 * <p>Invariant: sequences ascend along the log, and each frame names the last one before it, so a reader sees every hole.
 * The checksum is computed over the caller's bytes, never over the mapped copy: a page that the disk could not hold
 * would be found wrong instead of being sealed as right.
 *
 * <p>Failure windows: killed or failed before {@code commit} nothing is visible; after it, the whole frame. A failure
 * inside {@code commit} or {@code roll} other than DISK_FULL leaves the log unclear: the caller poisons, and every later
 * call here fails with the same cause. DISK_FULL leaves everything as before the call.
 *
 * <p>Threading: the write loop only.
 */
public final class WalWriter {
    private final WalShared shared;
    private final Storage storage;
    private final ChronicleLog log;
    private final WalSettings settings;
    private final DirectBuffer ends;
    private final long epoch;
    private final int frameBytesMax;
    private final Crc32c crc = new Crc32c();
    private final FrameHeader header = new FrameHeader();

    private WalSegment segment;
    private long lastSequence = FrameFormat.NO_SEQUENCE;
    private StorageException failed;

    private boolean open;
    private long firstSequence;
    private int batches;
    private int length;

    WalWriter(WalShared shared, ChronicleLog log, WalSettings settings, long epoch, List<WalEnd> acceptedEnds) {
        this.shared = shared;
        this.storage = shared.env.storage();
        this.log = log;
        this.settings = settings;
        this.epoch = epoch;
        this.ends = FrameFormat.encodeEnds(acceptedEnds);
        this.frameBytesMax = settings.frameBytesMax();
    }

    /**
     * Begins a frame whose first batch gets {@code sequence}.
     *
     * @throws StorageException INVALID unless it is above {@link #lastSequence}; DISK_FULL; FATAL
     */
    public void begin(long sequence) {
        requireUsable();
        if (open || sequence <= lastSequence) {
            throw new StorageException(
                    Kind.INVALID,
                    "frame not begun: sequence=" + sequence + ", lastSequence=" + lastSequence + ", open=" + open);
        }
        open(sequence);
    }

    private void open(long sequence) {
        reserve(segment.end(), HEADER_BYTES);
        try {
            log.begin();
        } catch (RuntimeException | InternalError e) {
            throw fail("frame not begun", e);
        }
        open = true;
        firstSequence = sequence;
        batches = 0;
        length = HEADER_BYTES;
        crc.reset();
    }

    /** Adds a batch of the next sequence. Its bytes are copied.
     *
     * @throws StorageException INVALID if it does not {@link #fits fit}; DISK_FULL: the frame is as before the call
     */
    public void add(DirectBuffer batch, int offset, int bytes) {
        requireUsable();
        if (!open || bytes < 0 || !fits(bytes)) {
            throw new StorageException(
                    Kind.INVALID,
                    "batch not added: bytes=" + bytes + ", frameBytes=" + length + ", batchBytesMax=" + batchBytesMax()
                            + ", open=" + open);
        }
        batch.boundsCheck(offset, bytes);
        reserve(log.offset(), length + BATCH_HEADER_BYTES + bytes);
        try {
            UnsafeBuffer frame = log.frame();
            crc.updateInt(bytes).update(batch, offset, bytes);
            FrameFormat.putInt(frame, length, bytes);
            frame.putBytes(length + BATCH_HEADER_BYTES, batch, offset, bytes);
        } catch (InternalError e) {
            throw fail("batch not added", e);
        }
        length += BATCH_HEADER_BYTES + bytes;
        batches++;
    }

    /** Is there room for a batch of {@code bytes} in the open frame? */
    public boolean fits(int bytes) {
        return bytes <= frameBytesMax - length - BATCH_HEADER_BYTES;
    }

    /** Makes the frame part of the log. */
    public void commit() {
        requireUsable();
        if (!open || batches == 0) {
            throw new StorageException(Kind.INVALID, "nothing to commit: batches=" + batches + ", open=" + open);
        }
        shared.env.failPoints().reach(FailPoint.WAL_BEFORE_APPEND);
        complete(FrameFormat.KIND_BATCHES, firstSequence + batches - 1);
        shared.env.failPoints().reach(FailPoint.WAL_AFTER_APPEND);
    }

    private void complete(short kind, long sequence) {
        try {
            putHeader(kind);
            long end = log.offset() + length;
            log.complete(length);
            open = false;
            lastSequence = sequence;
            segment.committed(end, sequence);
        } catch (RuntimeException | InternalError e) {
            throw fail("frame not committed", e);
        }
    }

    private void putHeader(short kind) {
        header.kind(kind, length - HEADER_BYTES, batches);
        header.place(epoch, segment.generation(), log.offset());
        header.order(firstSequence, lastSequence, shared.forced);
        header.checksums(crc);
        log.frame().putBytes(0, header.buffer(), 0, HEADER_BYTES);
    }

    /** Drops the open frame, if there is one. */
    public void rollback() {
        boolean undo = open && failed == null;
        open = false;
        if (undo) {
            try {
                log.undo(length);
            } catch (RuntimeException | InternalError e) {
                throw fail("frame not rolled back", e);
            }
        }
    }

    /**
     * Later frames go to the segment of {@code nextGeneration}.
     *
     * @throws StorageException INVALID unless it is above {@link #generation}; DISK_FULL: call again later; FATAL
     */
    public void roll(long nextGeneration) {
        requireUsable();
        if (open || nextGeneration <= segment.generation() || nextGeneration > SegmentNames.GENERATION_MAX) {
            throw new StorageException(
                    Kind.INVALID,
                    "log not rolled: generation=" + segment.generation() + ", nextGeneration=" + nextGeneration
                            + ", generationMax=" + SegmentNames.GENERATION_MAX + ", open=" + open);
        }
        WalSegment next = shared.spare.take(nextGeneration, lastSequence);
        segment.seal();
        start(next);
    }

    /** Writes the START frame of {@code next} and makes it the active segment. */
    void start(WalSegment next) {
        shared.unforced.add(next);
        segment = next;
        log.roll(next.generation());
        try {
            open(lastSequence);
            add(ends, 0, ends.capacity());
        } catch (StorageException e) {
            throw failed == null ? fail("segment not started", e) : e;
        }
        complete(FrameFormat.KIND_START, lastSequence);
    }

    /** Space is reserved ahead, also for what Chronicle puts before and behind a frame. */
    private void reserve(long offset, int bytes) {
        segment.allocateTo(storage, offset + bytes + ChronicleLog.BETWEEN_FRAMES_BYTES, settings.allocateBytes());
    }

    private void requireUsable() {
        if (failed != null) {
            throw failed.again();
        }
    }

    private StorageException fail(String what, Throwable cause) {
        failed = ChronicleLog.failure(what, segment.path(), cause);
        return failed;
    }

    public long generation() {
        return segment.generation();
    }

    /** Bytes of the active segment up to its last frame. */
    public long segmentBytes() {
        return segment.end();
    }

    /** The largest batch a frame can hold. */
    public int batchBytesMax() {
        return frameBytesMax - HEADER_BYTES - BATCH_HEADER_BYTES;
    }

    /** Of the last committed batch of this epoch; -1 if there is none. */
    public long lastSequence() {
        return lastSequence;
    }

    /** The active segment. */
    WalSegment segment() {
        return segment;
    }
}
