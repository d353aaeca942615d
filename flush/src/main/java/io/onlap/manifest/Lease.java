package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.LockedFile;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What a process holds while it reads a store or works on it beside the owner: a {@link LockedFile} of its own that says
 * from which version on it needs files. The one file a reader writes.
 *
 * <p>Invariant: it lives as long as its process does, and {@link Leases} calls it dead at once when that was killed. One
 * that is met half written counts as needing everything.
 *
 * <p>Threading: any thread.
 */
public final class Lease implements AutoCloseable {
    /** Fixed, and padded with spaces, so that a shorter text leaves nothing of a longer one. */
    static final int FILE_BYTES = 256;

    private final String id;
    private final LockedFile file;
    private boolean closed;

    private Lease(String id, LockedFile file) {
        this.id = id;
        this.file = file;
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
        return new Lease(id, LockedFile.create(env.storage(), layout.leases().resolve(id), padded(version)));
    }

    private static String padded(long version) {
        Content content = new Content(ProcessHandle.current().pid(), version);
        byte[] sealed = ManifestJson.seal(SealedJson.LEASE, content);
        return new String(sealed, StandardCharsets.UTF_8) + " ".repeat(FILE_BYTES - sealed.length);
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
        file.overwrite(padded(version));
    }

    /** Gives the lease back and removes its file. */
    @Override
    public synchronized void close() {
        closed = true;
        file.close();
    }
}
