package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.ArrayRun;
import io.onlap.memtable.ArrayRun.TestRow;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.Lookup;
import io.onlap.memtable.TableSchema;
import io.onlap.memtable.TestVectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage is loud: whatever byte is flipped or cut, a reader says CORRUPT. */
class SegmentDamageTest {
    private final Env env = Env.system();
    private final BufferAllocator allocator = new RootAllocator();
    private final TableSchema schema = TestVectors.texts();
    private final List<TestRow> rows = SegmentFixture.textRows(40);
    private SegmentFile file;
    private Path data;
    private Path sidecar;

    @TempDir
    Path directory;

    @BeforeEach
    void writeSegment() {
        file = SegmentFixture.write(env, allocator, directory, "a", schema, rows, 40);
        data = directory.resolve("a.arrow");
        sidecar = directory.resolve("a.sidecar");
    }

    @AfterEach
    void closeAllocator() {
        allocator.close();
    }

    @Test
    void shouldSayCorruptWhenAnyByteOfDataIsFlipped() throws IOException {
        flipEach(data);
    }

    @Test
    void shouldSayCorruptWhenAnyByteOfSidecarIsFlipped() throws IOException {
        flipEach(sidecar);
    }

    /** Each byte in turn, one bit at a time that moves along. */
    private void flipEach(Path path) throws IOException {
        byte[] sound = Files.readAllBytes(path);
        // In place: rewriting the whole file would make the file system write it out each time.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int i = 0; i < sound.length; i++) {
                byte[] damaged = {(byte) (sound[i] ^ (1 << (i % Byte.SIZE)))};
                channel.write(ByteBuffer.wrap(damaged), i);
                assertCorrupt("flipped byte " + i + " of " + path.getFileName());
                channel.write(ByteBuffer.wrap(sound, i, 1), i);
            }
        }
        assertEquals(rows, readAll());
    }

    @Test
    void shouldSayCorruptWhenFilesAreCut() throws IOException {
        for (Path path : List.of(data, sidecar)) {
            byte[] sound = Files.readAllBytes(path);
            for (int length = 0; length < sound.length; length += 37) {
                Files.write(path, Arrays.copyOf(sound, length));
                assertCorrupt("cut at " + length + " of " + path.getFileName());
            }
            Files.write(path, Arrays.copyOf(sound, sound.length + 1));
            assertCorrupt("longer " + path.getFileName());
            Files.write(path, sound);
        }
        assertEquals(rows, readAll());
    }

    private void assertCorrupt(String message) {
        try {
            readAll();
            fail(message + ": read as if sound");
        } catch (StorageException e) {
            assertEquals(Kind.CORRUPT, e.kind(), message + ": " + e.getMessage());
            assertTrue(e.getMessage().contains("path=" + directory), e.getMessage());
        }
    }

    @Test
    void shouldNameTheBatchWhenItsBytesAreDamaged() throws IOException {
        byte[] bytes = Files.readAllBytes(data);
        bytes[bytes.length / 2] ^= 1;
        Files.write(data, bytes);
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema)) {
            StorageException failure = assertThrows(StorageException.class, () -> reader.get(file.minKey()));
            assertTrue(
                    failure.getMessage().startsWith("batch checksum wrong: path=" + data + ", batch=0, offset="),
                    failure.getMessage());
            // Not remembered as sound: the next touch says it again.
            assertThrows(StorageException.class, () -> reader.get(file.minKey()));
            assertEquals(Lookup.ABSENT, reader.get(new byte[0]));
        }
    }

    @Test
    void shouldSayInvalidWhenFormatIsNewer() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(sidecar)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(SidecarFormat.FORMAT_OFFSET, 2);
        bytes.putInt(SidecarFormat.CRC_OFFSET, SidecarFormat.crc(bytes));
        Files.write(sidecar, bytes.array());
        StorageException failure = assertThrows(StorageException.class, this::readAll);
        assertEquals(Kind.INVALID, failure.kind());
        assertEquals("newer format: path=" + sidecar + ", format=2, formatMax=1", failure.getMessage());
    }

    @Test
    void shouldSayCorruptWhenSidecarIsOfAnotherFile() throws IOException {
        SegmentFile other =
                SegmentFixture.write(env, allocator, directory, "b", schema, SegmentFixture.textRows(41), 40);
        Files.copy(directory.resolve("b.sidecar"), sidecar, StandardCopyOption.REPLACE_EXISTING);
        assertEquals(41, other.rows());
        assertCorrupt("foreign sidecar");
    }

    @Test
    void shouldSayNotFoundWhenSidecarIsMissing() throws IOException {
        Files.delete(sidecar);
        assertEquals(
                Kind.NOT_FOUND,
                assertThrows(StorageException.class, this::readAll).kind());
    }

    private List<TestRow> readAll() {
        try (SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema)) {
            return ArrayRun.drain(reader.open(KeyRange.ALL, false, SegmentFixture.TEXT_COLUMNS));
        }
    }
}
