package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.TableSchema;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The manifest of a store: what its tables are and which files they consist of, at a dense line of versions, each made
 * once by whoever created its name first.
 *
 * <p>Invariants: the known head only moves forward; a version once reported is never another; what a commit costs depends
 * on what it changes alone, but for each k-th version, whose committer also writes the checkpoint.
 *
 * <p>Failure windows: killed before the name is linked nothing happened; after it the commit is in, reported or not.
 * Killed before a checkpoint or HINT is written, opens read more records. A checkpoint that fails is counted, fails no
 * commit, and is tried again k versions later.
 *
 * <p>Threading: any thread. Commits of one process run one after the other, because racing each other would only make
 * them lose.
 */
public final class Manifest {
    private final Env env;
    private final StoreLayout layout;
    private final ManifestSettings settings;
    private final ManifestLog log;
    private final Backoff backoff;
    private final ReentrantLock lock = new ReentrantLock();
    private final LongAdder checkpointFailures = new LongAdder();

    private volatile ManifestState head;
    private volatile RuntimeException lastCheckpointFailure;
    private volatile StorageException forceFailure;

    private Manifest(Env env, StoreLayout layout, ManifestSettings settings) {
        this.env = env;
        this.layout = layout;
        this.settings = settings;
        this.log = new ManifestLog(env, layout, settings.checkpointEvery());
        this.backoff = new Backoff(settings);
        this.head = log.load();
    }

    /** What FORMAT holds. Threading: immutable. */
    private record Store(String storeId) {}

    /** As {@link #create(Env, Path, ManifestSettings)} with default settings. */
    public static Manifest create(Env env, Path storeDirectory) {
        return create(env, storeDirectory, defaults(env));
    }

    /**
     * Makes a store in a directory that is absent or empty, or goes on where an earlier creation was killed. A store that
     * is there already is opened.
     *
     * @throws StorageException INVALID if something else is in the directory; nothing is changed then
     */
    public static Manifest create(Env env, Path storeDirectory, ManifestSettings settings) {
        StoreLayout layout = new StoreLayout(storeDirectory);
        if (!env.storage().exists(layout.format())) {
            checkUnused(env, layout);
            for (String directory : StoreLayout.DIRECTORIES) {
                env.storage().createDirectories(storeDirectory.resolve(directory));
            }
            Store store = new Store(UUID.randomUUID().toString());
            // Taken by another creator of the same store: opened below like any other.
            boolean created = env.storage().createIfAbsent(layout.format(), ManifestJson.seal(SealedJson.STORE, store));
            if (!created) {
                env.storage().forceDirectory(storeDirectory);
            }
        }
        return open(env, storeDirectory, settings);
    }

    /**
     * Is there a store in the directory, or room for one?
     *
     * @throws StorageException INVALID if something else is in it
     */
    public static void checkUsable(Env env, Path storeDirectory) {
        StoreLayout layout = new StoreLayout(storeDirectory);
        if (!env.storage().exists(layout.format())) {
            checkUnused(env, layout);
        }
    }

    /**
     * Is there a store in the directory?
     *
     * @throws StorageException NOT_FOUND if not
     */
    public static void checkPresent(Env env, Path storeDirectory) {
        if (!env.storage().exists(new StoreLayout(storeDirectory).format())) {
            throw new StorageException(Kind.NOT_FOUND, "no store: path=" + storeDirectory);
        }
    }

    /** Only what a creation leaves behind when it is killed may be there. */
    private static void checkUnused(Env env, StoreLayout layout) {
        for (String name : env.storage().list(layout.root())) {
            boolean ours = name.startsWith(LocalStorage.TEMPORARY_PREFIX)
                    || StoreLayout.OWNER_FILES.contains(name)
                    || (StoreLayout.DIRECTORIES.contains(name)
                            && env.storage().list(layout.root().resolve(name)).isEmpty());
            if (!ours && !env.storage().exists(layout.format())) {
                throw new StorageException(
                        Kind.INVALID, "directory is not empty and no store: path=" + layout.root() + ", found=" + name);
            }
        }
    }

    /** As {@link #open(Env, Path, ManifestSettings)} with default settings. */
    public static Manifest open(Env env, Path storeDirectory) {
        return open(env, storeDirectory, defaults(env));
    }

    /**
     * Opens a store's manifest at its head. Changes nothing on disk.
     *
     * @throws StorageException NOT_FOUND if there is no store, INVALID for a newer format, CORRUPT naming what is damaged
     */
    public static Manifest open(Env env, Path storeDirectory, ManifestSettings settings) {
        StoreLayout layout = new StoreLayout(storeDirectory);
        checkPresent(env, storeDirectory);
        byte[] format = env.storage().read(layout.format());
        ManifestJson.open(layout.format(), SealedJson.STORE, format, Store.class);
        return new Manifest(env, layout, settings);
    }

