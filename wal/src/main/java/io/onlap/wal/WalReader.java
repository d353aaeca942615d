package io.onlap.wal;

import static io.onlap.wal.FrameFormat.BATCH_HEADER_BYTES;
import static io.onlap.wal.FrameFormat.HEADER_BYTES;

import io.onlap.io.Env;
import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;

/**
 * Reads the batches of a log in the order they were written: for recovery, and for readers in other processes beside a
 * live owner. Plain file reads of checksummed frames; it opens all files first and changes no byte.
 *
 * <p>Invariant: a batch it returns is one that was written whole at that place, and no batch before it in its epoch is
 * missing. Damage is CORRUPT with the place, or, above the highest position known forced, a tail that is dropped and
 * reported (see {@link EpochReader}).
 *
 * <p>Threading: one thread.
 */
public final class WalReader implements AutoCloseable {
    /** A START frame lies right behind Chronicle's header and index; farther in there is none to look for. */
    private static final long START_OFFSET_MAX = 1 << 20;

    private final Path walRoot;
    private final FileWindow window = new FileWindow();
    private final FrameHeader header = new FrameHeader();
    private final List<EpochReader> epochs = new ArrayList<>();
    private int current;
    private int batchesLeft;
    private long sequence;
    private int offset;
    private int length;
    private int frameEnd;

    private WalReader(Path walRoot) {
        this.walRoot = walRoot;
    }

    /**
     * Opens the files of all directories.
     *
     * @param lives does the owner of that epoch live? Asked about the newest directory, when all files are open and none is
     *     read. If so, a bad frame in its newest segment is read again before it is judged, and where that segment is not
     *     complete is the end. If not, nobody writes what was opened
     * @throws StorageException NOT_FOUND if a file was deleted meanwhile: read the head again and start over
     */
    public static WalReader open(Env env, Path walRoot, LongPredicate lives) {
        WalReader reader = new WalReader(walRoot);
        try {
            for (Map.Entry<Long, Path> directory :
                    WalDirectories.epochs(env.storage(), walRoot).entrySet()) {
                reader.add(env.storage(), directory.getKey(), directory.getValue());
            }
            reader.askAboutNewest(lives);
            reader.applyAcceptedEnds();
            return reader;
        } catch (RuntimeException | Error e) {
            reader.closeAfter(e);
            throw e;
        }
    }

    private void add(Storage storage, long epoch, Path directory) {
        List<SegmentScanner> segments = new ArrayList<>();
        EpochReader added = new EpochReader(epoch, segments, header);
        epochs.add(added);
        for (Map.Entry<Long, Path> segment :
                WalDirectories.segments(storage, directory).entrySet()) {
            segments.add(SegmentScanner.open(epoch, segment.getKey(), segment.getValue(), window, header));
        }
        added.skipBelow(0);
    }

    private void askAboutNewest(LongPredicate lives) {
        if (!epochs.isEmpty() && lives.test(newest().epoch())) {
            newest().expectWrites();
        }
    }

    private EpochReader newest() {
        return epochs.get(epochs.size() - 1);
    }

    /** Each directory with a START frame cuts all older ones; one that it does not name ended before it had a frame. */
    private void applyAcceptedEnds() {
        for (int newer = 1; newer < epochs.size(); newer++) {
            Optional<List<WalEnd>> ends = acceptedEnds(epochs.get(newer));
            for (int older = 0; ends.isPresent() && older < newer; older++) {
                EpochReader reader = epochs.get(older);
                WalEnd nothing = new WalEnd(reader.epoch(), new WalPosition(0, 0), FrameFormat.NO_SEQUENCE);
                reader.cut(ends.get().stream()
                        .filter(end -> end.epoch() == reader.epoch())
                        .findFirst()
                        .orElse(nothing));
            }
        }
    }

    private Optional<List<WalEnd>> acceptedEnds(EpochReader reader) {
        for (SegmentScanner segment : reader.segments()) {
            long at = segment.findFrame(0, START_OFFSET_MAX);
            if (at >= 0 && header.kind() == FrameFormat.KIND_START) {
                int body = window.index(at) + HEADER_BYTES;
                int bytes = FrameFormat.intAt(window.view(), body);
                return Optional.of(FrameFormat.decodeEnds(window.view(), body + BATCH_HEADER_BYTES, bytes));
            }
        }
        return Optional.empty();
    }

    /**
     * Segments of generations below {@code generation} are not read, and {@code generation} is expected to be there, if its
     * epoch wrote it; 0 reads all there are. Before the first {@link #next}.
     */
    public void skipBelow(long generation) {
        for (EpochReader epoch : epochs) {
            epoch.skipBelow(generation);
        }
    }

