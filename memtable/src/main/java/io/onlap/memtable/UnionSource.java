package io.onlap.memtable;

/**
 * One run's cursor within a {@link Union} and the row it stands at.
 *
 * <p>Invariant: {@link #headAddress} and {@link #headLength} are those of the key at {@link #position}, as long as that is
 * before {@link #end}.
 *
 * <p>Threading: one thread.
 */
final class UnionSource {
    private final RunCursor cursor;
    private final long generation;
    private final int index;
    private RowBatch batch;
    private int position;
    private int end;
    private long headAddress;
    private int headLength;

    UnionSource(RunCursor cursor, long generation, int index) {
        this.cursor = cursor;
        this.generation = generation;
        this.index = index;
    }

    /** Its number in the appender. */
    int index() {
        return index;
    }

    long generation() {
        return generation;
    }

    RowBatch batch() {
        return batch;
    }

    int position() {
        return position;
    }

    int end() {
        return end;
    }

    boolean isExhausted() {
        return position >= end;
    }

    /** Moves to the first row of the cursor's next batch; false at the end. */
    boolean nextBatch() {
        if (!cursor.next()) {
            batch = null;
            return false;
        }
        batch = cursor.batch();
        end = batch.endRow();
        moveTo(batch.firstRow());
        return true;
    }

    /** Stands at {@code row}; {@link #end} makes it exhausted. */
    void moveTo(int row) {
        position = row;
        if (row < end) {
            headAddress = batch.keyAddress(row);
            headLength = batch.keyLength(row);
        }
    }

    /** Order of the keys the two stand at. */
    int compareHead(UnionSource other) {
        return KeyBytes.compare(headAddress, headLength, other.headAddress, other.headLength);
    }

    /**
     * The first row behind the position whose key is not before {@code other}'s head. Gallops, because mostly either the
     * next row or the whole rest of the batch belongs to the other side of it.
     */
    int firstNotBefore(UnionSource other, boolean reverse) {
        int low = position;
        int step = 1;
        while (low + step < end && isBefore(low + step, other, reverse)) {
            low += step;
            step <<= 1;
        }
        int high = Math.min(low + step, end);
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (isBefore(middle, other, reverse)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private boolean isBefore(int row, UnionSource other, boolean reverse) {
        int order = KeyBytes.compare(batch.keyAddress(row), batch.keyLength(row), other.headAddress, other.headLength);
        return reverse ? order > 0 : order < 0;
    }

    /** The first row in {@code [position, limit)} that is a tombstone ({@code deleted}) or is none; else {@code limit}. */
    int nextMarked(int limit, boolean deleted) {
        if (batch.deleted() == null) {
            return deleted ? limit : position;
        }
        return Bits.next(batch.deleted().getDataBufferAddress(), position, limit, deleted);
    }

    void close() {
        cursor.close();
    }
}
