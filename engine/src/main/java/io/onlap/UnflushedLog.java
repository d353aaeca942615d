package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.Owners;
import io.onlap.manifest.StoreLayout;
import io.onlap.wal.WalReader;
import io.onlap.wal.WalTail;
import java.util.function.Consumer;

/**
 * The log above what is flushed, as a process sees it that does not own the store. While an owner lives, the end of the log
 * is where it writes; when none lives (see {@link Owners}), what is torn there is dropped and told, and damage below what was
 * forced is CORRUPT, as for the owner to come.
 *
 * <p>Invariant: a reading counts only if it was whole, or the head stood still while it went on. The owner clears and uses a
 * log file again only after the record that flushed it is durable, so a generation above the head behind the reading was
 * whole all the time; one at or below it is in that head's files. An owner that closed since is no exception: what it used
 * again before then looks torn too.
 *
 * <p>Invariant: what a living owner had told to have acknowledged before the reading (see {@link Acknowledged}) is in it, or
 * in the head behind it. A reading that counts and has less met a hole: it stopped there as at the end of what is written.
 * Then the log is read once more, and behind the hole too, as where no owner lives; if the rows are there all the same, only
 * the way to them was damaged; if not, and no flush saved them meanwhile, it is CORRUPT.
 *
 * <p>Failure windows: a log file that vanishes, or is cleared, while it is read means that an owner flushed meanwhile; what
 * follows it in the log is then left out by the reader, whose frames name their predecessors: start over, above what is
 * flushed now. What is wrong under a head that stands still is wrong.
 *
 * <p>Threading: stateless.
 */
final class UnflushedLog {
    private static final int ATTEMPTS_MAX = 100;

    private UnflushedLog() {}

    /**
     * What holds behind a reading that counts.
     *
     * <p>Threading: immutable.
     *
     * @param head the manifest's, read after the log
     * @param droppedTail what counts as torn end of a log nobody writes; null if nothing
     */
    record End(ManifestState head, WalTail droppedTail) {}

    /**
     * @param reading takes all batches; called again, with all batches anew, if the owner overtook it
     * @throws StorageException CORRUPT naming the place; BUSY if the owner flushes faster than this reads
     */
    static End read(Env env, StoreLayout layout, Manifest manifest, Consumer<WalReader> reading) {
        boolean searches = false;
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            Acknowledged told = Acknowledged.told(env, layout);
            long flushed = manifest.refresh().flushedGeneration();
            try (WalReader reader = WalReader.open(env, layout.wal(), epoch -> lives(env, layout, epoch))) {
                long expected = told.of(reader.newestEpoch());
                reader.skipBelow(flushed + 1);
                if (searches) {
                    reader.expect(expected);
                }
                reading.accept(reader);
                env.failPoints().reach(FailPoint.READER_BEFORE_HEAD);
                ManifestState head = manifest.refresh();
                boolean still = head.flushedGeneration() == flushed;
                boolean whole = !reader.isBroken() && reader.droppedTail() == null;
                long reached = Math.max(reader.lastSequence(), head.lastSequence());
                boolean misses = reached < expected && told.counts(env, layout);
                if (!misses && (whole || still)) {
                    return new End(head, reader.droppedTail());
                }
                if (misses && searches && still) {
                    throw new StorageException(
                            Kind.CORRUPT,
                            "log damaged: " + reader.describeEnd() + ", lastSequence=" + reached
                                    + ", acknowledgedSequence=" + expected);
                }
                searches = misses;
            } catch (StorageException e) {
                boolean overtaken =
                        e.kind() == Kind.NOT_FOUND || manifest.refresh().flushedGeneration() > flushed;
                if (!overtaken) {
                    throw e;
                }
            }
        }
        throw new StorageException(
                Kind.BUSY, "owner flushes faster than its log can be read: attempts=" + ATTEMPTS_MAX);
    }

    private static boolean lives(Env env, StoreLayout layout, long epoch) {
        env.failPoints().reach(FailPoint.READER_BEFORE_ASKING);
        return Owners.lives(env, layout, epoch);
    }
}
