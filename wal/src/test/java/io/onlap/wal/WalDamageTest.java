package io.onlap.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.Storage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged bytes give CORRUPT with the place, or a dropped and reported tail, or do no harm; never a wrong row. */
final class WalDamageTest {
    @TempDir
    private Path root;

    private final Env env = Env.system();

    @Test
    void shouldCallALostSegmentCorruptWhenItWasForced() throws IOException {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "flushed");
            wal.writer().roll(2);
            WalFixture.append(wal.writer(), 2, "forced, then lost");
            wal.forcer().force();
            wal.truncateBefore(2);
            wal.writer().roll(3);
            WalFixture.append(wal.writer(), 3, "behind the hole");
        }
        Files.delete(WalFixture.segment(root, 1, 2));
        assertEquals(
                Kind.CORRUPT,
                assertThrows(StorageException.class, () -> WalFixture.read(env, root, 2, false))
                        .kind());
    }

    @Test
    void shouldReadNothingBehindALostSegmentThoughItsSuccessorBeginsWhole() throws IOException {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "flushed");
            wal.writer().roll(2);
            WalFixture.append(wal.writer(), 2, "lost");
            wal.writer().roll(3);
            WalFixture.append(wal.writer(), 3, "behind the hole");
            wal.forcer().releaseThrough(1);
            wal.forcer().forceStart();
            wal.truncateBefore(2);
        }
        // Power loss: only the START frame of generation 3 was forced, and some of its pages were written by chance.
        Files.delete(WalFixture.segment(root, 1, 2));
        WalFixture.Contents contents = WalFixture.read(env, root, 2, false);
        assertEquals(List.of(), contents.batches());
        assertEquals(1, contents.tail().frames());
    }

    @Test
    void shouldCallBadFrameBelowForcedPositionCorrupt() {
        long end;
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            end = wal.writer().segmentBytes();
            WalFixture.append(wal.writer(), 2, "b");
            wal.forcer().force();
            WalFixture.append(wal.writer(), 3, "c");
        }
        Path segment = WalFixture.segment(root, 1, 1);
        WalFixture.damage(segment, end + 4 + FrameFormat.HEADER_BYTES + 4, (byte) 'X');
        StorageException e = assertThrows(StorageException.class, () -> WalFixture.read(env, root));
        assertEquals(Kind.CORRUPT, e.kind());
        String place = "log damaged: path=" + segment + ", position=" + end + ", epoch=1, generation=1";
        assertTrue(e.getMessage().startsWith(place), e::getMessage);
        assertEquals(
                Kind.CORRUPT,
                assertThrows(StorageException.class, () -> WalFixture.read(env, root, 0, true))
                        .kind());
    }

    @Test
    void shouldCallForcedSegmentThatVanishedCorrupt() throws IOException {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            wal.writer().roll(2);
            WalFixture.append(wal.writer(), 2, "b");
            wal.writer().roll(3);
            wal.forcer().force();
            WalFixture.append(wal.writer(), 3, "c");
        }
        Files.delete(WalFixture.segment(root, 1, 2));
        StorageException e = assertThrows(StorageException.class, () -> WalFixture.read(env, root));
        assertEquals(Kind.CORRUPT, e.kind());
    }

    @Test
    void shouldDropGoodUnforcedFramesBehindBadOne() {
        long end;
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            end = wal.writer().segmentBytes();
            WalFixture.append(wal.writer(), 2, "b");
            WalFixture.append(wal.writer(), 3, "c");
            wal.writer().roll(2);
            WalFixture.append(wal.writer(), 4, "d");
        }
        Path segment = WalFixture.segment(root, 1, 1);
        WalFixture.damage(segment, end + 4 + FrameFormat.HEADER_BYTES + 4, (byte) 'X');
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(List.of("1/1/1 a"), contents.batches());
        assertNotNull(contents.tail());
        assertEquals(segment, contents.tail().file());
        assertEquals(end, contents.tail().position());
        assertEquals(2, contents.tail().frames());
    }

    @Test
    void shouldCallHoleOfZerosBelowForcedPositionCorrupt() {
        long end;
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            end = wal.writer().segmentBytes();
            WalFixture.append(wal.writer(), 1, "a");
            wal.writer().roll(2);
            wal.forcer().force();
            WalFixture.append(wal.writer(), 2, "b");
        }
        WalFixture.damage(WalFixture.segment(root, 1, 1), end, new byte[1000]);
        StorageException e = assertThrows(StorageException.class, () -> WalFixture.read(env, root));
        assertEquals(Kind.CORRUPT, e.kind());
    }

    @Test
    void shouldCallBadFrameBelowAcceptedEndCorrupt() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
        }
        WalFixture.Contents contents = WalFixture.read(env, root);
        WalFixture.create(env, root, 2, 2, contents.ends()).close();
        long end = contents.ends().get(0).position().offset();
        WalFixture.damage(WalFixture.segment(root, 1, 1), end - 1, (byte) 'X');
        StorageException e = assertThrows(StorageException.class, () -> WalFixture.read(env, root));
        assertEquals(Kind.CORRUPT, e.kind());
    }

    @Test
    void shouldTakeNoEndOfRolledSegmentForTail() throws IOException {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            wal.writer().roll(2);
        }
        Files.delete(WalFixture.segment(root, 1, 2));
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(List.of("1/1/1 a"), contents.batches());
        assertNull(contents.tail());
    }

    @Test
    void shouldNotBeHarmedByDamagedHeadersOfChronicle() {
        long end;
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            end = wal.writer().segmentBytes();
            WalFixture.append(wal.writer(), 2, "b");
            WalFixture.append(wal.writer(), 3, "c");
        }
        Path segment = WalFixture.segment(root, 1, 1);
        WalFixture.damage(segment, (end + 3) & -4, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0x7f);
        WalFixture.damage(segment, 0, new byte[4096]);
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(List.of("1/1/1 a", "1/1/2 b", "1/1/3 c"), contents.batches());
        assertNull(contents.tail());
    }

    @Test
    void shouldNeverGiveWrongRowWhateverByteIsFlipped() throws IOException {
        long end;
        long frames;
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            frames = wal.writer().segmentBytes() - 2 * FrameFormat.HEADER_BYTES;
            WalFixture.append(wal.writer(), 1, "a", "bb");
            wal.forcer().force();
            WalFixture.append(wal.writer(), 3, "ccc");
            WalFixture.append(wal.writer(), 4, "dddd");
            wal.forcer().force();
            WalFixture.append(wal.writer(), 5, "eeeee");
            end = wal.writer().segmentBytes();
        }
        List<String> all = WalFixture.read(env, root).batches();
        Path segment = WalFixture.segment(root, 1, 1);
        // What is mapped ahead is all zeros; without it each read is short.
        try (Storage.OpenFile file = env.storage().open(segment)) {
            file.truncate(end + 64);
        }
        byte[] sound = Files.readAllBytes(segment);
        int corrupt = 0;
        int tails = 0;
        for (int i = 0; i < end + 8; i++) {
            // Before the frames lie Chronicle's own pages.
            for (byte flip : i < frames ? new byte[] {(byte) 0xff} : new byte[] {(byte) 0xff, 1, (byte) 0x80}) {
                WalFixture.damage(segment, i, (byte) (sound[i] ^ flip));
                try {
                    WalFixture.Contents contents = WalFixture.read(env, root);
                    List<String> read = contents.batches();
                    assertEquals(all.subList(0, read.size()), read, "byte " + i);
                    tails += contents.tail() == null ? 0 : 1;
                    // Forced rows are never taken for a tail, and nothing is dropped without saying so.
                    assertTrue(read.size() == 5 || (read.size() == 4 && contents.tail() != null), "byte " + i);
                } catch (StorageException e) {
                    assertTrue(e.kind() == Kind.CORRUPT || e.kind() == Kind.INVALID, e::getMessage);
                    corrupt++;
                }
                WalFixture.damage(segment, i, sound[i]);
            }
        }
        assertTrue(corrupt > 200 && tails > 50, "corrupt=" + corrupt + ", tails=" + tails);
        assertEquals(all, WalFixture.read(env, root).batches());
    }
}
