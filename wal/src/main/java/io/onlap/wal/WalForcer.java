package io.onlap.wal;

import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;

/**
 * Makes the log durable against power loss: forces every segment that has unforced frames, the oldest first, so that
 * nothing is durable above a hole. The directory is forced with a segment's first force.
 *
 * <p>A force covers whatever was complete when it began; the write loop goes on appending and rolling meanwhile. After a
 * failure nothing is known about the pages it was to write (the system may have dropped them and call the next force a
 * success), so every later call fails with the first cause.
 *
 * <p>Threading: the force thread only, but for {@link #openSegments}.
 */
public final class WalForcer {
    private final WalShared shared;
    private long durableSequence = FrameFormat.NO_SEQUENCE;
    private WalSegment named;
    private StorageException failed;

    WalForcer(WalShared shared) {
        this.shared = shared;
    }

    /**
     * Forces all that was complete when the call began.
     *
     * @return the last sequence that is now durable; -1 if there is none
     * @throws StorageException FATAL: the log must not be used any more
     */
    public long force() {
        if (failed != null) {
            throw failed.again();
        }
        try {
            // The last segment that exists now ends the round: a write loop that keeps rolling must not keep us here.
            WalSegment last = null;
            for (WalSegment segment : shared.unforced) {
                last = segment;
            }
            boolean more = last != null;
            while (more) {
                WalSegment segment = shared.unforced.peek();
                more = segment != last;
                force(segment);
            }
            shared.spare.prepare();
            return durableSequence;
        } catch (RuntimeException e) {
            throw fail(e);
        }
    }

    /**
     * Makes sure that the START frame of the newest segment survives power loss, so that the segments before it may go
     * once they are flushed. Nothing else counts as forced: where nobody waits for power loss, most of the log never needs
     * to reach the disk.
     */
    public void forceStart() {
        if (failed != null) {
            throw failed.again();
        }
        WalSegment newest = null;
        for (WalSegment segment : shared.unforced) {
            newest = segment;
        }
        if (newest != null && newest.end() > 0 && newest.generation() > shared.startForced) {
            try {
                newest.handle().forceFirst(newest.startEnd());
                shared.env.storage().forceDirectory(shared.directory);
                shared.startForced = newest.generation();
            } catch (RuntimeException e) {
                throw fail(e);
            }
        }
    }

    /** Segments neither forced to their end nor released, the active one among them. Any thread. */
    public int openSegments() {
        return shared.unforced.size();
    }

    private StorageException fail(RuntimeException cause) {
        failed = cause instanceof StorageException known && known.kind() == Kind.FATAL
                ? known
                : new StorageException(Kind.FATAL, "log not forced: path=" + shared.directory, cause);
        return failed;
    }

    /**
     * Leaves out what need not be forced: sealed segments up to {@code generation}, whose rows the caller has made durable
     * elsewhere.
     *
     * @return the last sequence that is now durable; -1 if there is none
     */
    public long releaseThrough(long generation) {
        for (WalSegment segment = shared.unforced.peek();
                segment != null && segment.isSealed() && segment.generation() <= generation;
                segment = shared.unforced.peek()) {
            durableSequence = segment.lastSequence();
            segment.handle().close();
            shared.unforced.remove();
        }
        return durableSequence;
    }

    private void force(WalSegment segment) {
        boolean sealed = segment.isSealed();
        long end = segment.end();
        long sequence = segment.lastSequence();
        WalPosition position = new WalPosition(segment.generation(), end);
        // A segment without its START frame yet does not count as begun: cutting relies on a durable one.
        if (end > 0 && position.compareTo(shared.forced) > 0) {
            shared.env.failPoints().reach(FailPoint.WAL_BEFORE_FORCE);
            segment.handle().force();
            if (segment != named) {
                shared.env.storage().forceDirectory(shared.directory);
                named = segment;
            }
            shared.env.failPoints().reach(FailPoint.WAL_AFTER_FORCE);
            shared.forced = position;
            shared.startForced = Math.max(shared.startForced, segment.generation());
            durableSequence = sequence;
        }
        if (sealed) {
            segment.trim();
            segment.handle().close();
            shared.unforced.remove();
        }
    }
}