    /**
     * The owner of the newest directory is known to have written up to {@code sequence} before {@link #open}, so what is no
     * frame before that is not where it writes: frames behind it are looked for, through the rest of the segment. Before the
     * first {@link #next}.
     */
    public void expect(long sequence) {
        if (!epochs.isEmpty()) {
            newest().expect(sequence);
        }
    }

    /**
     * Moves to the next batch; what {@link #buffer} showed before is no longer valid.
     *
     * @return false at the end
     * @throws StorageException CORRUPT naming segment and position; INVALID if the log is of a newer format
     */
    public boolean next() {
        while (batchesLeft == 0) {
            if (current == epochs.size()) {
                return false;
            }
            EpochReader epoch = epochs.get(current);
            if (!epoch.next()) {
                current++;
            } else if (header.kind() == FrameFormat.KIND_BATCHES) {
                batchesLeft = header.batches();
                sequence = header.firstSequence() - 1;
                int start = window.index(epoch.frameOffset()) + HEADER_BYTES;
                frameEnd = start + header.bodyBytes();
                offset = start;
                length = 0;
                if (batchesLeft < 1) {
                    throw badBody();
                }
            }
        }
        batchesLeft--;
        sequence++;
        offset += length;
        if (frameEnd - offset < BATCH_HEADER_BYTES) {
            throw badBody();
        }
        length = FrameFormat.intAt(window.view(), offset);
        offset += BATCH_HEADER_BYTES;
        if (length < 0 || length > frameEnd - offset) {
            throw badBody();
        }
        return true;
    }

    private StorageException badBody() {
        EpochReader epoch = epochs.get(current);
        return new StorageException(
                Kind.CORRUPT,
                "frame with a sound checksum and unsound batches: path="
                        + epoch.segment().path() + ", position=" + epoch.frameOffset());
    }

    public long epoch() {
        return epochs.get(current).epoch();
    }

    public long generation() {
        return epochs.get(current).segment().generation();
    }

    /** The segment file the batch lies in. */
    public Path segment() {
        return epochs.get(current).segment().path();
    }

    /** Where the frame that holds the batch begins in {@link #segment}. */
    public long frameOffset() {
        return epochs.get(current).frameOffset();
    }

    public long sequence() {
        return sequence;
    }

    /** Holds the batch from {@link #offset} on, {@link #length} bytes; until the next {@link #next} or {@link #close}. */
    public DirectBuffer buffer() {
        return window.view();
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /** Where each directory ends, by ascending epoch; after {@link #next} was false. */
    public List<WalEnd> ends() {
        return epochs.stream().map(EpochReader::end).toList();
    }

    /** Of the newest directory; -1 if there is none. */
    public long newestEpoch() {
        return epochs.isEmpty() ? -1 : newest().epoch();
    }

    /** Newest sequence of those that were read, or that the log names as written before; -1: none. After {@link #next} was false. */
    public long lastSequence() {
        return epochs.stream()
                .mapToLong(epoch -> epoch.end().lastSequence())
                .max()
                .orElse(FrameFormat.NO_SEQUENCE);
    }

    /** Where the newest directory was read to, for messages; it has to be there. After {@link #next} was false. */
    public String describeEnd() {
        WalPosition end = newest().end().position();
        Path directory = WalDirectories.of(walRoot, newest().epoch());
        return "path=" + directory.resolve(SegmentNames.fileName(end.generation())) + ", position=" + end.offset();
    }

    /** What was dropped by the rule of the tail; null if nothing was. After {@link #next} was false. */
    public WalTail droppedTail() {
        WalTail dropped = null;
        for (EpochReader epoch : epochs) {
            dropped = epoch.tail() == null ? dropped : epoch.tail();
        }
        return dropped;
    }

    /**
     * Were frames left out because those before them are missing? Beside a live owner that is what a segment looks like that
     * was flushed and cleared while it was read: read the head, and start over above what it has flushed. After {@link #next}
     * was false.
     */
    public boolean isBroken() {
        return epochs.stream().anyMatch(EpochReader::isBroken);
    }

    /** All segment files that were there at {@link #open}, in order. */
    public List<Path> segments() {
        return epochs.stream()
                .flatMap(epoch -> epoch.segments().stream())
                .map(SegmentScanner::path)
                .toList();
    }

    private void closeAfter(Throwable because) {
        try {
            close();
        } catch (RuntimeException e) {
            because.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        for (EpochReader epoch : epochs) {
            for (SegmentScanner segment : epoch.segments()) {
                segment.close();
            }
        }
        window.close();
    }
}
