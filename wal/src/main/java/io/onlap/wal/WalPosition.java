package io.onlap.wal;

/**
 * A place in one epoch's log: a byte of the segment of a generation.
 *
 * <p>Threading: immutable.
 */
public record WalPosition(long generation, long offset) implements Comparable<WalPosition> {
    @Override
    public int compareTo(WalPosition other) {
        int byGeneration = Long.compare(generation, other.generation);
        return byGeneration != 0 ? byGeneration : Long.compare(offset, other.offset);
    }
}
