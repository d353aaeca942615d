package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A stall is paid by every put that it delayed. */
final class PutLatencyTest {
    private static final long STALL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    @Test
    void shouldCountTheWaitOfLaterPutsWhenOneStalls() {
        PutLatency.Outcome paced = run(new PutLatency.Plan(2_000, 10_000, false));
        assertEquals(2_000, paced.nanos().getTotalCount());
        // At 10,000/s a stall of 50 ms delays the 500 puts due within it; half of them by more than 25 ms.
        long late = paced.nanos().getCountBetweenValues(STALL_NS / 2, Long.MAX_VALUE / 4);
        assertTrue(late >= 240, "late=" + late);
    }

    @Test
    void shouldCountOnlyTheCallWhenAtFullSpeed() {
        PutLatency.Outcome full = run(new PutLatency.Plan(2_000, 0, false));
        assertEquals(2_000, full.nanos().getTotalCount());
        assertTrue(
                full.nanos().getMaxValue() >= STALL_NS * 99 / 100,
                "max=" + full.nanos().getMaxValue());
    }

    private static PutLatency.Outcome run(PutLatency.Plan plan) {
        Workload workload = new Workload(plan.rows(), 0, 1, KeyOrder.SESSIONS);
        return PutLatency.run(new StallingPeer(), workload.stream(), plan);
    }

    /** Takes 50 ms for its hundredth put. */
    private static final class StallingPeer implements Peer {
        @Override
        public String name() {
            return "stalling";
        }

        @Override
        public String settings() {
            return "stalls once";
        }

        @Override
        public boolean isReadable() {
            return false;
        }

        @Override
        public void open(Path directory, Workload workload, PeerSettings settings) {}

        @Override
        public long put(RowStream row) {
            long end = System.nanoTime() + STALL_NS;
            while (row.index() == 100 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            return row.index();
        }

        @Override
        public long putBatch(RowStream rows, int count) {
            return put(rows.next());
        }

        @Override
        public void awaitAcknowledged(long ticket) {}

        @Override
        public void drain() {}

        @Override
        public void settle() {}

        @Override
        public ScanSum scan() {
            throw new UnsupportedOperationException("stalling: no rows");
        }

        @Override
        public long get(String key) {
            return MISS;
        }

        @Override
        public void close() {}
    }
}
