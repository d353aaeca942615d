package io.onlap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.onlap.io.Env;
import io.onlap.io.OwnerLock;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.StoreLayout;
import java.io.IOException;
import java.util.Map;

/**
 * Who owns a store: the lock that says somebody does, and the file that tells who.
 *
 * <p>Invariant: only the lock decides. The file is for messages; it may be stale or torn, and is never opened as the lock
 * file is, because closing any channel on a locked file frees the lock.
 *
 * <p>Threading: the opening thread.
 */
final class OwnerFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private OwnerFiles() {}

    /** Takes the lock; BUSY naming the owner if another process, or another engine of this one, has it. */
    static OwnerLock lock(Env env, StoreLayout layout) {
        try {
            return OwnerLock.tryAcquire(layout.lock());
        } catch (StorageException e) {
            if (e.kind() != Kind.BUSY) {
                throw e;
            }
            throw new StorageException(
                    Kind.BUSY, "store has an owner: path=" + layout.root() + ", owner=" + describe(env, layout), e);
        }
    }

    /** Tells who owns the store from now on. */
    static void tell(Env env, StoreLayout layout, long epoch) {
        Map<String, Object> owner = Map.of(
                "pid", ProcessHandle.current().pid(),
                "epoch", epoch,
                "since",
                        java.time.Instant.ofEpochMilli(env.clock().wallMillis()).toString());
        try {
            env.storage().replace(layout.owner(), JSON.writeValueAsBytes(owner));
        } catch (JsonProcessingException e) {
            throw new StorageException(Kind.FATAL, "owner file not written: path=" + layout.owner(), e);
        }
    }

    /** Does the process that told last still live? For inspection only: the lock is not looked at. */
    static boolean seemsAlive(Env env, StoreLayout layout) {
        try {
            Map<?, ?> owner = JSON.readValue(env.storage().read(layout.owner()), Map.class);
            return owner.get("pid") instanceof Number pid
                    && ProcessHandle.of(pid.longValue()).isPresent();
        } catch (IOException | StorageException e) {
            return false; // nobody told anything readable
        }
    }

    /** What the owner told, for messages; "unknown" if it told nothing readable. */
    static String describe(Env env, StoreLayout layout) {
        try {
            Map<?, ?> owner = JSON.readValue(env.storage().read(layout.owner()), Map.class);
            return "pid " + owner.get("pid") + " since " + owner.get("since") + ", epoch=" + owner.get("epoch");
        } catch (IOException | StorageException e) {
            return "unknown (" + e.getMessage() + ")";
        }
    }
}
