package io.onlap.jmh;

/**
 * Writes a whole workload, then has it written to files, and takes both times.
 *
 * <p>Threading: one thread.
 */
final class Ingest {
    /**
     * How long it took.
     *
     * @param acknowledgedNs from the first put until the last row was acknowledged
     * @param drainNs from there until all rows were in files
     */
    record Times(long acknowledgedNs, long drainNs) {
        long totalNs() {
            return acknowledgedNs + drainNs;
        }
    }

    private Ingest() {}

    /** @param batchRows rows per batch, 1 for single puts */
    static Times run(Peer peer, Workload workload, int batchRows) {
        long start = System.nanoTime();
        put(peer, workload.stream(), workload.rows(), batchRows);
        long acknowledged = System.nanoTime();
        peer.drain();
        return new Times(acknowledged - start, System.nanoTime() - acknowledged);
    }

    /** Puts the next {@code count} rows and returns when all are acknowledged. */
    static void put(Peer peer, RowStream rows, long count, int batchRows) {
        long ticket = 0;
        if (batchRows == 1) {
            for (long i = 0; i < count; i++) {
                ticket = peer.put(rows.next());
            }
        } else {
            for (long i = 0; i < count; i += batchRows) {
                ticket = peer.putBatch(rows, (int) Math.min(batchRows, count - i));
            }
        }
        peer.awaitAcknowledged(ticket);
    }
}
