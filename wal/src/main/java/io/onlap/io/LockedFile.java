package io.onlap.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that says that its holder lives: locked by the operating system, which frees the lock when the holder's process
 * ends, however it ends. No clock is asked, and no process number, which another process may have by now, or one of another
 * container at the same time.
 *
 * <p>Invariant: the file gets its name only when it is locked, and loses it while it still is; a name whose lock is free is
 * of a dead holder, and stays so. So nobody is met as dead because he is new.
 *
 * <p>POSIX drops a lock when any channel of the process on the file is closed, so a process must not look at a file it
 * holds by opening it. What it holds, with the content, stands in system properties, where copies of this class of other
 * class loaders see it too. A property is there before the name is, and goes after it: whoever saw the name and then finds
 * no property may open the file. It is written past its channel, which an interrupt of the writing thread would close, and
 * with that free the lock.
 *
 * <p>Failure windows: killed before the file has its name, a temporary file is left that means nothing; killed later, the
 * lock is free at once, and whoever may removes the file. It is overwritten in place, and may be met half written.
 *
 * <p>Threading: any thread. Looks run one after the other, since two locks of one process on one file exclude each other.
 */
public final class LockedFile implements AutoCloseable {
    private static final String HELD_PREFIX = "io.onlap.locked-file.";

    private final Path file;
    private final RandomAccessFile handle;
    private final String heldProperty;
    private boolean closed;

    private LockedFile(Path file, RandomAccessFile handle, String heldProperty) {
        this.file = file;
        this.handle = handle;
        this.heldProperty = heldProperty;
    }

    /**
     * What {@link #look} found.
     *
     * <p>Threading: immutable.
     *
     * @param live does its holder live? In doubt yes
     * @param content as far as it is written; of a file that this process holds, all of it
     */
    public record Found(boolean live, String content) {}

    /**
     * Makes the file, which lives as long as this object is not closed.
     *
     * @param file of a name that never was; its directory must exist
     * @throws StorageException NOT_FOUND without its directory, FATAL if that cannot be written, DISK_FULL
     */
    public static LockedFile create(Storage storage, Path file, String content) {
        Path temporary = file.resolveSibling(LocalStorage.TEMPORARY_PREFIX + UUID.randomUUID());
        String heldProperty = heldProperty(file);
        System.setProperty(heldProperty, content);
        RandomAccessFile handle = null;
        try {
            Files.createFile(temporary);
            handle = new RandomAccessFile(temporary.toFile(), "rw");
            if (handle.getChannel().tryLock() == null) {
                throw new IOException("a new file is locked by another process");
            }
            handle.write(content.getBytes(StandardCharsets.UTF_8));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            return new LockedFile(file, handle, heldProperty);
        } catch (IOException e) {
            StorageException failure = LocalStorage.failure("locked file not made", file, e);
            abandon(storage, temporary, handle, failure);
            System.clearProperty(heldProperty);
            throw failure;
        }
    }

    private static void abandon(Storage storage, Path temporary, RandomAccessFile handle, StorageException failure) {
        try {
            if (handle != null) {
                handle.close();
            }
            storage.delete(temporary);
        } catch (IOException | StorageException e) {
            failure.addSuppressed(e);
        }
    }

    /** Overwrites the content from its start on; what a shorter one leaves of the one before stays. */
    public synchronized void overwrite(String content) {
        try {
            handle.seek(0);
            handle.write(content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw LocalStorage.failure("locked file not written", file, e);
        }
        System.setProperty(heldProperty, content);
    }

    /** Removes the file, then frees the lock. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (handle) {
            Files.deleteIfExists(file); // while still locked: nobody meets it as dead
        } catch (IOException e) {
            throw LocalStorage.failure("locked file not removed", file, e);
        } finally {
            System.clearProperty(heldProperty);
        }
    }

    /**
     * Looks at a file of this kind, and changes nothing: that it can be read is enough.
     *
     * @return null if there is none of that name
     * @throws StorageException FATAL if it can be neither locked nor called locked
     */
    public static synchronized Found look(Storage storage, Path file) {
        if (Files.notExists(file)) {
            return null;
        }
        String heldHere = System.getProperty(heldProperty(file)); // behind the name, as said above
        if (heldHere != null) {
            return new Found(true, heldHere);
        }
        boolean live;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            live = lock == null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (OverlappingFileLockException e) {
            live = true; // looked at by a copy of this class just now
        } catch (IOException e) {
            throw LocalStorage.failure("locked file not looked at", file, e);
        }
        try {
            return new Found(live, new String(storage.read(file), StandardCharsets.UTF_8));
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private static String heldProperty(Path file) {
        try {
            return HELD_PREFIX + file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName());
        } catch (IOException e) {
            throw LocalStorage.failure("directory not found", file, e);
        }
    }
}
