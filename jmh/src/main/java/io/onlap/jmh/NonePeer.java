package io.onlap.jmh;

import java.nio.file.Path;

/**
 * Stores nothing, but reads every byte of every row: what the workload itself costs, the ceiling of all figures.
 *
 * <p>Threading: one thread.
 */
final class NonePeer implements Peer {
    private final ColumnSums sums = new ColumnSums();

    @Override
    public String name() {
        return "none";
    }

    @Override
    public String settings() {
        return "stores nothing: the ceiling that the workload sets";
    }

    @Override
    public boolean isReadable() {
        return false;
    }

    @Override
    public void open(Path directory, Workload workload, PeerSettings settings) {
        sums.clear();
    }

    @Override
    public long put(RowStream row) {
        sums.add(row);
        return sums.rows();
    }

    @Override
    public long putBatch(RowStream rows, int count) {
        for (int i = 0; i < count; i++) {
            sums.add(rows.next());
        }
        return sums.rows();
    }

    @Override
    public void awaitAcknowledged(long ticket) {}

    @Override
    public void drain() {}

    @Override
    public void settle() {}

    /** What was put, rewrites included. */
    @Override
    public ScanSum scan() {
        return sums.toScanSum();
    }

    @Override
    public long get(String key) {
        return MISS;
    }

    @Override
    public void close() {}
}
