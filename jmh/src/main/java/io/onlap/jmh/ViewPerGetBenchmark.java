package io.onlap.jmh;

import io.onlap.Engine;
import io.onlap.EngineSettings;
import io.onlap.Table;
import io.onlap.WriteBatch;
import io.onlap.Writer;
import io.onlap.memtable.Row;
import io.onlap.memtable.RowEncoder;
import io.onlap.memtable.TableSchema;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
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
 * Gets through the engine's door, whose views share what they stand on and whose rows stay bytes, against
 * {@link ViewPerGet}, and against making every value of a row at once, which each of the two replaced. A shot asks all ways
 * in turn for the same keys, several times, compares what they consumed, and the figures are the processor time of the
 * thread per get, the median of the shot; what the collector spends on their garbage is not in it.
 *
 * <p>Making every value is modelled: the row comes out as bytes, and then all values are made. The old code had no such
 * block, but an array for each text in its place. Who consumes bytes had to make them of the strings again: that is in
 * {@link Way#OWN_VALUES} and {@link Way#SHARED_VALUES}, and not in {@link Way#SHARED_OBJECTS}, which leaves the strings unread.
 *
 * <p>Threading: one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 7)
public class ViewPerGetBenchmark {
    private static final int TURNS = 5;

    /** Where the rows are. Threading: immutable. */
    public enum Place {
        /** In the active generation. */
        MEMORY,
        /** In four files whose key ranges overlap. */
        FILES
    }

    /** A view and what becomes of its row. Threading: immutable. */
    public enum Way {
        /** The engine as it is. */
        SHARED_BYTES,
        /** A view per get, the row read as bytes. */
        OWN_BYTES,
        /** The engine's view, every value made, its text left unread. */
        SHARED_OBJECTS,
        /** The engine's view, every value made, and bytes of the text again. */
        SHARED_VALUES,
        /** A view per get, every value made, and bytes of the text again: both as before the decision. */
        OWN_VALUES
    }

    /** The same rows in an engine and, where they are in memory, in the memtable of {@link ViewPerGet}. */
    @State(Scope.Thread)
    public static class Loaded {
        private static final String PATH = "bench/turns";
        private static final int FILES = 4;
        private static final int BATCH_ROWS = 1_000;

        @Param
        public Place place;

        @Param({"100000"})
        public int rows;

        @Param({"65536"})
        public int keys;

        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        private final ColumnSums sums = new ColumnSums();
        private BufferAllocator allocator;
        private BenchDirectory directory;
        private Engine engine;
        private Table table;
        private ViewPerGet unshared;
        private String[] asked;
        private long consumed;

        @Setup(Level.Trial)
        public void load() {
            Workload workload = new Workload(rows, 0, 1, KeyOrder.SESSIONS);
            allocator = new RootAllocator();
            directory = BenchDirectory.create("views");
            // A generation that grows old would go to a file while it is measured.
            engine = Engine.open(directory.path(), EngineSettings.defaults().withGenerationAge(Duration.ofDays(1)));
            table = engine.createTable(PATH, TurnRows.schema(0));
            put(workload.stream());
            int files = table.sources().size();
            if (files != (place == Place.FILES ? FILES : 0)) {
                throw new IllegalStateException("rows are elsewhere: place=" + place + ", files=" + files);
            }
            unshared = new ViewPerGet(allocator, directory.path(), PATH);
            if (place == Place.MEMORY) {
                putUnshared(workload.stream());
            }
            asked = workload.presentKeys(keys);
        }

        private void put(RowStream stream) {
            try (Writer writer = engine.writer()) {
                WriteBatch batch = writer.batch();
                for (int i = 1; i <= rows; i++) {
                    stream.next();
                    batch.put(table, row -> TurnRows.fill(row, stream));
                    boolean isFull = place == Place.FILES && i % (rows / FILES) == 0;
                    if (i % BATCH_ROWS == 0 || i == rows || isFull) {
                        writer.awaitVisible(writer.write(batch));
                        batch.clear();
                    }
                    if (isFull) {
                        engine.flush();
                    }
                }
            }
        }

