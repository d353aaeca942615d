package io.onlap.manifest;

import static io.onlap.manifest.Stores.SETTINGS;
import static io.onlap.manifest.Stores.assertFails;
import static io.onlap.manifest.Stores.flush;
import static io.onlap.manifest.Stores.segment;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints: what is in them, and what happens when one is damaged or cannot be written. */
final class CheckpointTest {
    @TempDir
    Path store;

    private final Env env = Stores.env();

    /** OPEN, a table with and one without files, then a flush of one file per version up to {@code version}. */
    private Manifest build(int version) {
        Manifest manifest = Manifest.create(env, store, SETTINGS);
        manifest.commit(new Operation.Open("a"));
        manifest.commit(Stores.table("with/files"));
        manifest.commit(Stores.table("ünïcode/without"));
        for (long v = 4; v <= version; v++) {
            manifest.commit(flush(1, v - 3, segment("s" + v, 1, v - 3)));
        }
        return manifest;
    }

    @Test
    void shouldShowOneRowPerLiveFileToAnyArrowReader() throws IOException {
        Manifest manifest = build(10);
        Map<String, Map<String, Object>> rows = new TreeMap<>();
        try (BufferAllocator allocator = new RootAllocator();
                FileChannel channel = FileChannel.open(manifest.layout().checkpoint(8));
                ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            while (reader.loadNextBatch()) {
                for (int row = 0; row < root.getRowCount(); row++) {
                    Map<String, Object> values = new TreeMap<>();
                    for (var vector : root.getFieldVectors()) {
                        values.put(vector.getName(), vector.getObject(row));
                    }
                    assertNull(rows.put(String.valueOf(values.get("name")), values));
                }
            }
        }
        assertEquals(List.of("s4", "s5", "s6", "s7", "s8"), List.copyOf(rows.keySet()));
        Map<String, Object> row = rows.get("s6");
        assertEquals("with/files", String.valueOf(row.get("path")));
        assertEquals(
                List.of(1, 1, 3L, 3L, 100L, 3L, 4_096L),
                List.of(
                        row.get("table_id"),
                        row.get("schema_id"),
                        row.get("min_generation"),
                        row.get("max_generation"),
                        row.get("rows"),
                        row.get("tombstones"),
                        row.get("bytes")));
        assertArrayEquals("a".getBytes(StandardCharsets.UTF_8), (byte[]) row.get("min_key"));
        assertArrayEquals("zürich".getBytes(StandardCharsets.UTF_8), (byte[]) row.get("max_key"));
        assertEquals(
                "[{\"column_id\":1,\"nulls\":0,\"min\":\"a\",\"max\":\"zürich\"}," + "{\"column_id\":2,\"nulls\":7}]",
                String.valueOf(row.get("columns")));
    }

    @Test
    void shouldUseAnOlderOneWhenTheNewestIsDamaged() throws IOException {
        Manifest manifest = build(27);
        String expected = Stores.describe(manifest.head());
        Path newest = manifest.layout().checkpoint(24);
        byte[] whole = Files.readAllBytes(newest);
        for (int i = 0; i < whole.length; i += 97) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            Files.write(newest, damaged);
            Manifest opened = Manifest.open(env, store, SETTINGS);
            assertEquals(expected, Stores.describe(opened.head()), "damaged at " + i);
            assertTrue(opened.damagedCheckpoints() > 0, "damaged at " + i);
        }
        for (int length : new int[] {0, 5, 10, 40, whole.length - 1}) {
            Files.write(newest, Arrays.copyOf(whole, length));
            assertEquals(
                    expected,
                    Stores.describe(Manifest.open(env, store, SETTINGS).head()));
        }
        Files.write(manifest.layout().checkpoint(16), new byte[3]);
        Files.delete(manifest.layout().checkpoint(8));
        assertEquals(
                expected, Stores.describe(Manifest.open(env, store, SETTINGS).head()));
    }

    @Test
    void shouldBeCorruptWhenNoCheckpointIsLeftAboveTheBoundary() throws IOException {
        Manifest manifest = build(27);
        manifest.raiseBoundary(20);
        Files.write(manifest.layout().checkpoint(24), new byte[3]);
        assertTrue(assertFails(Kind.CORRUPT, () -> Manifest.open(env, store, SETTINGS))
                .getMessage()
                .startsWith("no whole checkpoint to go on from: boundary=20, path="));
    }

    @Test
    void shouldRefuseANewerFormat() {
        Manifest manifest = build(9);
        Path file = manifest.layout().checkpoint(8);
        byte[] bytes = env.storage().read(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int seal = text.lastIndexOf("ONLAPCP");
        bytes[seal + CheckpointFormat.SEAL_FORMAT_OFFSET] = 2;
        int crc = CheckpointWriter.crc(bytes, seal);
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[seal + CheckpointFormat.SEAL_CRC_OFFSET + i] = (byte) (crc >>> (8 * i));
        }
        env.storage().replace(file, bytes);
        assertEquals(
                "newer format: path=" + file + ", format=2, formatMax=1",
                assertFails(Kind.INVALID, () -> Manifest.open(env, store, SETTINGS))
                        .getMessage());
    }

    @Test
    void shouldCountFailuresAndFailNoCommitAndTryTheNextOne() {
        for (FailPoint point : List.of(FailPoint.CHECKPOINT_BEFORE_CREATE, FailPoint.CHECKPOINT_AFTER_CREATE)) {
            env.failPoints().arm(point, () -> {
                throw new IllegalStateException("broken at " + point);
            });
        }
        Manifest manifest = build(9);
        assertEquals(9, manifest.head().version());
        assertEquals(1, manifest.checkpointFailures());
        assertEquals(
                "broken at CHECKPOINT_BEFORE_CREATE",
                manifest.lastCheckpointFailure().orElseThrow().getMessage());
        assertFalse(Files.exists(manifest.layout().checkpoint(8)));
        env.failPoints().disarm(FailPoint.CHECKPOINT_BEFORE_CREATE);
        for (long v = 10; v <= 17; v++) {
            manifest.commit(flush(1, v - 3, segment("s" + v, 1, v - 3)));
        }
        assertEquals(2, manifest.checkpointFailures());
        assertTrue(Files.exists(manifest.layout().checkpoint(16)));
        assertFalse(Files.exists(manifest.layout().hint()));
        assertEquals(
                Stores.describe(manifest.head()),
                Stores.describe(Manifest.open(env, store, SETTINGS).head()));
    }
}
