package io.onlap.io;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The few things Onlap asks of a disk.
 *
 * <ul>
 *   <li>Whatever a method calls durable survives power loss once it returns.
 *   <li>Every failure is a {@link StorageException}: a missing file NOT_FOUND, no room DISK_FULL, anything else FATAL
 *       with the path.
 *   <li>After a failed force nothing is known about what was forced: callers never retry it and trust the second answer.
 * </ul>
 *
 * <p>Threading: any thread.
 */
public interface Storage {
    /** Creates the directory and its missing parents, durably; INVALID if something else is in the place of one. */
    void createDirectories(Path directory);

    /**
     * Publishes {@code content} under {@code file} if that name is free: all of it, durably, or nothing. The name is
     * linked to a temporary file of a fresh name, which is never rewritten because it shares the inode.
     *
     * @return false if the name was taken; nothing is changed then
     */
    boolean createIfAbsent(Path file, byte[] content);

    /** Replaces the whole file in one step. Not durable: for hints, whose loss costs only time. */
    void replace(Path file, byte[] content);

    /** Creates a new file for writing from its start; FATAL if it exists. */
    OutputFile create(Path file);

    /** The whole file. */
    byte[] read(Path file);

    /** Maps the whole file read-only. */
    MappedFile map(Path file);

    boolean exists(Path file);

    /** Bytes; NOT_FOUND if absent. */
    long size(Path file);

    /** Names in the directory, sorted; empty if the directory is absent. */
    List<String> list(Path directory);

    /** Forces what was written to {@code file} by whatever channel or mapping. */
    void force(Path file);

    /**
     * Opens an existing file, to force it whenever something was written to it. One handle kept from the file's creation
     * on hears of every failed write-back; a file opened anew for each force may not.
     */
    OpenFile open(Path file);

    /**
     * Reserves disk space for a range of an existing file, so that later writes there cannot meet a full disk; DISK_FULL
     * if there is none. Its bytes must be unwritten yet and read as zeros after; nothing else may write the range meanwhile.
     */
    void allocate(Path file, long offset, long bytes);

    /** Forces the names in the directory. */
    void forceDirectory(Path directory);

    /** Gives an existing file another name in its directory, in one step, replacing what had it. Not durable. */
    void rename(Path from, Path to);

    /**
     * Removes the file if it is there. Not durable until {@link #forceDirectory}.
     *
     * @return false if there was no such file
     */
    boolean delete(Path file);

    /** A file being written once, from start to end. Threading: one thread. */
    interface OutputFile extends AutoCloseable {
        /** Appends the remaining bytes of {@code bytes}. */
        void write(ByteBuffer bytes);

        /** Bytes written so far. */
        long position();

        /** Makes all written bytes durable; the name is durable after {@link Storage#forceDirectory}. */
        void force();

        @Override
        void close();
    }

    /** A handle on a file that is written by other means. Threading: one thread. */
    interface OpenFile extends AutoCloseable {
        /** Makes what was written to the file until now durable, by whatever channel or mapping. */
        void force();

        /** Does so for its first {@code bytes}, which exist, and leaves the others to whoever forces them. */
        void forceFirst(long bytes);

        /** Overwrites every byte with zero and keeps the space. Not durable. */
        void clear();

        /** Cuts the file to its first {@code bytes} and gives back what is reserved behind them. Not durable. */
        void truncate(long bytes);

        @Override
        void close();
    }
}
