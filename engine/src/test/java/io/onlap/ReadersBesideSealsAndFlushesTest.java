package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One writer, many readers, seals and flushes. Batch n appends n to a table without key and puts or deletes one key in two
 * tables with one, so the first tells which batches a view holds, and what the others have to hold follows from that:
 * never a part of a batch, never a missing or doubled row.
 */
class ReadersBesideSealsAndFlushesTest {
    private static final int BATCHES = 1_500;
    private static final int KEYS = 97;
    private static final int READERS = 3;

    @TempDir
    Path directory;

    private final Env env = Env.system();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicBoolean done = new AtomicBoolean();
    /** One for each reader: the common pool has a single one on two processors. */
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private static String key(long n) {
        return "k" + n * 31 % KEYS;
    }

    private static boolean isDelete(long n) {
        return n % 7 == 0;
    }

    /** The tables with a key, when the first {@code batches} are in. */
    private static Map<String, Long> model(long batches) {
        Map<String, Long> rows = new TreeMap<>();
        for (long n = Math.max(0, batches - KEYS); n < batches; n++) { // each key once
            if (!isDelete(n)) {
                rows.put(key(n), n);
            }
        }
        return rows;
    }

    private static void createTables(Engine engine) {
        engine.createTable("log", Rows.KEYLESS);
        engine.createTable("left", Rows.SCHEMA);
        engine.createTable("right", Rows.SCHEMA);
    }

    private static long write(Engine engine, Writer writer, long n) {
        Table left = engine.table("left");
        Table right = engine.table("right");
        WriteBatch batch = writer.batch();
        if (isDelete(n)) {
            batch.delete(left, key(n));
            batch.delete(right, key(n));
        } else {
            batch.put(left, row -> row.set("id", key(n)).set("n", n));
            batch.put(right, row -> row.set("id", key(n)).set("n", n));
        }
        batch.put(engine.table("log"), row -> row.set("id", "x").set("n", n));
        return writer.write(batch);
    }

    /** Checks all tables of one view, by scan, count and get, and returns how many batches it holds. */
    private static long check(Engine engine, String someKey) {
        try (View view = engine.view()) {
            List<Long> log = Rows.numbers(view.scan(engine.table("log")));
            long batches = log.size();
            assertEquals(LongStream.range(0, batches).boxed().toList(), log);
            Map<String, Long> rows = model(batches);
            for (String path : List.of("left", "right")) {
                Table table = engine.table(path);
                assertEquals(rows, new TreeMap<>(Rows.scan(view.scan(table))), path);
                assertEquals(rows.size(), view.count(table), path);
                Long found = view.get(table, someKey).map(Rows::number).orElse(null);
                assertEquals(rows.get(someKey), found, path);
            }
            assertEquals(log, Rows.numbers(view.scan(engine.table("log"))), "an open view changed");
            return batches;
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "WAL_BEFORE_APPEND",
                "WAL_AFTER_APPEND",
                "APPLIED_BEFORE_PUBLISH",
                "PUBLISHED_BEFORE_ACK",
                "SEAL_BEFORE_ROLL",
                "SEAL_AFTER_ROLL"
            })
    void shouldShowNoPartOfABatchWhileTheWriteLoopIsParkedAt(FailPoint point) {
        EngineSettings settings = EngineSettings.defaults().withGenerationRows(60);
        try (Engine engine = Engine.open(directory, settings, env);
                Writer writer = engine.writer()) {
            createTables(engine);
            for (long n = 0; n < 19; n++) {
                writer.awaitVisible(write(engine, writer, n));
            }
            Gate gate = new Gate();
            env.failPoints().arm(point, gate);
            long sequence = write(engine, writer, 19); // the generation's 58th to 60th row
            gate.awaitReached();
            boolean published = point.compareTo(FailPoint.PUBLISHED_BEFORE_ACK) >= 0;
            for (int reads = 0; reads < 3; reads++) {
                assertEquals(published ? 20 : 19, check(engine, key(19)));
            }
            env.failPoints().disarm(point);
            gate.open();
            writer.awaitVisible(sequence);
            assertEquals(20, check(engine, key(19)));
            engine.flush();
            assertEquals(20, check(engine, key(19)));
        }
    }

    @Test
    void shouldShowAWholePrefixOfTheBatchesToReadersAtFullSpeed() {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        try (Engine engine = Engine.open(directory, EngineSettings.defaults().withGenerationRows(45))) {
            createTables(engine);
            List<CompletableFuture<Long>> readers = IntStream.range(0, READERS)
                    .mapToObj(i ->
                            CompletableFuture.supplyAsync(() -> readUntilDone(engine, new Random(seed + i)), threads))
                    .toList();
            CompletableFuture<Long> beside = CompletableFuture.supplyAsync(
                    () -> {
                        try (Engine reader = Engine.openReadOnly(directory)) {
                            return readUntilDone(reader, new Random(seed + READERS));
                        }
                    },
                    threads);
            try (Writer writer = engine.writer()) {
                for (long n = 0; n < BATCHES; n++) {
                    long sequence = write(engine, writer, n);
                    if (n % 10 == 9) {
                        writer.awaitVisible(sequence);
                        acknowledged.set(n + 1);
                    }
                }
            } finally {
                done.set(true);
            }
            for (CompletableFuture<Long> reader : readers) {
                assertTrue(reader.join() > 0);
            }
            assertTrue(beside.join() > 0);
            engine.flush();
            assertEquals(BATCHES, check(engine, "k0"));
            assertTrue(engine.stats().flushedGeneration() > 10, () -> engine.stats()
                    .toString());
        }
    }

    private long readUntilDone(Engine engine, Random random) {
        long reads = 0;
        long newest = 0;
        while (!done.get()) {
            long least = Math.max(newest, acknowledged.get());
            engine.refresh();
            newest = check(engine, "k" + random.nextInt(KEYS));
            assertTrue(newest >= least, "acknowledged or seen: " + least + ", read: " + newest);
            reads++;
        }
        return reads;
    }
}
