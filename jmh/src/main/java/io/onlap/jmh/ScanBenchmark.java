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
 * Full scans of a store whose rows are all in files and that has nothing left to do: one file, or eight whose key ranges
 * overlap and that rewrite one another.
 *
 * <p>Threading: one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
public class ScanBenchmark {
    private static final int BATCH_ROWS = 1_000;
    /** Above what any of the workloads here needs, so that only the drains make files. */
    private static final int BUFFER_MIB = 1 << 10;

    /** The loaded store. */
    @State(Scope.Thread)
    public static class Loaded {
        @Param({"onlap"})
        public String store;

        @Param({"1", "8"})
        public int generations;

        @Param({"1000000"})
        public long rows;

        @Param({"0", "128"})
        public int floats;

        private Peer peer;
        private BenchDirectory directory;

        @Setup(Level.Trial)
        public void load() {
            Workload workload = new Workload(rows, floats, 1, KeyOrder.SESSIONS);
            peer = Peers.named(store);
            directory = BenchDirectory.create(store);
            peer.open(directory.path(), workload, new PeerSettings(BUFFER_MIB));
            RowStream stream = workload.stream();
            for (int i = 0; i < generations; i++) {
                Ingest.put(peer, stream, rows / generations, BATCH_ROWS);
                peer.drain();
            }
            peer.settle();
        }

        @TearDown(Level.Trial)
        public void close() {
            peer.close();
            directory.close();
        }
    }

    @Benchmark
    public ScanSum scan(Loaded loaded) {
        long start = System.nanoTime();
        ScanSum sum = loaded.peer.scan();
        Figures.set("rate", sum.rows() * 1e9 / (System.nanoTime() - start), "rows/s");
        return sum;
    }
}
