package io.onlap.jmh;

import io.onlap.memtable.KeyRange;
import io.onlap.memtable.Memtable;
import io.onlap.memtable.MemtableView;
import io.onlap.memtable.RowEncoder;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.TableSchema;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
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
 * All rows of a sorted generation as Arrow batches, as a flush reads them. The figure is the thread's processor time per row.
 *
 * <p>Threading: one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 10)
@Measurement(iterations = 15)
public class MemtableGatherBenchmark {
    private static final int TABLE = 1;
    private static final int BATCH_ROWS = 1_000;

    /** The generation, sorted by its first scan. */
    @State(Scope.Thread)
    public static class Sealed {
        @Param
        public KeyOrder order;

        /** About 64 MiB. */
        @Param({"280000"})
        public int rows;

        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        private BufferAllocator allocator;
        private Memtable memtable;
        private MemtableView view;
        private int[] columns;

        @Setup(Level.Trial)
        public void write() {
            TableSchema schema = TurnRows.schema(0);
            columns = new int[] {0, 1, 2, 3};
            allocator = new RootAllocator();
            memtable = new Memtable(1, allocator);
            RowEncoder encoder = new RowEncoder(1 << 20);
            RowStream stream = new Workload(rows, 0, 1, order).stream();
            long sequence = 0;
            for (int i = 1; i <= rows; i++) {
                stream.next();
                TurnRows.fill(encoder.beginPut(TABLE, schema), stream);
                encoder.endRow();
                if (i % BATCH_ROWS == 0 || i == rows) {
                    memtable.apply(++sequence, encoder.buffer(), 0, encoder.length(), (table, schemaId) -> schema);
                    encoder.clear();
                }
            }
            view = memtable.view(TABLE, sequence);
            scan();
        }

        private long scan() {
            long seen = 0;
            try (RunCursor cursor = view.open(KeyRange.ALL, false, columns)) {
                while (cursor.next()) {
                    seen += cursor.batch().endRow() - cursor.batch().firstRow();
                }
            }
            return seen;
        }

        @TearDown(Level.Trial)
        public void free() {
            memtable.close();
            allocator.close();
        }
    }

    @Benchmark
    public long gather(Sealed sealed) {
        long start = sealed.threads.getCurrentThreadCpuTime();
        long seen = sealed.scan();
        Figures.set("gather", (sealed.threads.getCurrentThreadCpuTime() - start) / (double) seen, "ns/row");
        return seen;
    }
}
