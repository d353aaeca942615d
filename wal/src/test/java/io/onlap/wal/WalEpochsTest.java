package io.onlap.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log over several owners: each reads what its predecessors left and says once and for all where that ends. */
final class WalEpochsTest {
    @TempDir
    private Path root;

    private final Env env = Env.system();

    @Test
    void shouldReplayAllEpochsInOrder() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a", "b");
        }
        try (Wal wal =
                WalFixture.create(env, root, 2, 2, WalFixture.read(env, root).ends())) {
            WalFixture.append(wal.writer(), 3, "c");
            wal.writer().roll(3);
            WalFixture.append(wal.writer(), 4, "d");
        }
        try (Wal wal =
                WalFixture.create(env, root, 5, 4, WalFixture.read(env, root).ends())) {
            WalFixture.append(wal.writer(), 5, "e");
        }
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(List.of("1/1/1 a", "1/1/2 b", "2/2/3 c", "2/3/4 d", "5/4/5 e"), contents.batches());
        assertEquals(
                List.of(1L, 2L, 5L), contents.ends().stream().map(WalEnd::epoch).toList());
        assertEquals(
                List.of(2L, 4L, 5L),
                contents.ends().stream().map(WalEnd::lastSequence).toList());
        assertEquals(
                List.of("2/3/4 d", "5/4/5 e"),
                WalFixture.read(env, root, 3, false).batches());
    }

    @Test
    void shouldNotReadWhatOldOwnerAppendsBehindAcceptedEnd() {
        try (Wal old = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(old.writer(), 1, "a");
            List<WalEnd> ends = WalFixture.read(env, root).ends();
            try (Wal wal = WalFixture.create(env, root, 2, 2, ends)) {
                WalFixture.append(old.writer(), 2, "late");
                old.writer().roll(9);
                WalFixture.append(old.writer(), 3, "later");
                WalFixture.append(wal.writer(), 2, "b");
            }
        }
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(List.of("1/1/1 a", "2/2/2 b"), contents.batches());
        assertNull(contents.tail());
    }

    @Test
    void shouldNotReadDirectoryThatComesBackAfterItWasDeleted() {
        Wal old = WalFixture.create(env, root, 1, 1, List.of());
        WalFixture.append(old.writer(), 1, "a");
        old.close();
        List<WalEnd> ends = WalFixture.read(env, root).ends();
        try (Wal wal = WalFixture.create(env, root, 2, 2, ends)) {
            WalFixture.append(wal.writer(), 2, "b");
            wal.writer().roll(3);
            WalFixture.append(wal.writer(), 3, "c");
            wal.forcer().force();
            wal.truncateBefore(3);
        }
        assertFalse(Files.exists(WalDirectories.of(root, 1)));
        Path other = root.resolve("elsewhere");
        Wal back = WalFixture.create(env, other, 1, 9, List.of());
        WalFixture.append(back.writer(), 9, "ghost");
        back.close();
        env.storage().rename(WalDirectories.of(other, 1), WalDirectories.of(root, 1));
        assertEquals(List.of("2/3/3 c"), WalFixture.read(env, root).batches());
    }

    @Test
    void shouldLeaveNewerDirectoriesAloneWhenOldOwnerCuts() throws IOException {
        try (Wal old = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(old.writer(), 1, "a");
            old.writer().roll(2);
            old.forcer().force();
            // A successor that has made its directory, and not yet its first segment.
            Path successor = WalDirectories.of(root, 2);
            Files.createDirectories(successor);
            Files.createFile(successor.resolve("metadata.cq4t"));
            old.truncateBefore(2);
            assertTrue(Files.exists(successor.resolve("metadata.cq4t")));
        }
    }

    @Test
    void shouldDropTornLastFrameAndReadLaterEpoch() {
        long end;
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            end = wal.writer().segmentBytes();
            WalFixture.append(wal.writer(), 2, "torn");
        }
        Path segment = WalFixture.segment(root, 1, 1);
        WalFixture.damage(segment, end + 4 + FrameFormat.HEADER_BYTES + 6, (byte) 'X', (byte) 0);
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(List.of("1/1/1 a"), contents.batches());
        assertNotNull(contents.tail());
        assertEquals(segment, contents.tail().file());
        assertEquals(end, contents.tail().position());
        assertEquals(0, contents.tail().frames());
        assertTrue(contents.tail().bytes() > FrameFormat.HEADER_BYTES, contents.tail()::toString);
        assertEquals(new WalEnd(1, new WalPosition(1, end), 1), contents.ends().get(0));
        try (Wal wal = WalFixture.create(env, root, 2, 2, contents.ends())) {
            WalFixture.append(wal.writer(), 2, "b");
        }
        contents = WalFixture.read(env, root);
        assertEquals(List.of("1/1/1 a", "2/2/2 b"), contents.batches());
        assertNull(contents.tail());
    }

    @Test
    void shouldDeleteOnlyWholeSegmentsBelow() throws IOException {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            wal.writer().roll(2);
            WalFixture.append(wal.writer(), 2, "b");
        }
        try (Wal wal =
                WalFixture.create(env, root, 2, 3, WalFixture.read(env, root).ends())) {
            WalFixture.append(wal.writer(), 3, "c");
            wal.writer().roll(4);
            WalFixture.append(wal.writer(), 4, "d");
            wal.truncateBefore(2);
            assertEquals(
                    List.of("1/2/2 b", "2/3/3 c", "2/4/4 d"),
                    WalFixture.read(env, root, 2, false).batches());
            assertFalse(Files.exists(WalFixture.segment(root, 1, 1)));
            // Nothing of generation 4 is forced yet, so generation 3 still has the only durable START frame.
            wal.truncateBefore(4);
            assertEquals(
                    List.of("2/3/3 c", "2/4/4 d"), WalFixture.read(env, root).batches());
            assertFalse(Files.exists(WalDirectories.of(root, 1)));
            wal.forcer().force();
            wal.truncateBefore(9);
            assertEquals(List.of("2/4/4 d"), WalFixture.read(env, root).batches());
            WalFixture.append(wal.writer(), 5, "e");
        }
        try (Stream<Path> left = Files.list(WalDirectories.of(root, 2))) {
            assertEquals(List.of("19700101-000004G.cq4", "metadata.cq4t"), names(left));
        }
        assertEquals(List.of("2/4/4 d", "2/4/5 e"), WalFixture.read(env, root).batches());
    }

    private static List<String> names(Stream<Path> paths) {
        return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
}
