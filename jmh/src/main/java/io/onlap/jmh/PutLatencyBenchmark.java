package io.onlap.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Latency of single puts through seals and flushes, see {@link PutLatency}: what counts are the percentiles in the
 * counters, in microseconds; the time of a shot only says how long it ran.
 *
 * <p>Threading: one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class PutLatencyBenchmark {
    /** The store, the rate and what ends a put; a fresh directory for each shot. */
    @State(Scope.Thread)
    public static class Shot {
        @Param({"onlap"})
        public String store;

        /** Puts per second; 0: as fast as it goes. */
        @Param({"100000", "0"})
        public long rate;

        /** Does a put end with the call or with the acknowledgement? */
        @Param({"false", "true"})
        public boolean untilAcknowledged;

        @Param({"2000000"})
        public long rows;

        private Workload workload;
        private Peer peer;
        private BenchDirectory directory;

        @Setup(Level.Trial)
        public void make() {
            workload = new Workload(rows, 0, 1, KeyOrder.SESSIONS);
        }

        @Setup(Level.Iteration)
        public void open() {
            peer = Peers.named(store);
            directory = BenchDirectory.create(store);
            peer.open(directory.path(), workload, PeerSettings.defaults());
        }

        @TearDown(Level.Iteration)
        public void close() {
            peer.close();
            directory.close();
        }
    }

    /** Percentiles of a shot, in microseconds. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Percentiles {
        public double p50;
        public double p99;
        public double p999;
        public double max;
        public double rowsPerSecond;

        void set(PutLatency.Outcome outcome) {
            p50 = outcome.micros(50);
            p99 = outcome.micros(99);
            p999 = outcome.micros(99.9);
            max = outcome.maxMicros();
            rowsPerSecond = outcome.rowsPerSecond();
        }
    }

    @Benchmark
    public long put(Shot shot, Percentiles percentiles) {
        PutLatency.Outcome outcome = PutLatency.run(
                shot.peer, shot.workload.stream(), new PutLatency.Plan(shot.rows, shot.rate, shot.untilAcknowledged));
        percentiles.set(outcome);
        return outcome.nanos().getTotalCount();
    }
}