        private void putUnshared(RowStream stream) {
            RowEncoder encoder = new RowEncoder(1 << 20);
            TableSchema schema = unshared.table().schema();
            long sequence = 0;
            for (int i = 1; i <= rows; i++) {
                TurnRows.fill(encoder.beginPut(unshared.table().tableId(), schema), stream.next());
                encoder.endRow();
                if (i % BATCH_ROWS == 0 || i == rows) {
                    unshared.active()
                            .apply(++sequence, encoder.buffer(), 0, encoder.length(), (tableId, schemaId) -> schema);
                    encoder.clear();
                }
            }
            unshared.publish(sequence);
        }

        /** Nanoseconds of processor time per get. */
        private double time(Way way) {
            // A function each, so that each is compiled by itself.
            ToLongFunction<String> get = get(way);
            consumed = 0;
            long start = threads.getCurrentThreadCpuTime();
            for (String key : asked) {
                consumed += get.applyAsLong(key);
            }
            return (threads.getCurrentThreadCpuTime() - start) / (double) asked.length;
        }

        /** Gives the sum of the row, {@link Peer#MISS} if there is none; of unread objects what tells that they were made. */
        ToLongFunction<String> get(Way way) {
            return switch (way) {
                case SHARED_BYTES -> key -> bytes(table.get(key));
                case OWN_BYTES -> key -> bytes(unshared.get(key));
                case SHARED_OBJECTS -> key -> objects(table.get(key));
                case SHARED_VALUES -> key -> values(table.get(key));
                case OWN_VALUES -> key -> values(unshared.get(key));
            };
        }

        private long bytes(Optional<Row> found) {
            if (found.isEmpty()) {
                return Peer.MISS;
            }
            sums.clear();
            TurnRows.addTo(sums, found.get());
            return sums.total();
        }

        private static long objects(Optional<Row> found) {
            if (found.isEmpty()) {
                return Peer.MISS;
            }
            Object[] values = all(found.get());
            return (Long) values[TurnRows.TS] + ((String) values[TurnRows.TEXT]).length();
        }

        private long values(Optional<Row> found) {
            if (found.isEmpty()) {
                return Peer.MISS;
            }
            Object[] values = all(found.get());
            sums.clear();
            sums.addKey(text(values[TurnRows.KEY]));
            sums.addTs((Long) values[TurnRows.TS]);
            sums.addRole(text(values[TurnRows.ROLE]));
            sums.addText(text(values[TurnRows.TEXT]));
            return sums.total();
        }

        private static Object[] all(Row row) {
            Object[] values = new Object[row.schema().columns().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = row.get(i);
            }
            return values;
        }

        private static long text(Object value) {
            byte[] bytes = ((String) value).getBytes(StandardCharsets.UTF_8);
            return ColumnSums.value(bytes, 0, bytes.length);
        }

        @TearDown(Level.Trial)
        public void close() {
            unshared.close();
            allocator.close();
            engine.close();
            directory.close();
        }
    }

    @Benchmark
    public long get(Loaded loaded) {
        Map<Way, double[]> nanos = new EnumMap<>(Way.class);
        long expected = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            for (Way way : Way.values()) {
                nanos.computeIfAbsent(way, first -> new double[TURNS])[turn] = loaded.time(way);
                if (way == Way.SHARED_BYTES) {
                    expected = loaded.consumed;
                } else if (way != Way.SHARED_OBJECTS && loaded.consumed != expected) {
                    throw new IllegalStateException("ways disagree: way=" + way + ", place=" + loaded.place);
                }
            }
        }
        nanos.forEach((way, turns) -> {
            Arrays.sort(turns);
            Figures.set(way.name().toLowerCase(Locale.ROOT), turns[TURNS / 2], "ns/get");
        });
        return expected;
    }
}
