package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.FailPoint;
import io.onlap.io.FaultStorage.Call;
import io.onlap.io.FaultStorage.When;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With a full disk writers are told so, readers go on, and freed space lets the same engine go on. */
class DiskFullTest {
    private static final int ROW_BYTES = 3 << 20;

    /** More than the log reserves at a time. */
    private static final int ROWS = 10;

    private static final EngineSettings SETTINGS =
            EngineSettings.defaults().withRing(2, 64).withStallTimeout(Duration.ofMillis(200));

    @TempDir
    Path directory;

    private final FaultyDisk disk = FaultyDisk.sound();

    @Test
    void shouldTellWritersAndServeReadersAndGoOnWhenThereIsRoomInTheLogAgain() {
        List<String> acknowledged = new ArrayList<>();
        try (Engine engine = Engine.open(directory, SETTINGS, disk.env());
                Writer writer = engine.writer()) {
            Table table = engine.createTable("t", LargeRows.SCHEMA);
            disk.storage().failAlways(Call.ALLOCATE, Kind.DISK_FULL);
            long[] last = {0};
            assertDiskFull(() -> {
                for (int i = 0; i < ROWS; i++) {
                    last[0] = put(writer, table, i);
                    writer.awaitVisible(last[0]);
                    acknowledged.add("k" + i);
                }
            });
            assertDiskFull(() -> writer.awaitVisible(last[0]));
            assertDiskFull(() -> {
                for (int i = 0; i < ROWS; i++) {
                    last[0] = put(writer, table, 100 + i);
                }
            });
            assertEquals(Health.State.DEGRADED, engine.health().state());
            assertTrue(engine.health().cause().contains("DISK_FULL"), engine.health()::toString);
            assertEquals(acknowledged.size(), table.count());
            acknowledged.forEach(id -> LargeRows.check(table, id, ROW_BYTES));
            disk.storage().heal();
            long after = awaitPut(writer, table);
            writer.awaitVisible(after);
            assertEquals(after, table.count());
            assertEquals(Health.State.OK, engine.health().state(), engine.health()::toString);
        }
        try (Engine engine = Engine.open(directory)) {
            Table table = engine.table("t");
            acknowledged.forEach(id -> LargeRows.check(table, id, ROW_BYTES));
            LargeRows.check(table, "k200", ROW_BYTES);
        }
    }

    @Test
    void shouldGoOnWhenThereIsRoomForTheNextSegmentAgain() {
        Gate gate = new Gate();
        disk.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        try (Engine engine = Engine.open(directory, SETTINGS.withGenerationRows(1), disk.env())) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            disk.storage().failAlways(Call.ALLOCATE, Kind.DISK_FULL);
            int[] rows = {0};
            assertDiskFull(() -> {
                for (; rows[0] < 10; rows[0]++) {
                    Rows.putNow(engine, table, "k" + rows[0], rows[0]);
                }
            });
            assertEquals(rows[0], table.count());
            disk.storage().heal();
            gate.open();
            engine.flush();
            Rows.putNow(engine, table, "after", 1);
            assertEquals(rows[0] + 2, table.count(), "the row that waited for room is in");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"RENAME", "CREATE", "OPEN", "ALLOCATE"})
    void shouldGoOnWhenTheNextSegmentIsThereThoughTheDiskWasCalledFull(Call call) {
        Gate gate = new Gate();
        disk.failPoints().arm(FailPoint.FLUSH_BEFORE_INTENT, gate);
        try (Engine engine = Engine.open(directory, SETTINGS.withGenerationRows(1), disk.env())) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            if (call != Call.RENAME) {
                Rows.putNow(engine, table, "spare", 1); // uses up the segment that was made ready
                gate.awaitReached();
            }
            disk.storage().fail(call, 1, Kind.DISK_FULL, When.AFTER);
            Rows.putNow(engine, table, "a", 1);
            Rows.putNow(engine, table, "b", 2);
            assertEquals(2L, Rows.get(table, "b"));
            assertTrue(disk.storage().isReached());
            gate.open();
            engine.flush();
            assertEquals(Health.State.OK, engine.health().state(), engine.health()::toString);
        }
        try (Engine again = Engine.open(directory)) {
            assertEquals(2L, Rows.get(again.table("t"), "b"));
        }
    }

    @Test
    void shouldCloseWithTheCauseAndKeepWhatIsAcknowledged() {
        List<String> acknowledged = new ArrayList<>();
        Engine engine = Engine.open(directory, SETTINGS, disk.env());
        Table table = engine.createTable("t", LargeRows.SCHEMA);
        disk.storage().failAlways(Call.ALLOCATE, Kind.DISK_FULL);
        Writer writer = engine.writer();
        assertDiskFull(() -> {
            for (int i = 0; i < ROWS; i++) {
                writer.awaitVisible(put(writer, table, i));
                acknowledged.add("k" + i);
            }
        });
        assertDiskFull(() -> {
            for (int i = 0; i < ROWS; i++) {
                put(writer, table, 100 + i);
            }
        });
        assertDiskFull(engine::close);
        disk.storage().heal();
        try (Engine again = Engine.open(directory)) {
            assertEquals(acknowledged.size(), again.table("t").count());
            acknowledged.forEach(id -> LargeRows.check(again.table("t"), id, ROW_BYTES));
        }
    }

    @Test
    void shouldEndAFlushAndGoOnTryingWhenThereIsNoRoomForFiles() {
        try (Engine engine = Engine.open(directory, SETTINGS, disk.env())) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            Rows.putNow(engine, table, "a", 1);
            disk.storage().failAlways(Call.CREATE, Kind.DISK_FULL);
            assertDiskFull(engine::flush);
            assertEquals(Health.State.DEGRADED, engine.health().state());
            assertEquals(Map.of("a", 1L), Rows.scan(table));
            disk.storage().heal();
            engine.flush();
            assertEquals(1, engine.stats().segmentFiles());
            assertEquals(Map.of("a", 1L), Rows.scan(table));
        }
    }

    @Test
    void shouldTellWritersThatWaitForMemoryWhyThereIsNone() {
        EngineSettings small = SETTINGS.withStallTimeout(Duration.ofSeconds(2))
                .withMemoryBytes(1 << 20)
                .withGenerationBytes(256 << 10);
        try (Engine engine = Engine.open(directory, small, disk.env())) {
            Table table = engine.createTable("t", Rows.SCHEMA);
            disk.storage().failAlways(Call.CREATE, Kind.DISK_FULL);
            assertDiskFull(() -> {
                for (int i = 0; i < 1_000_000; i++) {
                    Rows.putNow(engine, table, "some key of a certain length " + i, i);
                }
            });
            disk.storage().heal();
            engine.flush();
            Rows.putNow(engine, table, "after", 1);
        }
    }

    private static void assertDiskFull(Executable call) {
        StorageException refused = assertThrows(StorageException.class, call);
        assertEquals(Kind.DISK_FULL, refused.kind(), refused::getMessage);
    }

    private static long put(Writer writer, Table table, int i) {
        byte[] value = LargeRows.value(ROW_BYTES);
        return writer.put(table, row -> row.set("id", "k" + i).set("value", value));
    }

    /** The log may need a moment to see the room; until then the ring may still be full. */
    private static long awaitPut(Writer writer, Table table) {
        for (int attempt = 1; ; attempt++) {
            try {
                return put(writer, table, 200);
            } catch (StorageException e) {
                if (attempt == 100) {
                    throw e;
                }
            }
        }
    }
}
