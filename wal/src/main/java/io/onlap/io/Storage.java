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
    /** Creates the directory and its missing parents, durably. */
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

    /** Forces the names in the directory. */
    void forceDirectory(Path directory);

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
}
