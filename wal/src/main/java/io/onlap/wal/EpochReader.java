package io.onlap.wal;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Walks the frames of one epoch's directory in order, and judges the place where they stop.
 *
 * <p>A frame follows if it is whole, lies behind the last one, and names the last one's sequence as the one before it;
 * what lies between does not matter. The first one is a START frame: of the first generation asked for, or of the epoch's
 * first segment. A whole segment farther on begins behind a hole: only the newest START frame is sure to be forced, so a
 * power loss can take a segment and spare the next.
 *
 * <p>Where none follows, the frames still found behind that place say how far the log had been forced when they were
 * written: beyond that place, then acknowledged rows are damaged (CORRUPT); else it is the tail of a log whose last writes
 * did not all reach the disk, and everything from there on is dropped.
 *
 * <p>Threading: one thread.
 */
final class EpochReader {
    /** How often, and how far apart, a bad frame in a file that is still written is read again. */
    private static final int REREADS_MAX = 50;

    private static final long REREAD_NS = 100_000;

    private final long epoch;
    private final List<SegmentScanner> segments;
    private final FrameHeader header;
    private boolean live;
    private long expected = FrameFormat.NO_SEQUENCE;
    private WalEnd cut;
    private int index;
    private long position;
    private long firstGeneration;
    private boolean chained;
    private long lastSequence = FrameFormat.NO_SEQUENCE;
    private WalPosition end = new WalPosition(0, 0);
    private long frameOffset;
    private WalTail tail;
    private boolean isBroken;

    EpochReader(long epoch, List<SegmentScanner> segments, FrameHeader header) {
        this.epoch = epoch;
        this.segments = segments;
        this.header = header;
    }

    /** Its last segment may still be written; before anything is read. */
    void expectWrites() {
        live = true;
    }

    /** Up to {@code sequence} no place without a frame is taken for the end of what is written so far. */
    void expect(long sequence) {
        expected = sequence;
    }

    long epoch() {
        return epoch;
    }

    List<SegmentScanner> segments() {
        return segments;
    }

    /** A newer directory says that this one ends here. */
    void cut(WalEnd at) {
        if (cut == null || at.position().compareTo(cut.position()) < 0) {
            cut = at;
        }
    }

    /** Starts at {@code generation}, or behind it if the epoch does; 0 starts at the first segment there is. */
    void skipBelow(long generation) {
        while (index < segments.size() && segments.get(index).generation() < generation) {
            index++;
        }
        boolean whatIsThere = generation == 0 && !segments.isEmpty();
        firstGeneration = whatIsThere ? segments.get(0).generation() : generation;
        end = new WalPosition(generation, 0);
    }

    /** Moves to the next frame, START frames too; false at the end of this directory. */
    boolean next() {
        int at = index;
        long from = position;
        while (at < segments.size()) {
            SegmentScanner segment = segments.get(at);
            if (isCut(segment.generation(), from)) {
                break;
            }
            boolean written = live && at == segments.size() - 1;
            long found = written ? findWritten(segment, from) : segment.findFrame(from, Long.MAX_VALUE);
            if (found >= 0 && isCut(segment.generation(), found)) {
                break;
            }
            if (found >= 0) {
                if (follows(segment.generation())) {
                    accept(at, found);
                    return true;
                }
                isBroken = true;
                stop(true);
                return false;
            }
            at++;
            from = 0;
        }
        stop(false);
        return false;
    }

    private boolean isCut(long generation, long offset) {
        return cut != null && new WalPosition(generation, offset).compareTo(cut.position()) >= 0;
    }

    private boolean follows(long generation) {
        if (chained) {
            return header.lastBefore() == lastSequence;
        }
        boolean isFirst = generation <= firstGeneration || header.lastBefore() == FrameFormat.NO_SEQUENCE;
        return header.kind() == FrameFormat.KIND_START && isFirst;
    }

    private void accept(int at, long found) {
        index = at;
        frameOffset = found;
        position = found + FrameFormat.HEADER_BYTES + header.bodyBytes();
        chained = true;
        lastSequence = header.lastSequence();
        end = new WalPosition(segments.get(at).generation(), position);
    }

    private long findWritten(SegmentScanner segment, long from) {
        long found = segment.nextWritten(from);
        for (int i = 0; found < -1 && i < REREADS_MAX; i++) {
            LockSupport.parkNanos(REREAD_NS);
            segment.forget();
            found = segment.nextWritten(from);
        }
        // Complete and still bad, or not there though it must be: look behind it, as in a file nobody writes.
        boolean missing = found == -1 && lastSequence < expected;
        return found < -1 || missing ? segment.findFrame(from, Long.MAX_VALUE) : found;
    }

    /** No frame follows: is that an end, a tail, or damage? */
    private void stop(boolean broken) {
        int first = index;
        index = segments.size();
        if (first == segments.size()) {
            return;
        }
        SegmentScanner segment = segments.get(first);
        if (cut != null) {
            // The frames up to the cut were all there once; segments behind it do not count.
            boolean reaches = segment.generation() <= cut.position().generation() && cut.lastSequence() >= 0;
            if (reaches && lastSequence != cut.lastSequence()) {
                throw corrupt(segment, cut.position());
            }
            end = cut.position();
            return;
        }
        if (live && !broken) {
            return;
        }
        judge(first);
    }

    private void judge(int first) {
        SegmentScanner segment = segments.get(first);
        // Of what was asked for: a segment that was lost whole has no scanner.
        WalPosition bad = chained ? end : new WalPosition(firstGeneration, 0);
        long bytes = 0;
        long frames = 0;
        for (int i = first; i < segments.size(); i++) {
            SegmentScanner behind = segments.get(i);
            long from = i == first ? position : 0;
            bytes += behind.bytesBehind(from);
            for (long at = behind.findFrame(from, Long.MAX_VALUE); at >= 0; ) {
                if (header.forced().compareTo(bad) > 0) {
                    throw corrupt(segment, header.forced());
                }
                frames += header.kind() == FrameFormat.KIND_BATCHES ? 1 : 0;
                at = behind.findFrame(at + FrameFormat.HEADER_BYTES + header.bodyBytes(), Long.MAX_VALUE);
            }
        }
        if ((bytes > 0 || frames > 0) && !live) {
            tail = new WalTail(segment.path(), position, bytes, frames);
        }
    }

    private StorageException corrupt(SegmentScanner segment, WalPosition sound) {
        return new StorageException(
                Kind.CORRUPT,
                "log damaged: path=" + segment.path() + ", position=" + position + ", epoch=" + epoch + ", generation="
                        + segment.generation() + ", soundToGeneration=" + sound.generation() + ", soundToOffset="
                        + sound.offset());
    }

    /** Where the frame {@link #next} moved to begins in its segment. */
    long frameOffset() {
        return frameOffset;
    }

    /** The segment of that frame. */
    SegmentScanner segment() {
        return segments.get(index);
    }

    /** Where the directory ends; after {@link #next} was false. */
    WalEnd end() {
        return cut != null ? cut : new WalEnd(epoch, end, lastSequence);
    }

    /** Did reading stop at a frame that does not follow the one before it? */
    boolean isBroken() {
        return isBroken;
    }

    /** What was dropped, or null. */
    WalTail tail() {
        return tail;
    }
}
