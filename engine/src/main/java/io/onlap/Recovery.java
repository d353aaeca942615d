package io.onlap;

import io.onlap.flush.Reaper;
import io.onlap.io.Env;
import io.onlap.io.EpochWord;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Intents;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.Operation;
import io.onlap.manifest.Owners;
import io.onlap.manifest.StoreLayout;
import io.onlap.memtable.Memtable;
import io.onlap.wal.Wal;
import io.onlap.wal.WalReader;
import io.onlap.wal.WalSettings;
import io.onlap.wal.WalTail;

/**
 * Opens a store for writing.
 *
 * <pre>
 *   OS lock → formats → OPEN record (epoch + 1) → epoch word → own file → scan the log above what that record has flushed
 *   → own log directory
 * </pre>
 *
 * <p>Invariants: the epoch word is raised before the final scan, so a former owner that still lives either had its frame
 * scanned or finds the word changed before it acknowledges. Each generation of the log becomes a generation in memory of
 * the same number, sealed; so recovery flushes exactly what the former owner would have, in the same order, and a second
 * crash at any point repeats it. Nothing old is written to: the new owner's frames go to a directory of its epoch, whose
 * first frame records where the older ones end.
 *
 * <p>What a newer program wrote is refused before the OPEN record: an open that cannot succeed must not end an owner that
 * lives, though its lock was taken from it.
 *
 * <p>Memory: replay stays within the budget by waiting for flushes, as writers do.
 *
 * <p>Threading: the opening thread.
 */
final class Recovery {
    /**
     * The store as found.
     *
     * @param active the first generation of this owner, empty
     * @param droppedTail what a torn end of the log lost, none of it ever forced; null if nothing
     */
    record Recovered(Wal wal, Memtable active, long nextSequence, WalTail droppedTail) {}

    private static final int OPEN_ATTEMPTS_MAX = 100;

    /** Longest wait for the flush of one replayed generation. */
    private static final long ROOM_WAIT_MILLIS = 60_000;

    private final OwnerParts parts;
    private final StoreLayout layout;
    private final FlushThread flushes;
    private final Memtables memtables;
    private Memtable replaying;
    private long lastGeneration;
    private long lastSequence;

    Recovery(OwnerParts parts, StoreLayout layout, FlushThread flushes, Memtables memtables) {
        this.parts = parts;
        this.layout = layout;
        this.flushes = flushes;
        this.memtables = memtables;
    }

    /**
     * Writes the OPEN record and raises the epoch word; from here on a former owner is fenced.
     *
     * @throws StorageException INVALID for an intent or a log of a newer format, CORRUPT for a damaged intent; a former owner
     *     goes on then
     */
    static ManifestState takeOver(Env env, StoreLayout layout, Manifest manifest, EpochWord word, OwnerFiles files) {
        new Intents(env, layout).list();
        checkLogFormat(env, layout, manifest);
        env.failPoints().reach(FailPoint.OPEN_BEFORE_RECORD);
        ManifestState opened = manifest.commit(
                new Operation.Open("pid " + ProcessHandle.current().pid()));
        env.failPoints().reach(FailPoint.OPEN_AFTER_RECORD);
        word.raise(opened.epoch());
        env.failPoints().reach(FailPoint.OPEN_AFTER_EPOCH_WORD);
        files.tell(opened.epoch());
        Owners.removeDeadBefore(env, layout, opened.epoch());
        new Reaper(env, layout, manifest).resolveBefore(opened.epoch());
        return opened;
    }

    /** The first frame of each directory tells: one program wrote all of it. */
    private static void checkLogFormat(Env env, StoreLayout layout, Manifest manifest) {
        try (WalReader log = WalReader.open(env, layout.wal(), epoch -> false)) {
            log.skipBelow(manifest.head().flushedGeneration() + 1);
            log.next();
        } catch (StorageException e) {
            if (e.kind() == Kind.INVALID) {
                throw e;
            }
            // Of what is damaged, or cut meanwhile, the scan behind the OPEN record judges what counts.
        }
    }

    /** Replays the log above what {@code opened} has flushed, then starts a log directory of this epoch. */
    Recovered run(ManifestState opened) {
        lastGeneration = opened.flushedGeneration();
        lastSequence = opened.lastSequence();
        try (WalReader reader = openLog()) {
            reader.skipBelow(opened.flushedGeneration() + 1);
            while (reader.next()) {
                replay(reader);
            }
            finishGeneration();
            long generation = lastGeneration + 1;
            Wal wal = Wal.create(
                    parts.env(), layout.wal(), parts.epoch(), generation, reader.ends(), WalSettings.defaults());
            try {
                Memtable active = memtables.first(generation);
                parts.memory().publish(lastSequence);
                parts.memory().seal(active);
                parts.acknowledged().advance(lastSequence);
                parts.durable().advance(lastSequence);
                wal.truncateBefore(parts.manifest().head().flushedGeneration() + 1);
                return new Recovered(wal, active, lastSequence + 1, reader.droppedTail());
            } catch (RuntimeException | Error failure) {
                closeAfter(failure, wal);
                throw failure;
            }
        } finally {
            if (replaying != null) {
                replaying.release();
            }
        }
    }

    private static void closeAfter(Throwable failure, Wal wal) {
        try {
            wal.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** A former owner that still lives may be cutting what it has flushed: files of generations that are not read here. */
    private WalReader openLog() {
        for (int attempt = 1; ; attempt++) {
            try {
                return WalReader.open(parts.env(), layout.wal(), epoch -> false); // whoever may live is fenced
            } catch (StorageException e) {
                if (e.kind() != Kind.NOT_FOUND || attempt == OPEN_ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private void replay(WalReader reader) {
        if (replaying != null && replaying.generation() != reader.generation()) {
            finishGeneration();
        }
        if (replaying == null) {
            parts.budget().awaitRoomForReplay(ROOM_WAIT_MILLIS);
            replaying = memtables.first(reader.generation());
        }
        replaying.apply(reader.sequence(), reader.buffer(), reader.offset(), reader.length(), parts.schemas());
        lastGeneration = reader.generation();
        lastSequence = reader.sequence();
    }

    private void finishGeneration() {
        if (replaying != null) {
            parts.memory().publish(lastSequence);
            parts.memory().addSealed(replaying);
            replaying = null;
            parts.env().failPoints().reach(FailPoint.OPEN_AFTER_REPLAYED_GENERATION);
            flushes.wake();
        }
    }
}
