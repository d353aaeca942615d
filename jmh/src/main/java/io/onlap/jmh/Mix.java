package io.onlap.jmh;

/**
 * The finalizer of SplitMix64: a cheap bijection whose outputs look random.
 *
 * <p>Threading: stateless.
 */
final class Mix {
    /** Odd constant by which consecutive inputs are spread. */
    static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Mix() {}

    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
