package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingAndMemoryFullTest {
    private static final EngineSettings SETTINGS =
            EngineSettings.defaults().withRing(2, 64).withMemoryBytes(4 << 20).withStallTimeout(Duration.ofSeconds(10));

    @TempDir
    Path directory;

    private final Env env = Env.system();

    /** A writer that waits for memory asks for a seal, with both slots taken and the write loop on its way to the budget. */
    @Test
    void shouldNotStandStillWhenTheRingIsFullWhereASealIsAskedForRoom() throws Exception {
        Gate small = new Gate();
        Gate large = new Gate();
        Iterator<Gate> gates = List.of(small, large).iterator();
        try (Engine engine = Engine.open(directory, SETTINGS, env)) {
            Table table = engine.createTable("t", LargeRows.SCHEMA);
            env.failPoints().arm(FailPoint.WAL_BEFORE_APPEND, () -> {
                if (gates.hasNext()) {
                    gates.next().run();
                }
            });
            try (Writer writer = engine.writer()) {
                put(writer, table, "small", 1);
                small.awaitReached();
                put(writer, table, "large", 5 << 20);
            }
            Thread ring = writing(engine, table, "waits for a slot");
            while (ring.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            small.open();
            large.awaitReached();
            ring.join();
            CompletableFuture<Void> memory =
                    CompletableFuture.runAsync(() -> writeNow(engine, table, "waits for memory"));
            while (!engine.stats().stalled()) {
                Thread.onSpinWait();
            }
            large.open();
            memory.join();
            writeNow(engine, table, "after");
            assertEquals(5, table.count());
        }
    }

    private static Thread writing(Engine engine, Table table, String id) {
        Thread thread = new Thread(() -> {
            try (Writer writer = engine.writer()) {
                put(writer, table, id, 1);
            }
        });
        thread.start();
        return thread;
    }

    private static void writeNow(Engine engine, Table table, String id) {
        try (Writer writer = engine.writer()) {
            writer.awaitVisible(put(writer, table, id, 1));
        }
    }

    private static long put(Writer writer, Table table, String id, int bytes) {
        byte[] value = LargeRows.value(bytes);
        return writer.put(table, row -> row.set("id", id).set("value", value));
    }
}
