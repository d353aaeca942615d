package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Allocation;
import io.onlap.io.StorageException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.junit.jupiter.api.Test;

class MemtableTest {
    private static final TableSchema EVERY = Schemas.everyType().key("id");
    private static final TableSchema TEXT = Schemas.of(
                    Schemas.field("id", Schemas.UTF8), Schemas.field("text", Schemas.UTF8))
            .key("id");
    private static final TableSchema NUMBER = Schemas.of(
                    Schemas.field("n", Schemas.integer(64)), Schemas.field("v", Schemas.integer(64)))
            .key("n");

    @Test
    void shouldGiveBackEveryValueWhenTypesAndExtremesAreStored() {
        try (MemtableRig rig = new MemtableRig(EVERY)) {
            Instant instant = Instant.parse("1969-12-31T23:59:59.123456789Z");
            rig.put(row -> row.set("id", "low")
                    .set("bool", false)
                    .set("i8", Byte.MIN_VALUE)
                    .set("i16", Short.MIN_VALUE)
                    .set("i32", Integer.MIN_VALUE)
                    .set("i64", Long.MIN_VALUE)
                    .set("f32", Float.NaN)
                    .set("f64", Double.NEGATIVE_INFINITY)
                    .set("text", "")
                    .set("bytes", new byte[0])
                    .set("day", LocalDate.ofEpochDay(Integer.MIN_VALUE))
                    .set("s", instant)
                    .set("ms", instant)
                    .set("us", instant)
                    .set("ns", instant)
                    .set("vector", new float[] {Float.NaN, -0.0f, Float.MAX_VALUE}));
            rig.put(row -> row.set("id", "null"));
            rig.put(row -> row.set("id", "wide")
                    .set("bool", true)
                    .set("i8", 127)
                    .set("i64", Long.MAX_VALUE)
                    .set("f32", 3)
                    .set("f64", 1L << 53)
                    .set("text", "tea \ud83c\udf75 \u00e9\u0800\0")
                    .set("bytes", new byte[] {0, -1, 1})
                    .setLong(EVERY.indexOf("ns"), Long.MIN_VALUE)
                    .set("i16", 5)
                    .setNull("i16"));
            List<Row> scanned = rig.scan(rig.view(), KeyRange.ALL, false);
            for (Row row : scanned) {
                assertEquals(row, rig.get(row.getString("id")).row());
            }
            Row low = scanned.get(0);
            assertEquals(
                    List.of(false, -128L, -32768L, (long) Integer.MIN_VALUE, Long.MIN_VALUE, Float.NaN),
                    IntStream.range(1, 7).mapToObj(low::get).toList());
            assertEquals(Double.NEGATIVE_INFINITY, low.getDouble("f64"));
            assertEquals("", low.getString("text"));
            assertEquals(0, low.getBytes("bytes").length);
            assertEquals(LocalDate.ofEpochDay(Integer.MIN_VALUE), low.getDate("day"));
            assertEquals(Instant.parse("1969-12-31T23:59:59Z"), low.getInstant("s"));
            assertEquals(Instant.parse("1969-12-31T23:59:59.123Z"), low.getInstant("ms"));
            assertEquals(Instant.parse("1969-12-31T23:59:59.123456Z"), low.getInstant("us"));
            assertEquals(instant, low.getInstant("ns"));
            assertArrayEquals(new float[] {Float.NaN, -0.0f, Float.MAX_VALUE}, low.getFloats("vector"));
            Row none = scanned.get(1);
            assertTrue(EVERY.columns().stream().skip(1).allMatch(column -> none.isNull(column.name())));
            Row wide = scanned.get(2);
            assertEquals("tea \ud83c\udf75 \u00e9\u0800\0", wide.getString("text"));
            assertEquals(3.0, wide.getDouble("f32"));
            assertEquals(0x1p53, wide.getDouble("f64"));
            assertEquals(Instant.parse("1677-09-21T00:12:43.145224192Z"), wide.getInstant("ns"));
            assertTrue(wide.getBoolean("bool") && wide.isNull("i16") && wide.isNull("vector"));
        }
    }

