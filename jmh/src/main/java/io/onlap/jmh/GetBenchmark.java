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
 * Single rows by key, every byte consumed: keys that are there and keys that are not but lie among them, from memory and
 * from files.
 *
 * <p>Threading: one thread.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class GetBenchmark {
    private static final int KEYS = 1 << 16;
    private static final int BATCH_ROWS = 1_000;

    /** The loaded store and the keys to ask for, in turn. */
    @State(Scope.Thread)
    public static class Loaded {
        @Param({"onlap"})
        public String store;

        /** Where the rows are: in files, or in memory, which needs a number of rows that fits. */
        @Param({"files", "memory"})
        public String place;

        @Param({"100000"})
        public long rows;

        private Peer peer;
        private BenchDirectory directory;
        private String[] present;
        private String[] absent;
        private int next;

        @Setup(Level.Trial)
        public void load() {
            Workload workload = new Workload(rows, 0, 1, KeyOrder.SESSIONS);
            peer = Peers.named(store);
            directory = BenchDirectory.create(store);
            peer.open(directory.path(), workload, PeerSettings.defaults());
            Ingest.put(peer, workload.stream(), rows, BATCH_ROWS);
            if (place.equals("files")) {
                peer.drain();
                peer.settle();
            }
            present = workload.presentKeys(KEYS);
            absent = workload.absentKeys(KEYS);
        }

        @TearDown(Level.Trial)
        public void close() {
            peer.close();
            directory.close();
        }

        private String next(String[] keys) {
            return keys[next++ & (KEYS - 1)];
        }
    }

    @Benchmark
    public long hit(Loaded loaded) {
        return loaded.peer.get(loaded.next(loaded.present));
    }

    @Benchmark
    public long miss(Loaded loaded) {
        return loaded.peer.get(loaded.next(loaded.absent));
    }
}
