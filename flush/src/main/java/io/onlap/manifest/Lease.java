package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.UUID;

/**
 * What a process holds while it reads a store or works on it beside the owner: a file of its own, locked by the operating
 * system as long as the process lives, that says from which version on it needs files. The one file a reader writes.
 *
 * <p>Invariant: the file has its final name only while it is locked, so nobody meets a lease that seems dead because it is
 * new. POSIX drops a lock when any channel on the file is closed, so this process never opens a lease it holds a second
 * time: path and version stand in a system property, which other class loaders see too. It is written past its channel,
 * which an interrupt of the writing thread would close, and with that free the lock.
 *
 * <p>Failure windows: killed before the file has its name, a temporary file is left that nobody reads; killed later, the
 * lock is free at once and {@link Leases} calls it dead. The file is overwritten in place; one that is met half written
 * counts as needing everything.
 *
 * <p>Threading: any thread.
 */
public final class Lease implements AutoCloseable {
    /** Fixed, and padded with spaces, so that a shorter text leaves nothing of a longer one. */
    static final int FILE_BYTES = 256;

    private static final String HELD_PREFIX = "io.onlap.lease.";

    private final String id;
    private final Path file;
    private final String heldProperty;
    private final RandomAccessFile handle;
    private final long pid;
    private boolean closed;

    private Lease(String id, Path file, RandomAccessFile handle, String heldProperty) {
        this.id = id;
        this.file = file;
        this.handle = handle;
        this.heldProperty = heldProperty;
        this.pid = ProcessHandle.current().pid();
    }

    /** What the file holds. Threading: immutable. */
    record Content(long pid, long version) {}

    /**
     * Takes a lease.
     *
     * @param version the oldest manifest version whose files must stay; 0 until a head is chosen
     * @throws StorageException FATAL if the directory cannot be written
     */
    public static Lease take(Env env, StoreLayout layout, long version) {
        String id = UUID.randomUUID().toString();
        Path temporary = layout.leases().resolve(LocalStorage.TEMPORARY_PREFIX + id);
        Path file = layout.leases().resolve(id);
        String heldProperty = heldProperty(file);
        System.setProperty(heldProperty, Long.toString(version));
        RandomAccessFile handle = null;
        try {
            Files.createFile(temporary);
            handle = new RandomAccessFile(temporary.toFile(), "rw");
            if (handle.getChannel().tryLock() == null) {
                throw new IOException("a new file is locked by another process");
            }
            Lease lease = new Lease(id, file, handle, heldProperty);
            lease.moveTo(version);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            return lease;
        } catch (IOException | StorageException e) {
            StorageException failure = e instanceof StorageException known
                    ? known
                    : LocalStorage.failure("lease not taken", file, (IOException) e);
            abandon(env, temporary, handle, heldProperty, failure);
            throw failure;
        }
    }

    private static void abandon(
            Env env, Path temporary, RandomAccessFile handle, String heldProperty, StorageException failure) {
        try {
            if (handle != null) {
                handle.close();
            }
            env.storage().delete(temporary);
        } catch (IOException | StorageException e) {
            failure.addSuppressed(e);
        }
        System.clearProperty(heldProperty);
    }

    /** Names the lease, in intents too. */
    public String id() {
        return id;
    }

    /** From now on only the files of {@code version} and later ones are needed. */
    public synchronized void moveTo(long version) {
        if (closed) {
            throw new StorageException(Kind.CLOSED, "lease closed: id=" + id);
        }
        byte[] sealed = ManifestJson.seal(SealedJson.LEASE, new Content(pid, version));
        byte[] padded = Arrays.copyOf(sealed, FILE_BYTES);
        Arrays.fill(padded, sealed.length, FILE_BYTES, (byte) ' ');
        try {
            handle.seek(0);
            handle.write(padded);
        } catch (IOException e) {
            throw LocalStorage.failure("lease not written", file, e);
        }
        System.setProperty(heldProperty, Long.toString(version));
    }

    /** Gives the lease back and removes its file. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (handle) {
            Files.deleteIfExists(file); // while still locked: nobody meets it as dead
        } catch (IOException e) {
            throw LocalStorage.failure("lease not removed", file, e);
        } finally {
            System.clearProperty(heldProperty);
        }
    }

    /** The version the lease in that file needs, if this process holds it; else -1. */
    static long versionHeldHere(Path file) {
        String version = System.getProperty(heldProperty(file));
        return version == null ? -1 : Long.parseLong(version);
    }

    private static String heldProperty(Path file) {
        try {
            return HELD_PREFIX + file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName());
        } catch (IOException e) {
            throw LocalStorage.failure("lease not found", file, e);
        }
    }
}
