package io.onlap.cli;

import io.onlap.Counter;
import io.onlap.Engine;
import io.onlap.EngineSettings;
import io.onlap.Inspection;
import io.onlap.Table;
import io.onlap.View;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The steps of {@code demo}. The writer is a process of its own, so that it can be killed like one; this process reads beside
 * it, then owns the store itself.
 *
 * <p>Threading: one thread.
 */
final class Demo {
    static final String TABLE = "talks/turns";

    private static final int BATCH_ROWS_MAX = 1_000;
    /** Fewer rows than this are written slowly enough to be caught half-way. */
    private static final long FULL_SPEED_ROWS_MIN = 200_000;

    private static final long CHILD_SECONDS_MAX = 600;

    private final Console console;
    private final Path directory;
    private final Path store;
    private final Path acks;
    private final long rowsAsked;
    private final Map<String, Object> results = new LinkedHashMap<>();
    private final Progress progress;
    private DemoInput input;
    private boolean sound = true;

    Demo(Console console, Path directory, long rows, boolean progressWanted) {
        this.console = console;
        this.directory = directory;
        this.store = directory.resolve("store");
        this.acks = directory.resolve("acks");
        this.rowsAsked = rows;
        this.progress = console.progress(progressWanted, this::writerMemory);
    }

    /** What the newest owner told; 0 while there is none. */
    private long writerMemory() {
        try {
            return Inspection.counters(store).getOrDefault(Counter.ALLOCATED_BYTES, 0L);
        } catch (StorageException e) {
            return 0; // no store yet
        }
    }

    Path store() {
        return store;
    }

    /** What happened, in order. */
    Map<String, Object> results() {
        return results;
    }

    /** False if anything acknowledged is missing, or another promise does not hold. */
    boolean run() throws IOException, InterruptedException {
        try (progress) {
            input = DemoInput.write(directory.resolve("input.ndjson"), rowsAsked);
            step("ingesting " + input.rows() + " rows in a process of its own, reading beside it");
            writeAndKill();
            step("killed; opening the store again");
            recover();
            step("ingesting all rows once more, over what is there");
            writeAgain();
            step("reading and checking everything");
            verify();
        }
        results.put("result", sound ? "nothing acknowledged is missing" : "FAULT: see stderr");
        results.put("store", store.toString());
        return sound;
    }

    private void step(String what) {
        progress.say("demo: " + what);
    }

    private void promise(String name, boolean holds, long value) {
        sound &= holds;
        results.put(name, value);
        if (!holds) {
            console.hold("FAULT " + name + ": " + value);
        }
    }

    private void writeAndKill() throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        Process writer = ChildProcess.start(directory.resolve("writer.log"), ingest("--acks", acks.toString()));
        try (AckTail acknowledged = new AckTail(acks);
                DemoReader reader = DemoReader.start(store, TABLE)) {
            while (writer.isAlive() && acknowledged.count() < input.rows() / 2) {
                if (acknowledged.next()) {
                    while (acknowledged.next() && acknowledged.count() < input.rows() / 2) {
                        // the reader wants the newest
                    }
                    reader.want(acknowledged.key());
                    progress.update(acknowledged.count(), (double) acknowledged.count() / input.rows());
                } else {
                    writer.waitFor(1, TimeUnit.MILLISECONDS);
                }
            }
            double seconds = seconds(startNs);
            boolean alive = writer.isAlive();
            kill(writer);
            reader.end();
            while (acknowledged.next()) {
                // what it acknowledged while we killed it counts as well
            }
            if (!alive && writer.exitValue() != 0) {
                throw failed(writer);
            }
            results.put("rows asked of the writer", input.rows());
            results.put("rows acknowledged by it", acknowledged.count());
            results.put("rows per second, start of its JVM included", Math.round(acknowledged.count() / seconds));
            results.put("reads beside it", reader.summary());
            promise("acknowledged rows they did not find", reader.missing() == 0, reader.missing());
            results.put(
                    "writer process",
                    "pid " + writer.pid() + (alive ? ", killed with SIGKILL" : ", had ended before it was killed"));
        }
    }

    private String[] ingest(String... more) {
        int batchRows = (int) Math.max(1, Math.min(BATCH_ROWS_MAX, input.rows() / 20));
        List<String> arguments = new ArrayList<>(List.of("ingest", "--store", store.toString(), "--table", TABLE));
        arguments.addAll(List.of("--key", "id", "--repeat", Integer.toString(input.rounds())));
        arguments.addAll(List.of("--batch", Integer.toString(batchRows)));
        if (input.rows() < FULL_SPEED_ROWS_MIN) {
            arguments.addAll(List.of("--rate", Long.toString(Math.max(1, input.rows() / 2))));
        }
        arguments.addAll(List.of(more));
        arguments.add(input.file().toString());
        return arguments.toArray(String[]::new);
    }

    private void recover() throws IOException {
        long startNs = System.nanoTime();
        try (Engine engine = Engine.openExisting(store, EngineSettings.defaults())) {
            results.put("milliseconds to open again", Math.round(seconds(startNs) * 1_000));
            Table table = engine.table(TABLE);
            long count = table.count();
            results.put("rows after recovery", count);
            long missing = 0;
            try (AckTail acknowledged = new AckTail(acks);
                    View view = engine.view()) {
                while (acknowledged.next()) {
                    missing += view.get(table, acknowledged.key()).isPresent() ? 0 : 1;
                }
                results.put("acknowledged rows looked up", acknowledged.count());
                promise("acknowledged rows missing", missing == 0, missing);
            }
        }
    }

    private void writeAgain() throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        Process writer = ChildProcess.start(directory.resolve("writer.log"), ingest("--flush"));
        try {
            while (!writer.waitFor(200, TimeUnit.MILLISECONDS)) {
                if (seconds(startNs) > CHILD_SECONDS_MAX) {
                    throw new StorageException(Kind.BUSY, "writer does not end: pid=" + writer.pid());
                }
            }
        } finally {
            kill(writer);
        }
        if (writer.exitValue() != 0) {
            throw failed(writer);
        }
        results.put("rows ingested once more, all of them", input.rows());
        try (Engine engine = Engine.openReadOnly(store)) {
            long count = engine.table(TABLE).count();
            promise("rows at the end (same keys replace)", count == input.rows(), count);
        }
    }

    private void verify() {
        List<Inspection.Found> faults = new ArrayList<>();
        Inspection.verify(store, found -> {
            if (found.fault()) {
                faults.add(found);
            }
        });
        promise("faults found by verify", faults.isEmpty(), faults.size());
        faults.forEach(fault -> console.hold(fault.what() + " " + fault.file() + ": " + fault.detail()));
    }

    private StorageException failed(Process writer) throws IOException {
        List<String> said = Files.readAllLines(directory.resolve("writer.log"));
        return new StorageException(
                Kind.FATAL,
                "writer failed: status=" + writer.exitValue() + ", said="
                        + said.subList(Math.max(0, said.size() - 3), said.size()));
    }

    private static void kill(Process writer) throws InterruptedException {
        writer.destroyForcibly();
        if (!writer.waitFor(60, TimeUnit.SECONDS)) {
            throw new StorageException(Kind.FATAL, "writer does not die: pid=" + writer.pid());
        }
    }

    private static double seconds(long startNs) {
        return (System.nanoTime() - startNs) / 1e9;
    }
}
