package io.onlap.wal;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The log of one owner: a directory of its own epoch, in which it alone appends, beside the directories of the owners
 * before it, which are only read and cut.
 *
 * <p>Invariant: every segment begins with a START frame that says where all older directories end. So a directory of an
 * owner that was declared dead and still appends grows beyond an end that is already settled, and is not read there.
 *
 * <p>Failure windows of {@link #create}: killed before its first frame is forced, the directory has no valid frame or one
 * that repeats what recovery would find again; it holds no row either way, and the next owner takes the next epoch.
 *
 * <p>Threading: {@link #writer} is the write loop's, {@link #forcer} the force thread's, {@link #truncateBefore} the
 * force thread's too; {@link #close} when all three have stopped.
 */
public final class Wal implements AutoCloseable {
    private final WalShared shared;
    private final Path walRoot;
    private final long epoch;
    private final ChronicleLog log;
    private final WalWriter writer;
    private final WalForcer forcer;
    private final Map<Path, Long> olderEnds = new HashMap<>();
    private boolean closed;

    private Wal(
            WalShared shared, Path walRoot, long epoch, ChronicleLog log, WalWriter writer, List<WalEnd> acceptedEnds) {
        this.shared = shared;
        this.walRoot = walRoot;
        this.epoch = epoch;
        this.log = log;
        this.writer = writer;
        this.forcer = new WalForcer(shared);
        for (WalEnd end : acceptedEnds) {
            String name = SegmentNames.fileName(end.position().generation());
            olderEnds.put(
                    WalDirectories.of(walRoot, end.epoch()).resolve(name),
                    end.position().offset());
        }
    }

    /**
     * Begins the log of a new owner. When it returns, all older directories and the first frame of the new one, with the
     * accepted ends, survive power loss: what recovery read may have been in the page cache only.
     *
     * @param epoch above that of every directory there is
     * @param generation of the first segment, above all that were replayed
     * @param acceptedEnds {@link WalReader#ends} of the recovery that was replayed
     * @throws StorageException CONFLICT if the epoch has a directory already; DISK_FULL; FATAL
     */
    public static Wal create(
            Env env, Path walRoot, long epoch, long generation, List<WalEnd> acceptedEnds, WalSettings settings) {
        if (generation < 0 || generation > SegmentNames.GENERATION_MAX) {
            throw new StorageException(
                    Kind.INVALID,
                    "generation out of range: generation=" + generation + ", generationMax="
                            + SegmentNames.GENERATION_MAX);
        }
        Storage storage = env.storage();
        storage.createDirectories(walRoot);
        forceOlder(storage, walRoot, epoch);
        Path directory = WalDirectories.of(walRoot, epoch);
        storage.createDirectories(directory);
        WalShared shared = new WalShared(env, directory, settings, generation);
        // Chronicle maps its own small file before it has room for it.
        Path metadata = directory.resolve(ChronicleLog.METADATA_FILE);
        storage.create(metadata).close();
        storage.allocate(metadata, 0, ChronicleLog.METADATA_BYTES);
        ChronicleLog log = ChronicleLog.create(directory, settings, generation);
        WalWriter writer = new WalWriter(shared, log, settings, epoch, acceptedEnds);
        Wal wal = new Wal(shared, walRoot, epoch, log, writer, acceptedEnds);
        try {
            wal.start(generation);
            return wal;
        } catch (RuntimeException | Error e) {
            wal.closeAfter(e);
            throw e;
        }
    }

    private static void forceOlder(Storage storage, Path walRoot, long epoch) {
        for (Map.Entry<Long, Path> directory :
                WalDirectories.epochs(storage, walRoot).entrySet()) {
            if (directory.getKey() >= epoch) {
                throw new StorageException(
                        Kind.CONFLICT,
                        "log directory of a newer owner: path=" + directory.getValue() + ", epoch=" + epoch);
            }
            try {
                for (Path segment :
                        WalDirectories.segments(storage, directory.getValue()).values()) {
                    forceIfThere(storage, segment);
                }
                storage.forceDirectory(directory.getValue());
            } catch (StorageException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
                // The whole directory was cut, as below.
            }
        }
    }

    private static void forceIfThere(Storage storage, Path segment) {
        try {
            storage.force(segment);
        } catch (StorageException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
            // Its owner, which still lives, has cut it since it was listed: its rows are in segment files.
        }
    }

    private void start(long generation) {
        writer.start(shared.spare.take(generation, FrameFormat.NO_SEQUENCE));
        shared.env.failPoints().reach(FailPoint.WAL_CREATED);
        forcer.force();
    }

    public WalWriter writer() {
        return writer;
    }

    public WalForcer forcer() {
        return forcer;
    }

    /**
     * Removes the segments of generations below {@code generation} from the log, in the own and all older directories, the
     * oldest first, then older directories that are empty. Own files are kept for segments to come, up to a few, others
     * deleted. Directories of newer owners are none of ours: one that seems empty is being made. The caller has made durable
     * that these generations are flushed.
     */
    public void truncateBefore(long generation) {
        Storage storage = shared.env.storage();
        for (Path directory :
                WalDirectories.epochs(storage, walRoot).headMap(epoch, true).values()) {
            boolean own = directory.equals(shared.directory);
            // Own segments from the newest with a durable START frame on stay: it must go on to name the older ends.
            long end = own ? Math.min(generation, shared.startForced) : generation;
            Map<Long, Path> segments = WalDirectories.segments(storage, directory);
            boolean empty = true;
            for (Map.Entry<Long, Path> segment : segments.entrySet()) {
                if (segment.getKey() < end) {
                    if (!own || !shared.spare.recycle(segment.getValue())) {
                        storage.delete(segment.getValue());
                    }
                    shared.env.failPoints().reach(FailPoint.TRUNCATE_AFTER_DELETE);
                } else {
                    empty = false;
                }
            }
            if (empty && !own) {
                deleteDirectory(storage, directory);
            }
        }
    }

    private static void deleteDirectory(Storage storage, Path directory) {
        for (String name : storage.list(directory)) {
            storage.delete(directory.resolve(name));
        }
        storage.delete(directory);
    }

    /** Bytes of all segments there are, up to their ends: files are mapped and reserved far ahead of those. Any thread. */
    public long bytes() {
        Storage storage = shared.env.storage();
        Map<Path, Long> ends = new HashMap<>(olderEnds);
        for (WalSegment segment : shared.unforced) {
            ends.put(segment.path(), segment.end());
        }
        long bytes = 0;
        for (Path directory : WalDirectories.epochs(storage, walRoot).values()) {
            for (Path segment : WalDirectories.segments(storage, directory).values()) {
                bytes += Math.min(size(storage, segment), ends.getOrDefault(segment, Long.MAX_VALUE));
            }
        }
        return bytes;
    }

    private static long size(Storage storage, Path segment) {
        try {
            return storage.size(segment);
        } catch (StorageException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return 0; // deleted since it was listed
            }
            throw e;
        }
    }

    private void closeAfter(Throwable because) {
        try {
            close();
        } catch (RuntimeException e) {
            because.addSuppressed(e);
        }
    }

    /** Gives back files and maps. Forces nothing: what must be durable was forced by the forcer. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            log.close();
        } finally {
            for (WalSegment segment : shared.unforced) {
                segment.handle().close();
            }
            shared.spare.close();
        }
    }
}