    @Test
    void shouldShowEachViewItsOwnRowsWhenAKeyIsRewrittenAndDeleted() {
        try (MemtableRig rig = new MemtableRig(TEXT)) {
            long first = rig.put(row -> row.set("id", "k").set("text", "1"));
            long second = rig.put(row -> row.set("id", "k").set("text", "2"));
            long third = rig.delete("k");
            byte[] key = KeyCodec.encode(TEXT, "k");
            assertNull(rig.memtable.view(MemtableRig.TABLE, 0));
            assertNull(rig.memtable.view(2, third));
            assertEquals("1", rig.memtable.view(1, first).get(key).row().getString("text"));
            assertEquals("2", rig.memtable.view(1, second).get(key).row().getString("text"));
            assertSame(Lookup.DELETED, rig.memtable.view(1, third).get(key));
            assertSame(Lookup.ABSENT, rig.get("other"));
            assertEquals(third, rig.memtable.newestSequence(1, key));
            assertEquals(-1, rig.memtable.newestSequence(1, KeyCodec.encode(TEXT, "other")));
            assertEquals(Set.of(1), rig.memtable.tableIds());
            assertEquals(3, rig.memtable.rows());
            assertEquals(first, rig.memtable.firstSequence());
            assertEquals(third, rig.memtable.lastSequence());
        }
    }

    @Test
    void shouldLetTheLaterRowWinWhenABatchHasAKeyTwice() {
        try (MemtableRig rig = new MemtableRig(TEXT)) {
            rig.add(row -> row.set("id", "k").set("text", "1"));
            rig.add(row -> row.set("id", "k").set("text", "2"));
            rig.apply();
            assertEquals("2", rig.get("k").row().getString("text"));
            assertEquals(1, rig.scan(rig.view(), KeyRange.ALL, false).size());
        }
    }

    @Test
    void shouldGiveTombstonesWhenNothingElseIsThere() {
        try (MemtableRig rig = new MemtableRig(EVERY)) {
            for (int i = 0; i < 300; i++) {
                rig.delete("k" + i);
            }
            List<Row> rows = rig.scan(rig.view(), KeyRange.ALL, true);
            assertEquals(300, rows.size());
            assertTrue(rows.stream().allMatch(row -> row == null));
        }
    }

    @Test
    void shouldKeepTheOrderOfWritingWhenTableHasNoKey() {
        TableSchema schema = Schemas.of(Schemas.field("v", Schemas.integer(64)));
        try (MemtableRig rig = new MemtableRig(schema)) {
            for (long i = 0; i < 20_000; i++) {
                long value = i;
                rig.add(row -> row.setLong(0, value));
                if (i % 7 == 6) {
                    rig.apply();
                }
            }
            rig.apply();
            List<Row> rows = rig.scan(rig.view(), KeyRange.ALL, false);
            List<Row> reversed = rig.scan(rig.view(), KeyRange.ALL, true);
            assertEquals(20_000, rows.size());
            for (int i = 0; i < rows.size(); i++) {
                assertEquals(i, rows.get(i).getLong("v"));
                assertEquals(rows.get(i), reversed.get(rows.size() - 1 - i));
            }
            assertEquals(
                    7, rig.scan(rig.memtable.view(1, 1), KeyRange.ALL, false).size());
            MemtableView view = rig.view();
            assertThrows(StorageException.class, () -> view.get(new byte[1]));
            assertThrows(StorageException.class, () -> view.open(KeyRange.only(new byte[1]), false, new int[0]));
        }
    }

    @Test
    void shouldHoldRowsLargerThanAChunkWhenSmallOnesSurroundThem() {
        try (MemtableRig rig = new MemtableRig(TEXT)) {
            for (int i = 0; i < 12; i++) {
                String key = "k" + i;
                String text = String.valueOf((char) ('a' + i)).repeat(i % 3 == 1 ? 5 << 20 : 10 + 3_000 * i);
                rig.put(row -> row.set("id", key).set("text", text));
            }
            List<Row> rows = rig.scan(rig.view(), KeyRange.ALL, false);
            assertEquals(12, rows.size());
            for (Row row : rows) {
                int i = Integer.parseInt(row.getString("id").substring(1));
                assertEquals(
                        i % 3 == 1 ? 5 << 20 : 10 + 3_000 * i,
                        row.getString("text").length());
                assertEquals(
                        'a' + i,
                        row.getString("text").charAt(row.getString("text").length() - 1));
            }
        }
    }

    @Test
    void shouldCountWhatItAllocatesWhenItGrows() {
        try (MemtableRig rig = new MemtableRig(NUMBER)) {
            long before = 0;
            for (long i = 0; i < 50_000; i++) {
                long number = i;
                rig.put(row -> row.setLong(0, number).setLong(1, number));
                assertTrue(rig.memtable.bytes() >= before);
                before = rig.memtable.bytes();
            }
            assertEquals(rig.allocator.getAllocatedMemory() + (8L << 17), before);
            rig.scan(rig.view(), KeyRange.ALL, false);
            assertEquals(before + 4 * 50_000, rig.memtable.bytes());
        }
    }

