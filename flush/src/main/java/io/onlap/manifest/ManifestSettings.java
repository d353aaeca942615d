package io.onlap.manifest;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.time.Duration;

/**
 * Settings of a manifest.
 *
 * <p>Threading: immutable.
 *
 * @param checkpointEvery versions from one checkpoint to the next; bounds what an open reads
 * @param attemptsMax how often one commit may lose the race before it is CONFLICT
 * @param backoffMinNs most the first loser waits
 * @param backoffMaxNs most any loser waits
 * @param seed of the jitter; processes should differ
 */
public record ManifestSettings(int checkpointEvery, int attemptsMax, long backoffMinNs, long backoffMaxNs, long seed) {
    /** @throws StorageException INVALID if a value is out of range */
    public ManifestSettings {
        if (checkpointEvery < 1 || attemptsMax < 1 || backoffMinNs < 0 || backoffMaxNs < backoffMinNs) {
            throw new StorageException(
                    Kind.INVALID,
                    "manifest settings out of range: checkpointEvery=" + checkpointEvery + ", attemptsMax="
                            + attemptsMax + ", backoffMinNs=" + backoffMinNs + ", backoffMaxNs=" + backoffMaxNs);
        }
    }

    /** A checkpoint every 64 versions, up to 100 attempts, waits between 100 µs and 20 ms. */
    public static ManifestSettings defaults(long seed) {
        return new ManifestSettings(
                64,
                100,
                Duration.ofNanos(100_000).toNanos(),
                Duration.ofMillis(20).toNanos(),
                seed);
    }
}
