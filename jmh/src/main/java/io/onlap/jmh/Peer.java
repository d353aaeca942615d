package io.onlap.jmh;

import java.nio.file.Path;

/**
 * A store under measurement. All peers promise the same: an acknowledged row survives the death of the process, not the
 * loss of power.
 *
 * <p>Threading: one thread.
 */
public interface Peer extends AutoCloseable {
    /** What {@link #get} returns for a key that is not there. */
    long MISS = Long.MIN_VALUE;

    /** As it is asked for on the command line. */
    String name();

    /** Version and every setting that is not the default; known once open. */
    String settings();

    /** Can it scan and get? */
    boolean isReadable();

    /** Opens the store in a directory that is empty or holds what such a store left there. */
    void open(Path directory, Workload workload, PeerSettings settings);

    /** Puts the current row of the stream. Returns a ticket for {@link #awaitAcknowledged}. */
    long put(RowStream row);

    /** Moves the stream on {@code count} times and puts those rows as one batch. Returns its ticket. */
    long putBatch(RowStream rows, int count);

    /** Waits until what the ticket stands for, and everything before it, survives the death of the process. */
    void awaitAcknowledged(long ticket);

    /** Writes all rows in memory to files and waits for it. */
    void drain();

    /** Waits until no work goes on in the background. */
    void settle();

    /** Reads all rows and consumes every byte of every column. */
    ScanSum scan();

    /** Reads one row and consumes every byte of it; {@link #MISS} if there is none. */
    long get(String key);

    @Override
    void close();
}
