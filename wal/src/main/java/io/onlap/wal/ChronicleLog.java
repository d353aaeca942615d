package io.onlap.wal;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The one queue of a log directory and its one appender: a place for a frame in the mapped file of a generation, which
 * becomes visible when it is complete.
 *
 * <p>The directory must be fresh: Chronicle's writer lock is a process id in it, which would be waited for, and is
 * mistaken for this process when ids are reused (containers). Chronicle's threads and clocks are not used: no disk
 * monitor, no background store release, and a time provider that shows the generation.
 *
 * <p>Threading: one thread at a time; the creator hands over to the write loop.
 */
final class ChronicleLog implements AutoCloseable {
    /** An index page, a document header and the end mark may lie between two frames. */
    static final int BETWEEN_FRAMES_BYTES = 64 * 1024;

    /** Chronicle's own file beside the segments, and as much of it as it maps. */
    static final String METADATA_FILE = "metadata.cq4t";

    static final int METADATA_BYTES = 256 * 1024;

    private final ChronicleQueue queue;
    private final ExcerptAppender appender;
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    private final int frameBytesMax;
    private long generation;
    private DocumentContext document;
    private Bytes<?> bytes;
    private long offset;

    private ChronicleLog(Path directory, WalSettings settings, long generation) {
        this.generation = generation;
        this.frameBytesMax = settings.frameBytesMax();
        this.queue = SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(SegmentNames.INSTANCE)
                .timeProvider(() -> SegmentNames.timeMillis(this.generation))
                .blockSize(settings.blockBytes())
                .build();
        this.appender = queue.createAppender();
        appender.singleThreadedCheckDisabled(true);
    }

    /** Opens a queue in a fresh directory, whose frames go to the segment of {@code generation}. */
    static ChronicleLog create(Path directory, WalSettings settings, long generation) {
        // A thread that polls the free space of every store for the life of the process; space is reserved instead.
        System.getProperties().putIfAbsent("chronicle.disk.monitor.disable", "true");
        System.getProperties().putIfAbsent("chronicle.announcer.disable", "true");
        try {
            return new ChronicleLog(directory, settings, generation);
        } catch (RuntimeException | LinkageError | InternalError e) {
            throw failure("log not created", directory, e);
        }
    }

    /** Begins a frame at {@link #offset}; {@link #frame} is its memory. */
    void begin() {
        document = appender.writingDocument();
        bytes = document.wire().bytes();
        offset = bytes.writePosition();
        // Mapped blocks overlap by a quarter, so a frame that begins in one is whole in it.
        frame.wrap(bytes.addressForWrite(offset), frameBytesMax);
    }

    UnsafeBuffer frame() {
        return frame;
    }

    /** Where the frame lies in its file. */
    long offset() {
        return offset;
    }

    /** The frame's first {@code length} bytes are complete: makes them visible. */
    void complete(int length) {
        bytes.writePosition(offset + length);
        DocumentContext open = document;
        document = null;
        open.close();
    }

    /** Undoes {@link #begin}; the {@code length} bytes written must not be found by the next frame. */
    void undo(int length) {
        frame.setMemory(0, length, (byte) 0);
        DocumentContext open = document;
        document = null;
        open.rollbackOnClose();
        open.close();
    }

    /** Frames begun from now on go to the segment of {@code next}. */
    void roll(long next) {
        generation = next;
    }

    static StorageException failure(String what, Path place, Throwable cause) {
        return new StorageException(Kind.FATAL, what + ": path=" + place + ", reason=" + cause, cause);
    }

    /** Gives back files and maps before it returns: Chronicle leaves that to a thread of its own, some time later. */
    @Override
    public void close() {
        try {
            appender.close();
        } finally {
            try {
                queue.close();
            } finally {
                BackgroundResourceReleaser.releasePendingResources();
            }
        }
    }
}
