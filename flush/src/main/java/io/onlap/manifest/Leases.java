package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.LocalStorage;
import io.onlap.io.LockedFile;
import io.onlap.io.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the {@link Lease}s of a store.
 *
 * <p>Threading: any thread.
 */
public final class Leases {
    private Leases() {}

    /**
     * A lease that was met.
     *
     * <p>Threading: immutable.
     *
     * @param version the oldest version whose files it needs; 0, that is every file, if it could not be read
     * @param pid of its process; 0 if it could not be read
     * @param live is its process alive? In doubt yes
     */
    public record Found(String id, long version, long pid, boolean live) {}

    /** All leases, dead ones too. */
    public static List<Found> list(Env env, StoreLayout layout) {
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
        LockedFile.Found found = LockedFile.look(env.storage(), file);
        if (found == null) {
            return null;
        }
        Lease.Content content = content(file, found.content());
        return new Found(file.getFileName().toString(), content.version(), content.pid(), found.live());
    }

    private static Lease.Content content(Path file, String padded) {
        int end = padded.length();
        while (end > 0 && padded.charAt(end - 1) == ' ') {
            end--;
        }
        byte[] sealed = padded.substring(0, end).getBytes(StandardCharsets.UTF_8);
        try {
            return ManifestJson.open(file, SealedJson.LEASE, sealed, Lease.Content.class);
        } catch (StorageException e) {
            return new Lease.Content(0, 0); // half written, or of a newer format: it needs everything
        }
    }
}
