package io.onlap.jmh;

import java.util.concurrent.TimeUnit;
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
 * figures beside it (see {@link Figures}); the time of a shot only says how long it ran.
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
        private OpenPeer opened;

        @Setup(Level.Trial)
        public void make() {
            workload = new Workload(rows, 0, 1, KeyOrder.SESSIONS);
        }

        @Setup(Level.Iteration)
        public void open() {
            opened = OpenPeer.create(store, workload);
        }

        @TearDown(Level.Iteration)
        public void close() {
            opened.close();
        }
    }

    @Benchmark
    public long put(Shot shot) {
        PutLatency.Outcome outcome = PutLatency.run(
                shot.opened.peer(),
                shot.workload.stream(),
                new PutLatency.Plan(shot.rows, shot.rate, shot.untilAcknowledged));
        Figures.set("p50", outcome.micros(50), "us");
        Figures.set("p99", outcome.micros(99), "us");
        Figures.set("p99.9", outcome.micros(99.9), "us");
        Figures.set("max", outcome.maxMicros(), "us");
        Figures.set("rate", outcome.rowsPerSecond(), "rows/s");
        return outcome.nanos().getTotalCount();
    }
}
