package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A row larger than a ring slot, than a generation, than the memory budget is stored; larger than a batch, refused. */
class LargeRowsTest {
    private static final int SLOT_BYTES = 1 << 10;
    private static final EngineSettings SETTINGS = EngineSettings.defaults()
            .withRing(4, SLOT_BYTES)
            .withGenerationBytes(256 << 10)
            .withMemoryBytes(1 << 20);
    private static final int BATCH_BYTES_MAX = SETTINGS.batchBytesMax();
    private static final int[] SIZES = {10, 5_000, 300_000, 3 << 20, 14 << 20};

    @TempDir
    Path directory;

    /** What a batch of one such row has beside the value; keys of {@link #put} are all of one length. */
    private static int overhead(Engine engine, Table table) {
        try (Writer writer = engine.writer()) {
            WriteBatch batch = writer.batch();
            put(batch, table, 0);
            return batch.byteCount();
        }
    }

    private static String id(int bytes) {
        return String.format("k%08d", bytes);
    }

    private static void put(WriteBatch batch, Table table, int bytes) {
        batch.put(table, row -> row.set("id", id(bytes)).set("value", LargeRows.value(bytes)));
    }

    private static void putAndCheck(Engine engine, Table table, int bytes) {
        try (Writer writer = engine.writer()) {
            WriteBatch batch = writer.batch();
            put(batch, table, bytes);
            writer.awaitVisible(writer.write(batch));
        }
        LargeRows.check(table, id(bytes), bytes);
    }

    @Test
    void shouldStoreRowsLargerThanASlotAndThanTheBudget() {
        try (Engine engine = Engine.open(directory, SETTINGS)) {
            Table table = engine.createTable("t", LargeRows.SCHEMA);
            IntStream.of(SIZES).forEach(bytes -> putAndCheck(engine, table, bytes));
            engine.flush();
            assertEquals(SIZES.length, table.count());
            IntStream.of(SIZES).forEach(bytes -> LargeRows.check(table, id(bytes), bytes));
        }
        try (Engine engine = Engine.open(directory, SETTINGS)) {
            IntStream.of(SIZES).forEach(bytes -> LargeRows.check(engine.table("t"), id(bytes), bytes));
        }
    }

    /** The generations are larger than those that such settings would make, each of them than the budget. */
    @Test
    void shouldBringLargeRowsBackFromTheLog() {
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.createTable("t", LargeRows.SCHEMA);
            IntStream.of(SIZES).forEach(bytes -> putAndCheck(engine, table, bytes));
            assertEquals(0, engine.stats().segmentFiles());
        }
        try (Engine engine = Engine.open(directory, SETTINGS)) {
            IntStream.of(SIZES).forEach(bytes -> LargeRows.check(engine.table("t"), id(bytes), bytes));
            putAndCheck(engine, engine.table("t"), 15_000);
            assertEquals(SIZES.length + 1, engine.table("t").count());
        }
    }

    @Test
    void shouldStoreRowsThatJustFitASlotAndThatJustDoNot() {
        try (Engine engine = Engine.open(directory, SETTINGS)) {
            Table table = engine.createTable("t", LargeRows.SCHEMA);
            int fits = SLOT_BYTES - overhead(engine, table);
            for (int bytes = fits - 2; bytes <= fits + 2; bytes++) {
                putAndCheck(engine, table, bytes);
            }
            assertEquals(5, table.count());
        }
    }

    @Test
    void shouldStoreTheLargestRowAndRefuseTheNextNamingTheLimit() {
        try (Engine engine = Engine.open(directory, SETTINGS);
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", LargeRows.SCHEMA);
            int largest = BATCH_BYTES_MAX - overhead(engine, table);
            putAndCheck(engine, table, largest);
            for (int tooLarge : new int[] {largest + 1, 16 << 20, 80 << 20}) {
                byte[] value = new byte[tooLarge];
                StorageException refused = assertThrows(
                        StorageException.class,
                        () -> writer.put(
                                table, row -> row.set("id", id(tooLarge)).set("value", value)));
                assertEquals(Kind.INVALID, refused.kind());
                assertEquals(
                        "batch over its limit: bytes=" + (tooLarge + BATCH_BYTES_MAX - largest) + ", batchBytesMax="
                                + BATCH_BYTES_MAX,
                        refused.getMessage());
            }
            engine.flush();
            putAndCheck(engine, table, 7);
            LargeRows.check(table, id(largest), largest);
            assertEquals(2, table.count());
        }
    }
}
