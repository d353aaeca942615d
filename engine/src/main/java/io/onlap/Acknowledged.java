package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.manifest.Owners;
import io.onlap.manifest.StoreLayout;
import java.util.Map;

/**
 * What an owner has told, in its counters, to have acknowledged: so far, at least, the log beside it reaches. By it a reader
 * tells a hole from the end of what is written so far, which look alike where zeros follow, without looking through the rest
 * of the segment each time.
 *
 * <pre>
 *   owner    row in the log ─► acknowledged ─► told ─► … ─► flushed: in the manifest ─► its log file cleared
 *   reader   what is told? ─► open the log, read it ─► read the head ─► is what was told in one of the two?
 * </pre>
 *
 * <p>Invariant: an acknowledged row is in the log before it is told (both are mapped: other processes of the machine see them
 * at once and in this order), and stays in the log or in the manifest: a log file is cleared only when the record that
 * flushed it is durable. So of a reading that counts (see {@link UnflushedLog}), whatever
 * was told before it is in the log as it was read, or in the head behind it; else the log has lost what was acknowledged.
 *
 * <p>That holds of one owner while it lives, and of nothing else, so it is asked for that alone:
 * <ul>
 *   <li>A file COUNTERS of another owner than that of the newest log directory, whose own is not made yet, or that was made
 *       meanwhile: what that one acknowledged may be lost with the torn end that its successor left out.
 *   <li>One of the same owner, dead: a loss of power takes from the log what was never forced, and may spare COUNTERS; so may
 *       whoever copies a store that is written. It counts only if the owner surely lives when the log was read: an epoch is
 *       of one life, and no power was lost in that.
 *   <li>A fenced owner that still lives: its successor's final scan sees whatever was acknowledged, but not what was
 *       published behind it, so the visible sequence would not do.
 *   <li>Numbers of two moments, or of a program that did not tell this one: nothing is told then. COUNTERS has no checksum:
 *       the smaller of two numbers that are almost the same is taken, so one damaged word asks for nothing.
 *   <li>What was acknowledged since the owner last told (fractions of a second): a hole in that is found by a later reading.
 * </ul>
 *
 * <p>Threading: immutable.
 *
 * @param epoch the owner's; -1 if nothing was told
 * @param sequence acknowledged by it, or by owners before it
 */
record Acknowledged(long epoch, long sequence) {
    private static final Acknowledged NOTHING = new Acknowledged(-1, -1);

    /** What is told now; to be asked before the log is opened. */
    static Acknowledged told(Env env, StoreLayout layout) {
        try {
            CountersReader.Told told = CountersReader.read(env, layout);
            Map<Counter, Long> values = told.values();
            if (!told.whole() || !values.containsKey(Counter.ACKNOWLEDGED_SEQUENCE)) {
                return NOTHING;
            }
            long sequence = Math.min(values.get(Counter.ACKNOWLEDGED_SEQUENCE), values.get(Counter.VISIBLE_SEQUENCE));
            return new Acknowledged(values.get(Counter.EPOCH), sequence);
        } catch (StorageException | InternalError e) {
            return NOTHING; // the log can be read without; a damaged page of a map is an InternalError
        }
    }

    /** What the log must hold, if the newest directory of it is that of {@code newestEpoch}; -1 if it need hold nothing. */
    long of(long newestEpoch) {
        return newestEpoch == epoch ? sequence : -1;
    }

    /** Does this count, for a log that was read since? */
    boolean counts(Env env, StoreLayout layout) {
        return Owners.surelyLives(env, layout, epoch);
    }
}
