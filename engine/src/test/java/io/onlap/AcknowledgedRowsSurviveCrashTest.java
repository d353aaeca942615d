package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.ChildJvm;
import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every row whose acknowledgement left the process is there after SIGKILL, and what is there beyond is a prefix. */
class AcknowledgedRowsSurviveCrashTest {
    private static final int ROUNDS = 8;
    private static final int REACHES_MAX = 5;

    @TempDir
    Path directory;

    /**
     * Writes k0, k1, … into "t" and, in the same batch, into "copy" and "log", which has no key, and prints each number once
     * it is acknowledged.
     */
    static final class WritingChild {
        static final int KILLED = 9;
        static final String FLUSHES_NOTHING = "flushes nothing";

        private WritingChild() {}

        public static void main(String[] arguments) {
            long first = Long.parseLong(arguments[1]);
            EngineSettings settings = EngineSettings.defaults()
                    .withGenerationRows(1_000)
                    .withDurability(Durability.valueOf(arguments[2]));
            Env env = Env.system();
            if (arguments[arguments.length - 1].equals(FLUSHES_NOTHING)) {
                env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, () -> {
                    throw new StorageException(Kind.DISK_FULL, "injected");
                });
            } else if (arguments.length > 3) {
                int reaches = Integer.parseInt(arguments[4]);
                int[] count = {0};
                env.failPoints().arm(FailPoint.valueOf(arguments[3]), () -> {
                    if (++count[0] >= reaches) {
                        Runtime.getRuntime().halt(KILLED);
                    }
                });
            }
            Engine engine = Engine.open(Path.of(arguments[0]), settings, env);
            Table table = engine.createTable("t", Rows.SCHEMA);
            Table copy = engine.createTable("copy", Rows.SCHEMA);
            Table log = engine.createTable("log", Rows.KEYLESS);
            Writer writer = engine.writer();
            WriteBatch batch = writer.batch();
            for (long i = first; i < first + 40_000; i++) {
                long n = i;
                batch.clear();
                batch.put(table, row -> row.set("id", "k" + n).set("n", n));
                batch.put(copy, row -> row.set("id", "k" + n).set("n", n));
                batch.put(log, row -> row.set("id", "x").set("n", n));
                long sequence = writer.write(batch);
                if (i % 50 == 0) {
                    writer.awaitDurable(sequence);
                    System.out.println(i);
                    System.out.flush();
                }
                if (i % 5_000 == 0) {
                    readBeside(engine, env);
                }
            }
            engine.flush();
            System.out.println("end");
            System.out.flush();
        }

        /** Reads from inside and as a reader beside, so that their fail points are passed too. */
        private static void readBeside(Engine engine, Env env) {
            try (Engine reader = Engine.openReadOnly(engine.directory(), env)) {
                if (reader.table("t").count() > engine.table("t").count()) {
                    throw new AssertionError("reader ahead of owner");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepEveryAcknowledgedRowWhenKilledAtRandomTimes(Durability durability) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        long first = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long acknowledged = -1;
            try (ChildJvm child =
                    ChildJvm.start(WritingChild.class, directory.toString(), "" + first, durability.name())) {
                int lines = 1 + random.nextInt(300);
                for (int i = 0; i < lines; i++) {
                    String line = child.readLine();
                    assertNotNull(line, "child ended early");
                    if (line.equals("end")) {
                        break;
                    }
                    acknowledged = Long.parseLong(line);
                }
                child.killAndWait();
            }
            first = checkPrefix(first, acknowledged);
        }
    }

    /** Checks the tables and returns the number of the first row that is not there. */
    private long checkPrefix(long first, long acknowledged) {
        try (Engine reader = Engine.openReadOnly(directory)) {
            Map<String, Long> rows = Rows.scan(reader.table("t"));
            assertEquals(rows, Rows.scan(reader.table("copy")), "half a batch");
            long end = rows.size();
            assertEquals(
                    LongStream.range(0, end).boxed().toList(),
                    Rows.numbers(reader.table("log").scan()),
                    "a row without key is doubled or lost");
            for (long i = 0; i < end; i++) {
                assertEquals(i, rows.get("k" + i), "hole");
            }
            assertTrue(end > acknowledged, "acknowledged=" + acknowledged + ", rows=" + end + ", from=" + first);
            return end;
        }
    }

    /** The second child is killed while it replays several generations, flushes them, or writes on. */
    @ParameterizedTest
    @EnumSource
    void shouldKeepEveryAcknowledgedRowWhenKilledAt(FailPoint point) throws Exception {
        long first;
        try (ChildJvm child = ChildJvm.start(
                WritingChild.class, directory.toString(), "0", "PROCESS", WritingChild.FLUSHES_NOTHING)) {
            long acknowledged = -1;
            for (int i = 0; i < 30; i++) {
                acknowledged = Long.parseLong(child.readLine());
            }
            child.killAndWait();
            first = checkPrefix(0, acknowledged);
        }
        long acknowledged = -1;
        long seed = System.nanoTime();
        int reaches = isReachedOnce(point) ? 1 : 2 + new Random(seed).nextInt(REACHES_MAX - 1);
        System.out.println("point=" + point + ", reaches=" + reaches + ", seed=" + seed);
        try (ChildJvm child = ChildJvm.start(
                WritingChild.class, directory.toString(), "" + first, "POWER", point.name(), "" + reaches)) {
            for (String line = child.readLine(); line != null; line = child.readLine()) {
                assertNotEquals("end", line, "fail point not reached");
                acknowledged = Long.parseLong(line);
            }
            assertEquals(WritingChild.KILLED, child.waitFor());
        }
        long rows = checkPrefix(first, acknowledged);
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "after", -1);
            Rows.putNow(engine, engine.table("log"), "after", rows);
            engine.flush();
            assertEquals(rows + 1, table.count());
            assertEquals(
                    LongStream.rangeClosed(0, rows).boxed().toList(),
                    Rows.numbers(engine.table("log").scan()));
        }
    }

    private static boolean isReachedOnce(FailPoint point) {
        return point.name().startsWith("OPEN_")
                || point.name().startsWith("CHECKPOINT_")
                || point == FailPoint.WAL_CREATED;
    }

    @Test
    void shouldLetTheNextOwnerInAtOnceAfterAKill() throws Exception {
        try (ChildJvm child = ChildJvm.start(WritingChild.class, directory.toString(), "0", "PROCESS")) {
            assertNotNull(child.readLine());
            StorageException busy = assertThrows(StorageException.class, () -> Engine.open(directory));
            assertEquals(Kind.BUSY, busy.kind());
            assertTrue(busy.getMessage().contains("pid " + child.pid()), busy::getMessage);
            child.killAndWait();
        }
        Engine.open(directory).close();
    }
}
