package io.onlap.jmh;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Measures single puts through seals and flushes. At a fixed rate the time of a put counts from when it was due, not from
 * when the one before let it begin, so that a stall is paid by every put it delayed (coordinated omission). The wait for
 * the due time spins: parking is less exact than what is measured.
 *
 * <p>Threading: one thread.
 */
final class PutLatency {
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 3;
    /** A store that cannot keep the rate is stopped after so many times the planned duration. */
    private static final int OVERTIME = 2;

    /**
     * What to do.
     *
     * @param rows number of puts
     * @param ratePerSecond 0 for as fast as it goes
     * @param isUntilAcknowledged does a put end when the row is acknowledged, or already when the call returns?
     */
    record Plan(long rows, long ratePerSecond, boolean isUntilAcknowledged) {}

    /**
     * What came out.
     *
     * @param nanos one value per put
     * @param rowsPerSecond reached
     */
    record Outcome(Histogram nanos, double rowsPerSecond) {
        double micros(double percentile) {
            return nanos.getValueAtPercentile(percentile) / 1e3;
        }

        double maxMicros() {
            return nanos.getMaxValue() / 1e3;
        }
    }

    private PutLatency() {}

    static Outcome run(Peer peer, RowStream rows, Plan plan) {
        Histogram nanos = new Histogram(HIGHEST_NS, DIGITS);
        long start = System.nanoTime();
        long last = plan.ratePerSecond() == 0
                ? putAtFullSpeed(peer, rows, plan, nanos)
                : putAtRate(peer, rows, plan, nanos, start);
        double seconds = (System.nanoTime() - start) / 1e9;
        peer.awaitAcknowledged(last);
        return new Outcome(nanos, nanos.getTotalCount() / seconds);
    }

    private static long putAtFullSpeed(Peer peer, RowStream rows, Plan plan, Histogram nanos) {
        long ticket = 0;
        for (long i = 0; i < plan.rows(); i++) {
            rows.next();
            long begin = System.nanoTime();
            ticket = put(peer, rows, plan);
            record(nanos, System.nanoTime() - begin);
        }
        return ticket;
    }

    private static long putAtRate(Peer peer, RowStream rows, Plan plan, Histogram nanos, long start) {
        long ticket = 0;
        double intervalNs = 1e9 / plan.ratePerSecond();
        long stop = start + (long) (plan.rows() * intervalNs * OVERTIME);
        for (long i = 0; i < plan.rows(); i++) {
            rows.next();
            long due = start + (long) (i * intervalNs);
            while (System.nanoTime() < due) {
                Thread.onSpinWait();
            }
            ticket = put(peer, rows, plan);
            long end = System.nanoTime();
            record(nanos, end - due);
            if (end > stop) {
                break;
            }
        }
        return ticket;
    }

    private static long put(Peer peer, RowStream rows, Plan plan) {
        long ticket = peer.put(rows);
        if (plan.isUntilAcknowledged()) {
            peer.awaitAcknowledged(ticket);
        }
        return ticket;
    }

    private static void record(Histogram nanos, long value) {
        nanos.recordValue(Math.min(value, HIGHEST_NS));
    }
}
