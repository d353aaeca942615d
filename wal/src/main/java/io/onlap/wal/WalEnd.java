package io.onlap.wal;

/**
 * Where the log of one epoch ends for good: what lies before {@code position} counts, what lies behind it never will.
 *
 * @param lastSequence of the last batch before it that was read; -1 if none was
 * <p>Threading: immutable.
 */
public record WalEnd(long epoch, WalPosition position, long lastSequence) {}
