package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.Optional;
import java.util.UUID;

/**
 * One call of commit, from the known head until the operation is in or cannot be.
 *
 * <ol>
 *   <li>Decide what the operation means at the head we know, and try the version after it at once, without looking first.
 *   <li>The name was free: the version is ours, unless the boundary has passed it meanwhile. Then the name had been in the
 *       log before, was deleted, and what we created is no part of anything: go on as after a lost race.
 *   <li>The name was taken: wait a little, read what came between, decide again at the new head, try again at once.
 *   <li>No clear answer: look whether our commit id is in the log. It is: success, once. It is not: the failure goes to
 *       the caller. If even that cannot be seen the failure says so, and nobody may assume either.
 * </ol>
 *
 * <p>The id is the same in each attempt, so an attempt that arrives late is known as ours wherever it is met. Whether what
 * was found is also durable is another matter: see {@link Manifest#force}.
 *
 * <p>Threading: one thread, used once.
 */
final class Commit {
    private final Env env;
    private final StoreLayout layout;
    private final ManifestLog log;
    private final Operation operation;
    private final String commitId = UUID.randomUUID().toString();

    private ManifestState head;
    /** Was {@link #head} read from the log by this call? */
    private boolean headIsRead;

    private boolean created;

    Commit(Env env, StoreLayout layout, ManifestLog log, Operation operation, ManifestState known) {
        this.env = env;
        this.layout = layout;
        this.log = log;
        this.operation = operation;
        this.head = known;
    }

    /** The newest state seen; of use also after a failure. */
    ManifestState head() {
        return head;
    }

    /** Did this call make a version? False before {@link #run} and if the operation was in already. */
    boolean created() {
        return created;
    }

    /**
     * Runs the commit.
     *
     * @return the state of the version that holds the operation, or of the head if it was in already
     * @throws StorageException see {@link Manifest#commit}
     */
    ManifestState run(int attemptsMax, Backoff backoff) {
        for (int losses = 1; losses <= attemptsMax; losses++) {
            Optional<Delta> delta = decide();
            if (delta.isEmpty()) {
                return head;
            }
            ManifestState own = attempt(delta.get());
            if (own == null) {
                // Wait first, read last: a head read before the wait is old after it and loses the next race for sure.
                backoff.await(losses);
                own = follow();
            }
            if (own != null) {
                created = true;
                return own;
            }
        }
        if (decide().isEmpty()) {
            return head;
        }
        throw new StorageException(
                Kind.CONFLICT,
                "commit lost each race: op=" + operation.op() + ", attempts=" + attemptsMax + ", version="
                        + head.version());
    }

    /** What the operation means; only at a head that is still the head can it be refused or be called done. */
    private Optional<Delta> decide() {
        if (!headIsRead) {
            try {
                Optional<Delta> delta = Rebase.onto(head, operation);
                if (delta.isPresent()) {
                    return delta;
                }
            } catch (StorageException e) {
                // Said of a head that may be old: the one read next decides, and says the same if it still holds.
                headIsRead = false;
            }
            follow();
        }
        return Rebase.onto(head, operation);
    }

    /** Tries the version after the head; null if the race was lost. */
    private ManifestState attempt(Delta delta) {
        ManifestRecord record =
                ManifestRecord.following(head, commitId, env.clock().now(), operation, delta);
        byte[] bytes = ManifestJson.seal(SealedJson.MANIFEST, record);
        env.failPoints().reach(FailPoint.COMMIT_BEFORE_CREATE);
        try {
            if (env.storage().createIfAbsent(layout.record(record.version()), bytes)) {
                env.failPoints().reach(FailPoint.COMMIT_AFTER_CREATE);
                if (record.version() >= log.boundary()) {
                    head = head.apply(record);
                    return head;
                }
            }
        } catch (RuntimeException unclear) {
            return settle(record, unclear);
        }
        return null;
    }

    /** Reads the log to its head; our own state if our commit is in it, else null. */
    private ManifestState follow() {
        ManifestLog.Found found = log.follow(head, commitId);
        head = found.head();
        headIsRead = true;
        return found.own();
    }

    private ManifestState settle(ManifestRecord record, RuntimeException unclear) {
        ManifestState own;
        try {
            own = follow();
        } catch (StorageException e) {
            StorageException unknown = new StorageException(
                    Kind.FATAL,
                    "commit unclear, it may be in or not: op=" + record.op() + ", version=" + record.version()
                            + ", commitId=" + commitId,
                    unclear);
            unknown.addSuppressed(e);
            throw unknown;
        }
        if (own == null && isIn()) {
            return head;
        }
        if (own == null) {
            throw unclear;
        }
        return own;
    }

    /** Is the operation in at the head, though its record may lie below the boundary? */
    private boolean isIn() {
        try {
            return Rebase.onto(head, operation).isEmpty();
        } catch (StorageException e) {
            return false; // it cannot be done any more either: the unclear failure is what the caller must hear
        }
    }
}