    @Test
    void shouldFreeOnlyAfterTheLastUseWhenRetained() {
        MemtableRig rig = new MemtableRig(NUMBER);
        rig.put(row -> row.setLong(0, 1).setLong(1, 2));
        assertTrue(rig.memtable.retain());
        MemtableView view = rig.view();
        rig.memtable.close();
        RunCursor cursor = view.open(KeyRange.ALL, false, new int[] {1});
        rig.memtable.release();
        assertTrue(cursor.next());
        assertEquals(2, ((BigIntVector) cursor.batch().columns().get(0)).get(0));
        assertNull(cursor.batch().deleted());
        assertNotNull(cursor.batch().key());
        cursor.close();
        cursor.close();
        assertFalse(rig.memtable.retain());
        assertEquals(0, rig.memtable.bytes());
        assertThrows(StorageException.class, () -> view.open(KeyRange.ALL, false, new int[0]));
        rig.allocator.close();
    }

    @Test
    void shouldUseChunksAgainWhenAPoolKeepsThem() {
        try (RootAllocator allocator = new RootAllocator();
                ChunkPool pool = new ChunkPool(allocator, 2L * ChunkPool.CHUNK_BYTES_MAX)) {
            RowEncoder encoder = new RowEncoder(1 << 20);
            Memtable before = null;
            for (int generation = 1; generation <= 3; generation++) {
                Memtable memtable = new Memtable(generation, allocator, pool, before);
                for (int i = 0; i < 200; i++) {
                    encoder.clear();
                    for (int j = 0; j < 1_000; j++) {
                        encoder.beginPut(1, NUMBER).setLong(0, i * 1_000L + j).setLong(1, generation);
                        encoder.endRow();
                    }
                    memtable.apply(i, encoder.buffer(), 0, encoder.length(), (table, schemaId) -> NUMBER);
                }
                for (int i = 0; i < 200_000; i += 997) {
                    Row row = memtable.view(1, 199)
                            .get(KeyCodec.encode(NUMBER, i))
                            .row();
                    assertEquals(generation, row.getLong("v"));
                }
                memtable.close();
                before = memtable;
                assertEquals(2L * ChunkPool.CHUNK_BYTES_MAX, pool.idleBytes());
            }
        }
    }

    @Test
    void shouldHideTheBatchWhenApplyFailsHalfWay() {
        int failed = 0;
        int length = 1;
        for (int damagedByte = 0; damagedByte < length; damagedByte++) {
            try (MemtableRig rig = new MemtableRig(TEXT)) {
                long kept = rig.put(row -> row.set("id", "a").set("text", "old"));
                rig.add(row -> row.set("id", "a").set("text", "new"));
                rig.add(row -> row.set("id", "b").set("text", "new"));
                length = rig.encoder.length();
                byte[] batch = new byte[length];
                rig.encoder.buffer().getBytes(0, batch);
                batch[damagedByte] ^= 0x40;
                try {
                    rig.memtable.apply(kept + 1, new UnsafeBuffer(batch), 0, length, (table, schemaId) -> TEXT);
                } catch (StorageException e) {
                    assertTrue(e.kind() == StorageException.Kind.CORRUPT || e.kind() == StorageException.Kind.FATAL);
                    failed++;
                }
                MemtableView view = rig.memtable.view(1, kept);
                assertEquals("old", view.get(KeyCodec.encode(TEXT, "a")).row().getString("text"));
                assertSame(Lookup.ABSENT, view.get(KeyCodec.encode(TEXT, "b")));
                assertEquals(1, rig.scan(view, KeyRange.ALL, false).size());
            }
        }
        assertTrue(failed > 20, "damage that was refused: " + failed);
    }

    @Test
    void shouldAllocateNothingPerRowWhenRowsAreApplied() {
        try (MemtableRig rig = new MemtableRig(NUMBER)) {
            int batches = 50;
            int rows = 1_000;
            long allocated = Allocation.leastBytes(8, () -> {
                for (int batch = 0; batch < batches; batch++) {
                    for (int i = 0; i < rows; i++) {
                        rig.encoder
                                .beginPut(1, NUMBER)
                                .setLong(0, i * 7L % 5_000)
                                .setLong(1, batch);
                        rig.encoder.endRow();
                    }
                    rig.apply();
                }
            });
            assertTrue(allocated < 2L * batches * rows, "allocated=" + allocated);
        }
    }
}
