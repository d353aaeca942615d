package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackPressureTest {
    private static final EngineSettings SMALL =
            EngineSettings.defaults().withGenerationBytes(256 << 10).withMemoryBytes(1 << 20);

    @TempDir
    Path directory;

    private final Env env = Env.system();

    @Test
    void shouldRefuseWithBusyWhenMemoryStaysFullAndGoOnAfter() {
        Gate gate = new Gate();
        env.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        try (Engine engine = Engine.open(directory, SMALL.withStallTimeout(Duration.ofMillis(200)), env)) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            long[] written = {0};
            StorageException busy = assertThrows(StorageException.class, () -> {
                for (; written[0] < 1_000_000; written[0]++) {
                    Rows.putNow(engine, table, "some key of a certain length " + written[0], written[0]);
                }
            });
            assertEquals(Kind.BUSY, busy.kind(), busy::getMessage);
            assertTrue(engine.stats().memoryBytes() >= 1 << 20, () -> engine.stats()
                    .toString());
            assertEquals(1, engine.stats().stalls());
            assertEquals(written[0], table.count());
            env.failPoints().disarm(FailPoint.FLUSH_BEFORE_INTENT);
            gate.open();
            engine.flush();
            Rows.putNow(engine, table, "after", 1);
            assertEquals(written[0] + 1, table.count());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_000, 100_000, 1 << 20})
    void shouldNotDeadlockWithABudgetOf(long memoryBytes) {
        try (Engine engine = Engine.open(directory, SMALL.withMemoryBytes(memoryBytes))) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            int rows = memoryBytes < 1_000_000 ? 300 : 50_000;
            try (Writer writer = engine.writer()) {
                long last = 0;
                for (int i = 0; i < rows; i++) {
                    last = Rows.put(writer, table, "k" + i, i);
                }
                writer.awaitVisible(last);
            }
            assertEquals(rows, table.count());
        }
    }

    @Test
    void shouldTakeRowsLargerThanASlotAndThanTheBudgetAndRefuseLargerThanABatch() {
        try (Engine engine = Engine.open(directory, SMALL)) {
            Table table = engine.createTable("t", LargeRows.SCHEMA);
            try (Writer writer = engine.writer()) {
                for (int bytes : new int[] {10, 5_000, 300_000, 3 << 20, 14 << 20}) {
                    byte[] value = LargeRows.value(bytes);
                    writer.awaitVisible(
                            writer.put(table, row -> row.set("id", "k" + bytes).set("value", value)));
                }
                byte[] tooLarge = LargeRows.value(16 << 20);
                StorageException refused = assertThrows(
                        StorageException.class,
                        () -> writer.put(table, row -> row.set("id", "k").set("value", tooLarge)));
                assertEquals(Kind.INVALID, refused.kind());
                assertTrue(
                        refused.getMessage()
                                .contains("" + EngineSettings.defaults().batchBytesMax()),
                        refused::getMessage);
            }
            engine.flush();
            assertEquals(5, table.count());
            for (int bytes : new int[] {10, 5_000, 300_000, 3 << 20, 14 << 20}) {
                LargeRows.check(table, "k" + bytes, bytes);
            }
        }
        try (Engine engine = Engine.open(directory, SMALL)) {
            LargeRows.check(engine.table("t"), "k" + (14 << 20), 14 << 20);
        }
    }
}