    /** The clock and the process together differ between any two processes that compete. */
    private static ManifestSettings defaults(Env env) {
        return ManifestSettings.defaults(
                env.clock().monotonicNs() ^ ProcessHandle.current().pid() << Integer.SIZE);
    }

    public StoreLayout layout() {
        return layout;
    }

    /** The newest state this object knows. No I/O. */
    public ManifestState head() {
        return head;
    }

    /** Reads what came since {@link #head}, and returns the new head. */
    public ManifestState refresh() {
        lock.lock();
        try {
            advance(log.follow(head, null).head());
            return head;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The schema that a row in the log names, or null. One that the known head has not is of a table in a newer one: its
     * record is durable before its first row is in the log.
     */
    public TableSchema schema(int tableId, int schemaId) {
        TableSchema schema = head.schema(tableId, schemaId);
        return schema == null ? refresh().schema(tableId, schemaId) : schema;
    }

    /**
     * Commits {@code operation}, wherever the head is.
     *
     * @return the state of the version that holds it; the head's if it was in already
     * @throws StorageException FENCED, CONFLICT or INVALID if its preconditions do not hold at the head: nothing is written
     *     then; CONFLICT if it lost each race; any other kind as the storage said, and it is not in; FATAL "commit
     *     unclear" if nobody can tell
     */
    public ManifestState commit(Operation operation) {
        ManifestState committed;
        Commit commit;
        lock.lock();
        try {
            commit = new Commit(env, layout, log, operation, head);
            try {
                committed = commit.run(settings.attemptsMax(), backoff);
            } finally {
                advance(commit.head());
            }
        } finally {
            lock.unlock();
        }
        if (commit.created() && committed.version() % settings.checkpointEvery() == 0) {
            writeCheckpoint(committed);
        }
        return committed;
    }

    private void advance(ManifestState newer) {
        if (newer.version() > head.version()) {
            head = newer;
        }
    }

    private void writeCheckpoint(ManifestState state) {
        try {
            env.failPoints().reach(FailPoint.CHECKPOINT_BEFORE_CREATE);
            env.storage().createIfAbsent(layout.checkpoint(state.version()), CheckpointWriter.write(state));
            env.failPoints().reach(FailPoint.CHECKPOINT_AFTER_CREATE);
            log.hint(state.version());
        } catch (RuntimeException e) {
            // The commit stands without it; opens read more records until the next one works.
            lastCheckpointFailure = e;
            checkpointFailures.increment();
        }
    }

    /** How many checkpoints this object failed to write. */
    public long checkpointFailures() {
        return checkpointFailures.sum();
    }

    /** The newest of the {@link #checkpointFailures}. */
    public Optional<RuntimeException> lastCheckpointFailure() {
        return Optional.ofNullable(lastCheckpointFailure);
    }

    /** How many damaged checkpoints this object passed over for older ones. */
    public long damagedCheckpoints() {
        return log.damagedCheckpoints();
    }

    /**
     * Makes durable what was found in the log. Whoever drops, cuts or deletes anything because of a version does this
     * first: that a record was read back says that it exists, not that it survives power loss.
     *
     * @throws StorageException the first failure, now and at each later call: a force after a failed one proves nothing
     */
    public void force() {
        StorageException earlier = forceFailure;
        if (earlier != null) {
            throw earlier.again();
        }
        try {
            env.storage().forceDirectory(layout.manifest());
        } catch (StorageException e) {
            forceFailure = e;
            throw e;
        }
    }

    /**
     * Raises the boundary: record names below {@code version} may be deleted from now on. It never goes back; a lower one
     * than there is changes nothing.
     *
     * @throws StorageException INVALID if it would pass the newest whole checkpoint, from which all later reads begin
     */
    public void raiseBoundary(long version) {
        lock.lock();
        try {
            long present = log.boundary();
            if (version <= present) {
                return;
            }
            long newest = log.newestCheckpoint(present).version();
            if (version > newest) {
                throw new StorageException(
                        Kind.INVALID,
                        "boundary would pass the newest checkpoint: boundary=" + version + ", checkpoint=" + newest);
            }
            force();
            env.storage().forceDirectory(layout.checkpoints());
            byte[] content = ManifestJson.seal(SealedJson.BOUNDARY, new Boundary(version));
            env.storage().createIfAbsent(layout.boundary(version), content);
        } finally {
            lock.unlock();
        }
    }

    /** What a boundary's file holds, for people: its name alone counts. Threading: immutable. */
    private record Boundary(long version) {}

    /** Versions whose records may be gone: all below this. */
    public long boundary() {
        return log.boundary();
    }
}
