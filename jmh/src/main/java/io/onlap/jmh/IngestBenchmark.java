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
 * A whole workload into an empty store: the time of a shot is until every row is in files; the parts are in the figures beside it, see {@link Figures}.
 *
 * <p>Threading: one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
public class IngestBenchmark {
    /** The store and what goes into it; a fresh directory for each shot. */
    @State(Scope.Thread)
    public static class Shot {
        @Param({"onlap"})
        public String store;

        @Param({"1", "1000"})
        public int batch;

        @Param({"0", "128"})
        public int floats;

        @Param({"2000000"})
        public long rows;

        @Param({"SESSIONS"})
        public KeyOrder keys;

        private Workload workload;
        private OpenPeer opened;

        @Setup(Level.Trial)
        public void make() {
            workload = new Workload(rows, floats, 1, keys);
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
    public long ingest(Shot shot) {
        Ingest.Times times = Ingest.run(shot.opened.peer(), shot.workload, shot.batch);
        Figures.set("acknowledged", times.acknowledgedNs() / 1e6, "ms");
        Figures.set("drain", times.drainNs() / 1e6, "ms");
        Figures.set("rate", shot.rows * 1e9 / times.totalNs(), "rows/s");
        return times.totalNs();
    }
}
