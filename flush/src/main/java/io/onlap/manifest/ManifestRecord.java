package io.onlap.manifest;

import io.onlap.io.StoreClock;

/**
 * One version of the manifest, as its file holds it.
 *
 * <p>Threading: immutable.
 *
 * @param version dense, from 1, never reissued
 * @param commitId of one call of commit, the same over all its attempts: settles whether an attempt is in
 * @param previous commit id of the version before; empty in version 1
 * @param time never before the predecessor's
 * @param epoch of the newest owner once this record is in
 * @param op what was done, in one word
 */
record ManifestRecord(
        long version, String commitId, String previous, StoreClock.Instant time, long epoch, String op, Delta delta) {

    /** The record that makes {@code delta} follow {@code base}. */
    static ManifestRecord following(
            ManifestState base, String commitId, StoreClock.Instant now, Operation operation, Delta delta) {
        long epoch = operation instanceof Operation.Open ? base.epoch() + 1 : base.epoch();
        return new ManifestRecord(
                base.version() + 1,
                commitId,
                base.commitId(),
                notBefore(base.time(), now),
                epoch,
                operation.op(),
                delta);
    }

    /** A clock that was set back must not make a version older than its predecessor. */
    private static StoreClock.Instant notBefore(StoreClock.Instant earlier, StoreClock.Instant now) {
        long wallMillis = Math.max(now.wallMillis(), earlier.wallMillis());
        long monotonicNs = now.bootId().equals(earlier.bootId())
                ? Math.max(now.monotonicNs(), earlier.monotonicNs())
                : now.monotonicNs();
        return new StoreClock.Instant(wallMillis, now.bootId(), monotonicNs);
    }
}
