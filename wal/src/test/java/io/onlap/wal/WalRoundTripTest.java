package io.onlap.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Allocation;
import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was committed is read back, in order, from the segment of its generation. */
final class WalRoundTripTest {
    @TempDir
    private Path root;

    private final Env env = Env.system();

    @Test
    void shouldReadBackWhatWasCommitted() {
        try (Wal wal = WalFixture.create(env, root, 3, 11, List.of())) {
            WalFixture.append(wal.writer(), 5, "a", "", "c");
            WalFixture.append(wal.writer(), 9, "d");
            assertEquals(9, wal.writer().lastSequence());
            assertEquals(9, wal.forcer().force());
        }
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(List.of("3/11/5 a", "3/11/6 ", "3/11/7 c", "3/11/9 d"), contents.batches());
        assertEquals(9, contents.ends().get(0).lastSequence());
        assertNull(contents.tail());
    }

    @Test
    void shouldPutEachGenerationIntoItsOwnSegment() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            wal.writer().roll(2);
            wal.forcer().force();
            wal.writer().roll(3);
            WalFixture.append(wal.writer(), 2, "b");
            wal.writer().roll(7);
            WalFixture.append(wal.writer(), 3, "c");
            assertEquals(3, wal.forcer().force());
        }
        assertEquals(
                List.of("1/1/1 a", "1/3/2 b", "1/7/3 c"),
                WalFixture.read(env, root).batches());
        assertEquals(
                List.of("1/3/2 b", "1/7/3 c"),
                WalFixture.read(env, root, 2, false).batches());
        assertEquals(List.of("1/7/3 c"), WalFixture.read(env, root, 7, true).batches());
        assertTrue(Files.exists(WalFixture.segment(root, 1, 2)));
        try (WalReader reader = WalReader.open(env, root, epoch -> false)) {
            assertEquals(4, reader.segments().size());
        }
    }

    @Test
    void shouldReadLargeFramesOverManyBlocks() {
        Random random = new Random(7);
        byte[] bytes = new byte[1 << 20];
        random.nextBytes(bytes);
        UnsafeBuffer source = new UnsafeBuffer(bytes);
        int[] lengths = new int[400];
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            for (int i = 0; i < lengths.length; i++) {
                lengths[i] = i == 17 ? wal.writer().batchBytesMax() : random.nextInt(20_000);
                wal.writer().begin(i);
                wal.writer().add(source, i, lengths[i]);
                wal.writer().commit();
            }
        }
        try (WalReader reader = WalReader.open(env, root, epoch -> false)) {
            for (int i = 0; i < lengths.length; i++) {
                assertTrue(reader.next());
                assertEquals(i, reader.sequence());
                assertEquals(
                        new UnsafeBuffer(bytes, i, lengths[i]),
                        new UnsafeBuffer(reader.buffer(), reader.offset(), reader.length()));
            }
            assertFalse(reader.next());
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndStayUsable() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalWriter writer = wal.writer();
            UnsafeBuffer large = new UnsafeBuffer(new byte[writer.batchBytesMax() + 1]);
            writer.begin(1);
            assertTrue(writer.fits(writer.batchBytesMax()));
            assertFalse(writer.fits(writer.batchBytesMax() + 1));
            StorageException e = assertThrows(StorageException.class, () -> writer.add(large, 0, large.capacity()));
            assertEquals(Kind.INVALID, e.kind());
            assertEquals("batch not added: bytes=65373, frameBytes=80, batchBytesMax=65372, open=true", e.getMessage());
            writer.add(large, 0, 3);
            writer.commit();
            e = assertThrows(StorageException.class, () -> writer.begin(1));
            assertEquals("frame not begun: sequence=1, lastSequence=1, open=false", e.getMessage());
        }
        assertEquals(List.of("1/1/1 \0\0\0"), WalFixture.read(env, root).batches());
    }

    @Test
    void shouldLeaveNothingOfFrameThatWasRolledBack() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            for (int i = 0; i < 3; i++) {
                wal.writer().begin(2);
                UnsafeBuffer batch = new UnsafeBuffer("x".repeat(5000).getBytes(StandardCharsets.UTF_8));
                wal.writer().add(batch, 0, batch.capacity());
                wal.writer().rollback();
            }
            wal.writer().rollback();
            WalFixture.append(wal.writer(), 2, "b");
            wal.writer().begin(3);
            wal.writer().rollback();
        }
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(List.of("1/1/1 a", "1/1/2 b"), contents.batches());
        assertNull(contents.tail());
    }

    @Test
    void shouldRefuseEpochThatHasDirectory() {
        WalFixture.create(env, root, 4, 1, List.of()).close();
        StorageException e = assertThrows(StorageException.class, () -> WalFixture.create(env, root, 4, 1, List.of()));
        assertEquals(Kind.CONFLICT, e.kind());
    }

    @Test
    void shouldReadNothingWhereNothingIs() {
        assertEquals(List.of(), WalFixture.read(env, root.resolve("absent")).batches());
    }

    @Test
    void shouldAllocateNothingPerAppend() {
        UnsafeBuffer batch = new UnsafeBuffer(new byte[256]);
        WalSettings settings = WalSettings.defaults();
        try (Wal wal = Wal.create(env, root, 1, 1, List.of(), settings)) {
            WalWriter writer = wal.writer();
            long allocated = Allocation.leastBytes(10, () -> {
                for (int frame = 0; frame < 20_000; frame++) {
                    writer.begin(writer.lastSequence() + 1);
                    writer.add(batch, 0, 256);
                    writer.commit();
                }
            });
            // Now and then a page of the index is mapped: less than a byte per append.
            assertTrue(allocated < 20_000, "allocated=" + allocated);
            long bytes = wal.bytes();
            assertEquals(wal.writer().segmentBytes(), bytes);
        }
    }
}
