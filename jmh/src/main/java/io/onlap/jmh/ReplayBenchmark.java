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
 * Opening a store that was not closed: its directory is copied while it is open, so the copy has its rows in the log only,
 * as after a kill. The time is until the store can be read.
 *
 * <p>Threading: one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
public class ReplayBenchmark {
    private static final int BATCH_ROWS = 1_000;

    /** The store to copy, and a fresh copy for each shot. */
    @State(Scope.Thread)
    public static class Killed {
        @Param({"onlap"})
        public String store;

        /** About 48 MiB: below what makes a store write a file. */
        @Param({"200000"})
        public long rows;

        private Workload workload;
        private Peer origin;
        private BenchDirectory directory;
        private Peer copy;
        private BenchDirectory copyDirectory;

        @Setup(Level.Trial)
        public void load() {
            workload = new Workload(rows, 0, 1, KeyOrder.SESSIONS);
            origin = Peers.named(store);
            directory = BenchDirectory.create(store);
            origin.open(directory.path(), workload, PeerSettings.defaults());
            Ingest.put(origin, workload.stream(), rows, BATCH_ROWS);
        }

        @Setup(Level.Iteration)
        public void copy() {
            copyDirectory = directory.copy(store);
            copy = Peers.named(store);
        }

        @TearDown(Level.Iteration)
        public void closeCopy() {
            copy.close();
            copyDirectory.close();
        }

        @TearDown(Level.Trial)
        public void close() {
            origin.close();
            directory.close();
        }
    }

    @Benchmark
    public Peer reopen(Killed killed) {
        killed.copy.open(killed.copyDirectory.path(), killed.workload, PeerSettings.defaults());
        return killed.copy;
    }
}
