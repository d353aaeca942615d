package io.onlap.jmh;

import io.onlap.memtable.KeySlots;
import io.onlap.memtable.KeySorter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.agrona.UnsafeApi;
import org.apache.arrow.memory.ArrowBuf;
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
 * Sorting the rows of one generation by key: {@link KeySorter} against {@link MultikeyQuicksort}, which it replaced. The
 * rows lie as in a memtable. A shot sorts by both in turn, several times, and the figures are the processor time of the
 * thread per row, the median of the shot: on a shared machine the clock counts what others do.
 *
 * <p>Threading: one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 7)
public class KeySortBenchmark {
    private static final int TURNS = 5;

    /** Key orders. Threading: immutable. */
    public enum Order {
        /** As {@link KeyOrder#SESSIONS}. */
        SESSIONS,
        /** As {@link KeyOrder#RANDOM}. */
        RANDOM,
        /** Keys that grow with time. */
        TIME,
        /** As SESSIONS, behind agents with names of 36 random hex digits. */
        LONG_NAMES
    }

    /** The rows in native memory. */
    @State(Scope.Thread)
    public static class Generation {
        private static final int CHUNK_BYTES = 4 << 20;
        private static final int CHUNK_ROWS = 15_000;

        @Param
        public Order order;

        /** About 64 MiB. */
        @Param({"280000"})
        public int rows;

        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        private BufferAllocator allocator;
        private ArrowBuf memory;
        private KeySlots keys;
        private int[] written;
        private int[] sorted;

        @Setup(Level.Trial)
        public void write() {
            int chunks = (rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
            allocator = new RootAllocator();
            memory = allocator.buffer((long) chunks * (CHUNK_BYTES + Long.BYTES * CHUNK_ROWS));
            long[] slots = new long[chunks];
            long[] heaps = new long[chunks];
            written = new int[rows];
            RowStream stream = new Workload(rows, 0, 1, workloadOrder()).stream();
            int count = 0;
            long at = memory.memoryAddress();
            for (int c = 0; c < chunks; c++) {
                slots[c] = at;
                heaps[c] = at + (long) Long.BYTES * CHUNK_ROWS;
                at = heaps[c] + CHUNK_BYTES;
                int place = 0;
                for (int row = 0; row < Math.min(CHUNK_ROWS, rows - c * CHUNK_ROWS); row++) {
                    stream.next();
                    byte[] key = key(stream);
                    long slot = slots[c] + ((long) row << 3);
                    UnsafeApi.putInt(slot, place);
                    UnsafeApi.putInt(slot + Integer.BYTES, key.length);
                    for (int i = 0; i < key.length; i++) {
                        UnsafeApi.putByte(heaps[c] + place + i, key[i]);
                    }
                    place += key.length + stream.role().length + stream.textLength();
                    if (!stream.isRewrite()) {
                        written[count++] = (c << 16) | row;
                    }
                }
            }
            written = Arrays.copyOf(written, count);
            sorted = new int[count];
            keys = new KeySlots(slots, heaps);
        }

        private KeyOrder workloadOrder() {
            return order == Order.RANDOM ? KeyOrder.RANDOM : KeyOrder.SESSIONS;
        }

        private byte[] key(RowStream stream) {
            String key = new String(stream.key(), StandardCharsets.US_ASCII);
            if (order == Order.TIME) {
                key = String.format(Locale.ROOT, "agent-000/s0000/%010d", stream.index());
            } else if (order == Order.LONG_NAMES) {
                long hash = Mix.mix(Integer.parseInt(key.substring(6, 9)));
                key = String.format(Locale.ROOT, "%016x%016x%04x", hash, Mix.mix(hash), hash & 0xffff)
                        + key.substring(9);
            }
            return key.getBytes(StandardCharsets.US_ASCII);
        }

        /** Nanoseconds of processor time per row. */
        private double time(BiConsumer<KeySlots, int[]> sorter) {
            System.arraycopy(written, 0, sorted, 0, written.length);
            long start = threads.getCurrentThreadCpuTime();
            sorter.accept(keys, sorted);
            return (threads.getCurrentThreadCpuTime() - start) / (double) written.length;
        }

        @TearDown(Level.Trial)
        public void free() {
            memory.close();
            allocator.close();
        }
    }

    @Benchmark
    public int[] sort(Generation rows) {
        double[] packed = new double[TURNS];
        double[] multikey = new double[TURNS];
        for (int turn = 0; turn < TURNS; turn++) {
            multikey[turn] = rows.time(MultikeyQuicksort::sort);
            int[] expected = rows.sorted.clone();
            packed[turn] = rows.time(KeySorter::sort);
            if (!Arrays.equals(expected, rows.sorted)) {
                throw new IllegalStateException("sorters disagree: order=" + rows.order);
            }
        }
        Arrays.sort(packed);
        Arrays.sort(multikey);
        Figures.set("packed", packed[TURNS / 2], "ns/row");
        Figures.set("multikey", multikey[TURNS / 2], "ns/row");
        return rows.sorted;
    }
}
