package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reads the log: where its head is, and what the state is there.
 *
 * <p>A state comes from a checkpoint and the records after it, up to the first version that is absent. Names below the
 * boundary may be gone, or be back with other content (a committer that slept while they were deleted), so nothing read
 * below it counts: after a head is chosen the boundary is read again, and if the walk began below it all starts over from
 * a checkpoint above. Each record also names the commit before it, which a name that came back cannot get right for its
 * successor.
 *
 * <p>HINT only says where to begin. Whatever it holds, the head found is the same: a checkpoint it names is read and
 * checked as any other, and newer ones are looked for from there.
 *
 * <p>Threading: any thread; changes nothing but HINT.
 */
final class ManifestLog {
    /** How often the boundary may pass a reader before it gives up. */
    private static final int RESTARTS_MAX = 16;
    /** Most checkpoints skipped at once while looking for newer ones; keeps numbers far from overflow. */
    private static final long STRIDE_MAX = 1L << 30;

    private final Storage storage;
    private final StoreLayout layout;
    private final int checkpointEvery;
    private final LongAdder damagedCheckpoints = new LongAdder();

    ManifestLog(Env env, StoreLayout layout, int checkpointEvery) {
        this.storage = env.storage();
        this.layout = layout;
        this.checkpointEvery = checkpointEvery;
    }

    /**
     * What a walk found.
     *
     * <p>Threading: immutable.
     *
     * @param own the state right after the commit asked for; null if the walk did not pass it
     */
    record Found(ManifestState head, ManifestState own) {}

    /** What HINT holds. Threading: immutable. */
    record Hint(long checkpoint) {}

    /** How many checkpoints were damaged and passed over since this object was made. */
    long damagedCheckpoints() {
        return damagedCheckpoints.sum();
    }

    /** The state at the head, from nothing but the disk. */
    ManifestState load() {
        ManifestState start = hinted();
        return follow(start == null ? newestCheckpoint(boundary()) : start, null)
                .head();
    }

    /**
     * The state at the head, from a known state on.
     *
     * @param commitId a commit to look out for, or null
     * @throws StorageException CORRUPT naming the record that is damaged, missing or does not follow
     */
    Found follow(ManifestState known, String commitId) {
        ManifestState start = known;
        for (int restart = 0; restart < RESTARTS_MAX; restart++) {
            Found found = null;
            StorageException failure = null;
            try {
                found = walk(start, commitId);
            } catch (StorageException e) {
                failure = e; // below the boundary records may be missing or wrong: decided next
            }
            long boundary = boundary();
            if (start.version() + 1 >= boundary) {
                if (failure != null) {
                    throw failure;
                }
                return found;
            }
            start = newestCheckpoint(boundary);
        }
        throw new StorageException(
                Kind.BUSY,
                "boundary passed each reading of the log: restarts=" + RESTARTS_MAX + ", version=" + start.version());
    }

    private Found walk(ManifestState start, String commitId) {
        ManifestState state = start;
        ManifestState own = null;
        while (true) {
            long version = state.version() + 1;
            ManifestRecord record = read(version);
            if (record == null) {
                // A version may appear between two looks, never a hole: its successor is only made after it.
                if (!storage.exists(layout.record(version + 1))) {
                    return new Found(state, own);
                }
                record = read(version);
                if (record == null) {
                    throw new StorageException(
                            Kind.CORRUPT,
                            "record missing before another: version=" + version + ", path=" + layout.record(version));
                }
            }
            state = state.apply(record);
            if (record.commitId().equals(commitId)) {
                own = state;
            }
        }
    }

    /** The record of that version, or null if there is none. */
    ManifestRecord read(long version) {
        Path file = layout.record(version);
        byte[] bytes = readOrNull(file);
        if (bytes == null) {
            return null;
        }
        ManifestRecord record = ManifestJson.open(file, SealedJson.MANIFEST, bytes, ManifestRecord.class);
        if (record.version() != version) {
            throw SealedJson.corrupt(file, "record of another version: version=" + record.version(), 0);
        }
        return record;
    }

    /** Versions below this may be gone; 0 if none is. */
    long boundary() {
        long highest = 0;
        for (String name : storage.list(layout.boundaries())) {
            highest = Math.max(highest, StoreLayout.boundaryVersion(name));
        }
        return highest;
    }

    /**
     * The state of the newest checkpoint that is whole, or of version 0.
     *
     * @param boundary a state that records below it would have to continue does not count
     * @throws StorageException CORRUPT if there is none the log goes on from
     */
    ManifestState newestCheckpoint(long boundary) {
        List<String> names = storage.list(layout.checkpoints());
        StorageException damage = null;
        for (int i = names.size() - 1; i >= 0; i--) {
            long version = StoreLayout.checkpointVersion(names.get(i));
            if (version < 0 || version + 1 < boundary) {
                continue;
            }
            try {
                ManifestState state = checkpoint(version);
                if (state != null) {
                    return state;
                }
            } catch (StorageException e) {
                damage = firstDamage(damage, e);
            }
        }
        if (boundary <= 1 && (damage == null || storage.exists(layout.record(1)))) {
            return ManifestState.empty();
        }
        throw new StorageException(
                Kind.CORRUPT,
                "no whole checkpoint to go on from: boundary=" + boundary + ", path=" + layout.checkpoints(),
                damage);
    }

    /** Damage is passed over and counted, as long as an older checkpoint serves; all else ends the search. */
    private StorageException firstDamage(StorageException first, StorageException failure) {
        if (failure.kind() != Kind.CORRUPT) {
            throw failure;
        }
        damagedCheckpoints.increment();
        if (first == null) {
            return failure;
        }
        first.addSuppressed(failure);
        return first;
    }

    /** The state in the checkpoint of that version; null if there is no such file. */
    private ManifestState checkpoint(long version) {
        Path file = layout.checkpoint(version);
        byte[] bytes = readOrNull(file);
        if (bytes == null) {
            return null;
        }
        ManifestState state = CheckpointReader.read(file, bytes);
        if (state.version() != version) {
            throw SealedJson.corrupt(file, "checkpoint of another version: version=" + state.version(), 0);
        }
        return state;
    }

    /** The state of the newest checkpoint that can be found from HINT; null if it leads to none. */
    private ManifestState hinted() {
        byte[] bytes = readOrNull(layout.hint());
        if (bytes == null) {
            return null;
        }
        long version;
        try {
            version = ManifestJson.open(layout.hint(), SealedJson.HINT, bytes, Hint.class)
                    .checkpoint();
        } catch (StorageException e) {
            return null; // torn, or of a newer format: nothing depends on it but the time of this open
        }
        if (version < 1 || !storage.exists(layout.checkpoint(version))) {
            return null;
        }
        try {
            return checkpoint(newestFrom(version));
        } catch (StorageException e) {
            firstDamage(null, e);
            return null;
        }
    }

    /** Gallops from a checkpoint that exists to the last one of an unbroken series. */
    private long newestFrom(long version) {
        long newest = version;
        long stride = 1;
        while (true) {
            long next = newest + stride * checkpointEvery;
            if (next > newest && storage.exists(layout.checkpoint(next))) {
                newest = next;
                stride = Math.min(stride * 2, STRIDE_MAX);
            } else if (stride == 1) {
                return newest;
            } else {
                stride = 1;
            }
        }
    }

    /** Points HINT at a checkpoint. */
    void hint(long checkpoint) {
        storage.replace(layout.hint(), ManifestJson.seal(SealedJson.HINT, new Hint(checkpoint)));
    }

    private byte[] readOrNull(Path file) {
        try {
            return storage.read(file);
        } catch (StorageException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }
}
