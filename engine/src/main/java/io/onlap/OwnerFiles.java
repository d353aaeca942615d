package io.onlap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.onlap.io.Env;
import io.onlap.io.LockedFile;
import io.onlap.io.OwnerLock;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Owners;
import io.onlap.manifest.StoreLayout;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/**
 * What an owner holds of a store besides its parts: the lock that lets nobody else own it, the own file by which others know
 * that it lives (see {@link Owners}), and the file OWNER that tells who it is.
 *
 * <p>Invariant: only the lock decides who owns. OWNER is for messages; it may be stale or torn, and is never opened as the
 * lock file is, because closing any channel on a locked file frees the lock.
 *
 * <p>Threading: the opening thread, and who closes.
 */
final class OwnerFiles implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Env env;
    private final StoreLayout layout;
    private final OwnerLock lock;
    private LockedFile ownFile;

    private OwnerFiles(Env env, StoreLayout layout, OwnerLock lock) {
        this.env = env;
        this.layout = layout;
        this.lock = lock;
    }

    /** Takes the lock; BUSY naming the owner if another process, or another engine of this one, has it. */
    static OwnerFiles lock(Env env, StoreLayout layout) {
        try {
            return new OwnerFiles(env, layout, OwnerLock.tryAcquire(layout.lock()));
        } catch (StorageException e) {
            if (e.kind() != Kind.BUSY) {
                throw e;
            }
            throw new StorageException(
                    Kind.BUSY, "store has an owner: path=" + layout.root() + ", owner=" + describe(env, layout), e);
        }
    }

    /** Tells that the owner of {@code epoch} lives, and who it is, from now on until {@link #close}; once. */
    void tell(long epoch) {
        ownFile = Owners.begin(env, layout, epoch);
        Map<String, Object> owner = Map.of(
                "pid", ProcessHandle.current().pid(),
                "epoch", epoch,
                "since", Instant.ofEpochMilli(env.clock().wallMillis()).toString());
        try {
            env.storage().replace(layout.owner(), JSON.writeValueAsBytes(owner));
        } catch (JsonProcessingException e) {
            throw new StorageException(Kind.FATAL, "owner file not written: path=" + layout.owner(), e);
        }
    }

    /** What the owner told, for messages; "unknown" if it told nothing readable. */
    private static String describe(Env env, StoreLayout layout) {
        try {
            Map<?, ?> owner = JSON.readValue(env.storage().read(layout.owner()), Map.class);
            return "pid " + owner.get("pid") + " since " + owner.get("since") + ", epoch=" + owner.get("epoch");
        } catch (IOException | StorageException e) {
            return "unknown (" + e.getMessage() + ")";
        }
    }

    /** When the log is closed: others take it for one that nobody writes, and the store for one that has no owner. */
    @Override
    public void close() {
        Closing closing = new Closing();
        if (ownFile != null) {
            closing.run(ownFile::close);
        }
        closing.run(lock::close);
        closing.end();
    }
}
