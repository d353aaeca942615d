package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Looks at the {@link Lease}s of a store. Whoever holds one is alive as long as the operating system keeps its lock: no
 * clock is asked.
 *
 * <p>Threading: any thread; looks run one after the other, since two locks of one process on one file exclude each other.
 */
public final class Leases {
    private Leases() {}

    /**
     * A lease that was met.
     *
     * @param version the oldest version whose files it needs; 0, that is every file, if it could not be read
     * @param pid of its process; 0 if it could not be read
     * @param live is its process alive? In doubt yes
     *     <p>Threading: immutable.
     */
    public record Found(String id, long version, long pid, boolean live) {}

    /** All leases, dead ones too. */
    public static synchronized List<Found> list(Env env, StoreLayout layout) {
        List<Found> found = new ArrayList<>();
        for (String name : env.storage().list(layout.leases())) {
            if (!name.startsWith(LocalStorage.TEMPORARY_PREFIX)) {
                Found lease = look(env, layout.leases().resolve(name));
                if (lease != null) {
                    found.add(lease);
                }
            }
        }
        return found;
    }

    /** The lease in that file; null if it was given back meanwhile. */
    private static Found look(Env env, Path file) {
        String id = file.getFileName().toString();
        long heldHere = Lease.versionHeldHere(file);
        if (heldHere >= 0) {
            // Opening and closing it would free the lock.
            return new Found(id, heldHere, ProcessHandle.current().pid(), true);
        }
        boolean live;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            live = lock == null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (OverlappingFileLockException e) {
            live = true; // held in this process by whoever did not say so
        } catch (IOException e) {
            throw LocalStorage.failure("lease not looked at", file, e);
        }
        Lease.Content content = read(env, file);
        return new Found(id, content.version(), content.pid(), live);
    }

    private static Lease.Content read(Env env, Path file) {
        try {
            byte[] bytes = env.storage().read(file);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] == ' ') {
                end--;
            }
            return ManifestJson.open(file, SealedJson.LEASE, Arrays.copyOf(bytes, end), Lease.Content.class);
        } catch (StorageException e) {
            if (e.kind() == Kind.FATAL) {
                throw e;
            }
            return new Lease.Content(0, 0); // half written, of a newer format, or gone: it needs everything
        }
    }
}
