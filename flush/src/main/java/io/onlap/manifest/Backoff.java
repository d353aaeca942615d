package io.onlap.manifest;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a commit that lost the race waits: a random part of a limit that doubles with each loss, up to a cap. The
 * randomness is what parts two processes that lost together.
 *
 * <p>Threading: one thread at a time.
 */
final class Backoff {
    private final long minNs;
    private final long maxNs;
    private final SplittableRandom random;

    Backoff(ManifestSettings settings) {
        this.minNs = settings.backoffMinNs();
        this.maxNs = settings.backoffMaxNs();
        this.random = new SplittableRandom(settings.seed());
    }

    /** Nanoseconds to wait after loss number {@code losses}, from 1. */
    long nextNs(int losses) {
        int doublings = Math.min(losses - 1, 30);
        long limit = minNs > maxNs >> doublings ? maxNs : minNs << doublings;
        return random.nextLong(limit + 1);
    }

    /** Waits; an interrupt only shortens it, and the caller's attempts are bounded anyway. */
    void await(int losses) {
        LockSupport.parkNanos(nextNs(losses));
    }
}
