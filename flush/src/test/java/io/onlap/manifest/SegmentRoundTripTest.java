package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.memtable.ArrayRun;
import io.onlap.memtable.ArrayRun.TestRow;
import io.onlap.memtable.BatchAppender;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.Lookup;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.TableSchema;
import io.onlap.memtable.TestVectors;
import io.onlap.memtable.Union;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written is what is read: by scans, ranges, lookups, and by Arrow's own reader. */
class SegmentRoundTripTest {
    private final Env env = Env.system();
    private final BufferAllocator allocator = new RootAllocator();

    @TempDir
    Path directory;

    @AfterEach
    void closeAllocator() {
        allocator.close();
    }

    @Test
    void shouldReadWhatWasWrittenWhenEveryTypeIsThere() {
        TableSchema schema = SegmentFixture.everyType();
        List<TestRow> rows = SegmentFixture.everyTypeRows(20_000);
        int[] columns = SegmentFixture.columns(schema);
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 777);
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema)) {
            assertEquals(5, reader.generation());
            List<TestRow> expected = ArrayRun.comparable(rows);
            assertEquals(expected, ArrayRun.drain(reader.open(KeyRange.ALL, false, columns)));
            Collections.reverse(expected);
            assertEquals(expected, ArrayRun.drain(reader.open(KeyRange.ALL, true, columns)));
        }
        assertEquals(20_000, file.rows());
        assertEquals(rows.stream().filter(TestRow::deleted).count(), file.tombstones());
        assertArrayEquals(rows.get(0).keyBytes(), file.minKey());
        assertArrayEquals(rows.get(rows.size() - 1).keyBytes(), file.maxKey());
    }

    @Test
    void shouldLayVectorsOverMapWhenBatchIsRead() {
        TableSchema schema = SegmentFixture.everyType();
        List<TestRow> rows = SegmentFixture.everyTypeRows(500);
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 100);
        long before = allocator.getAllocatedMemory();
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema);
                RunCursor cursor = reader.open(KeyRange.ALL, false, SegmentFixture.columns(schema))) {
            assertTrue(cursor.next());
            for (FieldVector vector : cursor.batch().columns()) {
                for (ArrowBuf buffer : vector.getBuffers(false)) {
                    assertEquals(0, buffer.memoryAddress() % 64, vector.getName());
                }
            }
            assertEquals(before, allocator.getAllocatedMemory());
            RowBatch batch = cursor.batch();
            assertEquals(
                    batch.columns().get(0).getDataBufferAddress(),
                    reader.batch(0).rows().columns().get(0).getDataBufferAddress());
        }
    }

    @Test
    void shouldEqualScanWhenKeysAreLookedUp() {
        TableSchema schema = TestVectors.texts();
        List<TestRow> rows = SegmentFixture.textRows(20_000);
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 8_192);
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema)) {
            for (int i = 0; i < rows.size(); i++) {
                Lookup found = reader.get(rows.get(i).keyBytes());
                assertEquals(rows.get(i).deleted(), found.isDeleted());
                if (!found.isDeleted()) {
                    assertEquals("text " + i, found.row().getString("text"));
                }
                assertTrue(reader.get(SegmentFixture.keyBytes(2 * i + 1)).isAbsent());
            }
            assertTrue(reader.get(new byte[0]).isAbsent());
            assertTrue(reader.get(new byte[] {(byte) 0xff}).isAbsent());
        }
    }

    @Test
    void shouldGiveExactlyTheRangeWhenBoundsAreRandom() {
        long seed = System.nanoTime();
        System.out.println("SegmentRoundTripTest seed=" + seed);
        Random random = new Random(seed);
        TableSchema schema = TestVectors.texts();
        List<TestRow> rows = SegmentFixture.textRows(18_000);
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 5_000);
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema)) {
            for (int round = 0; round < 60; round++) {
                KeyRange range = new KeyRange(bound(random), bound(random));
                List<TestRow> expected = new ArrayList<>(rows.stream()
                        .filter(row -> range.contains(row.keyBytes()))
                        .toList());
                String message = "seed=" + seed + ", range=" + range;
                assertEquals(expected, scan(reader, range, false), message);
                Collections.reverse(expected);
                assertEquals(expected, scan(reader, range, true), message);
            }
        }
    }

    private static byte[] bound(Random random) {
        int key = random.nextInt(36_010);
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> new byte[] {(byte) random.nextInt()};
                // The first key of a batch and its neighbours.
            case 2 -> SegmentFixture.keyBytes(2 * BatchAppender.ROWS_MAX * random.nextInt(3) + random.nextInt(3));
            default -> SegmentFixture.keyBytes(key);
        };
    }

    private static List<TestRow> scan(SegmentReader reader, KeyRange range, boolean reverse) {
        return ArrayRun.drain(reader.open(range, reverse, SegmentFixture.TEXT_COLUMNS));
    }

    @Test
    void shouldGiveNewestRowsWhenFilesAreUnited() {
        TableSchema schema = TestVectors.texts();
        List<TestRow> rows = SegmentFixture.textRows(9_000);
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 1_000);
        TestRow newer = TestRow.of(SegmentFixture.keyBytes(14), false, SegmentFixture.key(14), "again");
        ArrayRun memory = new ArrayRun(allocator, schema, 6, List.of(newer), 10, 0);
        List<TestRow> expected = new ArrayList<>(rows);
        expected.set(7, newer);
        expected.removeIf(TestRow::deleted);
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema)) {
            RunCursor union = Union.open(
                    allocator, schema, List.of(memory, reader), KeyRange.ALL, false, SegmentFixture.TEXT_COLUMNS);
            assertEquals(expected, ArrayRun.drain(union));
        }
    }

    @Test
    void shouldKeepOrderWhenTableHasNoKey() {
        TableSchema schema = TableSchema.of(new Schema(List.of(Field.nullable("text", ArrowType.Utf8.INSTANCE))));
        List<TestRow> rows = new ArrayList<>();
        for (int i = 0; i < 9_000; i++) {
            rows.add(TestRow.of(null, false, i % 3 == 0 ? null : "same"));
        }
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 4_000);
        assertNull(file.minKey());
        assertNull(file.maxKey());
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema)) {
            assertEquals(rows, ArrayRun.drain(reader.open(KeyRange.ALL, false, new int[] {0})));
            Collections.reverse(rows);
            assertEquals(rows, ArrayRun.drain(reader.open(KeyRange.ALL, true, new int[] {0})));
        }
    }

    @Test
    void shouldMakeNoFileWhenThereAreNoRows() throws IOException {
        TableSchema schema = TestVectors.texts();
        ArrayRun empty = new ArrayRun(allocator, schema, 5, List.of(), 10, 0);
        try (RunCursor cursor = empty.open(KeyRange.ALL, false, SegmentFixture.TEXT_COLUMNS)) {
            assertEquals(
                    Optional.empty(),
                    SegmentWriter.write(env, allocator, directory, SegmentFixture.target("a", schema), cursor));
        }
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void shouldRefuseToPublishWhenKeysDoNotAscend() {
        TableSchema schema = TestVectors.texts();
        List<TestRow> rows = SegmentFixture.textRows(BatchAppender.ROWS_MAX + 10);
        for (int wrong : new int[] {1, BatchAppender.ROWS_MAX, BatchAppender.ROWS_MAX + 5}) {
            List<TestRow> doubled = new ArrayList<>(rows);
            doubled.set(wrong, rows.get(wrong - 1));
            StorageException failure = assertThrows(
                    StorageException.class,
                    () -> SegmentFixture.write(env, allocator, directory, "w" + wrong, schema, doubled, 3_000));
            assertEquals(StorageException.Kind.FATAL, failure.kind());
            assertTrue(failure.getMessage().contains("row=" + wrong + ","), failure.getMessage());
            assertFalse(Files.exists(directory.resolve("w" + wrong + ".sidecar")));
        }
    }

    @Test
    void shouldOpenWithArrowsOwnReaderWhenWritten() throws IOException {
        TableSchema schema = SegmentFixture.everyType();
        List<TestRow> rows = SegmentFixture.everyTypeRows(9_000);
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 2_000);
        List<TestRow> expected = ArrayRun.comparable(rows);
        try (FileChannel channel = FileChannel.open(directory.resolve("a.arrow"));
                ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            assertEquals(schema.stored(), root.getSchema());
            assertEquals(2, reader.getRecordBlocks().size());
            assertEquals(file.bytes(), channel.size());
            int next = 0;
            while (reader.loadNextBatch()) {
                BitVector deleted = (BitVector) root.getVector(TableSchema.DELETED_FIELD);
                VarBinaryVector key = (VarBinaryVector) root.getVector(TableSchema.KEY_FIELD);
                for (int row = 0; row < root.getRowCount(); row++, next++) {
                    TestRow expectedRow = expected.get(next);
                    assertEquals(expectedRow.deleted(), deleted.get(row) == 1);
                    assertArrayEquals(expectedRow.keyBytes(), key.get(row));
                    for (int c = 0; c < schema.columns().size(); c++) {
                        assertEquals(expectedRow.values().get(c), TestVectors.get(root.getVector(c), row));
                    }
                }
            }
            assertEquals(9_000, next);
        }
    }

    @Test
    void shouldSurviveJsonWhenRecordIsStored() throws IOException {
        TableSchema schema = SegmentFixture.everyType();
        List<TestRow> rows = SegmentFixture.everyTypeRows(300);
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 100);
        ObjectMapper json = new ObjectMapper();
        String text = json.writeValueAsString(file);
        assertEquals(file, json.readValue(text, SegmentFile.class), text);
    }

    @Test
    void shouldHoldNoReferenceWhenCursorDoesNotOpen() {
        TableSchema schema = TestVectors.texts();
        SegmentFile file =
                SegmentFixture.write(env, allocator, directory, "a", schema, SegmentFixture.textRows(10), 10);
        SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema);
        assertThrows(IndexOutOfBoundsException.class, () -> reader.open(KeyRange.ALL, true, new int[] {2}));
        reader.close();
        assertFalse(reader.retain());
    }

    @Test
    void shouldStayMappedWhenClosedUnderCursors() {
        TableSchema schema = TestVectors.texts();
        List<TestRow> rows = SegmentFixture.textRows(9_000);
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 1_000);
        SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema);
        RunCursor cursor = reader.open(KeyRange.ALL, false, SegmentFixture.TEXT_COLUMNS);
        assertTrue(cursor.next());
        ArrowBuf exported = cursor.batch().columns().get(0).getDataBuffer();
        exported.getReferenceManager().retain();
        byte first = exported.getByte(0);
        reader.close();
        reader.close();
        assertTrue(cursor.next());
        cursor.close();
        cursor.close();
        assertEquals(first, exported.getByte(0));
        assertEquals(1, exported.getReferenceManager().getRefCount());
        exported.getReferenceManager().release();
        assertFalse(reader.retain());
        StorageException failure = assertThrows(StorageException.class, () -> reader.get(file.minKey()));
        assertEquals(StorageException.Kind.CLOSED, failure.kind());
    }

    @Test
    void shouldGiveSameRowsWhenCursorsRunConcurrently() throws Exception {
        TableSchema schema = TestVectors.texts();
        List<TestRow> rows = SegmentFixture.textRows(40_000);
        SegmentFile file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 8_192);
        List<TestRow> reversed = new ArrayList<>(rows);
        Collections.reverse(reversed);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema)) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Boolean>> results = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                boolean reverse = thread % 2 == 1;
                results.add(threads.submit(() -> {
                    start.await();
                    boolean same = scan(reader, KeyRange.ALL, reverse).equals(reverse ? reversed : rows);
                    return same && reader.get(rows.get(0).keyBytes()).row() != null;
                }));
            }
            start.countDown();
            for (Future<Boolean> result : results) {
                assertTrue(result.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
