package io.onlap.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.FailPoints;
import io.onlap.io.FaultStorage;
import io.onlap.io.FaultStorage.Call;
import io.onlap.io.FaultStorage.When;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.io.StoreClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a force covers, in which order, and what failures of the disk leave behind. */
final class WalForcerTest {
    @TempDir
    private Path root;

    private final FailPoints failPoints = new FailPoints();
    private final FaultStorage storage = new FaultStorage(new LocalStorage(failPoints));
    private final Env env = new Env(storage, StoreClock.system(), failPoints);

    @Test
    void shouldForceRolledSegmentsOldestFirst() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            for (int generation = 1; generation <= 3; generation++) {
                WalFixture.append(wal.writer(), generation, "a");
                wal.writer().roll(generation + 1);
            }
            storage.takeCalls();
            assertEquals(3, wal.forcer().force());
            List<String> calls = forces(storage.takeCalls());
            assertEquals("FORCE " + SegmentNames.fileName(1), calls.get(0));
            assertTrue(calls.get(1).startsWith("FORCE .tmp-"), "the spare that became generation 2: " + calls);
            assertEquals("FORCE_DIRECTORY 00000000000000000001", calls.get(2));
            assertEquals("FORCE " + SegmentNames.fileName(3), calls.get(3));
            assertEquals("FORCE " + SegmentNames.fileName(4), calls.get(5));
            assertEquals(7, calls.size());
            assertEquals(3, wal.forcer().force());
            assertEquals(List.of(), forces(storage.takeCalls()));
        }
    }

    @Test
    void shouldForceOlderSegmentsBeforeNewLogIsUsed() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
        }
        List<WalEnd> ends = WalFixture.read(env, root).ends();
        storage.takeCalls();
        WalFixture.create(env, root, 2, 2, ends).close();
        assertEquals(
                List.of(
                        "FORCE " + SegmentNames.fileName(1),
                        "FORCE_DIRECTORY 00000000000000000001",
                        "FORCE " + SegmentNames.fileName(2),
                        "FORCE_DIRECTORY 00000000000000000002"),
                forces(storage.takeCalls()));
    }

    @Test
    void shouldPassOverAnOlderSegmentThatIsCutMeanwhile() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            wal.writer().roll(2);
            WalFixture.append(wal.writer(), 2, "b");
        }
        List<WalEnd> ends = WalFixture.read(env, root).ends();
        storage.fail(Call.FORCE, 1, Kind.NOT_FOUND, When.BEFORE);
        storage.takeCalls();
        WalFixture.create(env, root, 2, 3, ends).close();
        assertEquals(
                List.of("FORCE " + SegmentNames.fileName(1), "FORCE " + SegmentNames.fileName(2)),
                forces(storage.takeCalls()).subList(0, 2));
    }

    private static List<String> forces(List<String> calls) {
        return calls.stream().filter(call -> call.startsWith("FORCE")).toList();
    }

    @Test
    void shouldNeverForceAgainAfterFailedForce() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            storage.fail(Call.FORCE, 1, Kind.FATAL, When.AFTER);
            StorageException first =
                    assertThrows(StorageException.class, () -> wal.forcer().force());
            assertEquals(Kind.FATAL, first.kind());
            storage.takeCalls();
            StorageException second =
                    assertThrows(StorageException.class, () -> wal.forcer().force());
            assertSame(first, second.getCause());
            assertEquals(List.of(), storage.takeCalls());
        }
    }

    @Test
    void shouldCoverWhatWasCommittedBeforeWhileWriteLoopRolls() throws InterruptedException {
        AtomicLong committed = new AtomicLong(-1);
        List<String> faults = new ArrayList<>();
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            Thread loop = new Thread(() -> {
                for (long i = 1; i <= 5000; i++) {
                    WalFixture.append(wal.writer(), i, "batch " + i);
                    committed.set(i);
                    if (i % 100 == 0) {
                        wal.writer().roll(wal.writer().generation() + 1);
                    }
                }
            });
            loop.start();
            boolean more = true;
            while (more) {
                more = loop.isAlive();
                long before = committed.get();
                long durable = wal.forcer().force();
                if (durable < before) {
                    faults.add("before=" + before + ", durable=" + durable);
                }
            }
            loop.join();
            assertEquals(List.of(), faults);
            assertEquals(5000, wal.forcer().force());
        }
        assertEquals(5000, WalFixture.read(env, root).batches().size());
    }

    @Test
    void shouldGoOnAfterFullDiskHasRoomAgain() {
        UnsafeBuffer batch = new UnsafeBuffer(new byte[10_000]);
        long sequence = 0;
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            storage.failAlways(Call.ALLOCATE, Kind.DISK_FULL);
            StorageException full = null;
            while (full == null) {
                try {
                    wal.writer().begin(sequence + 1);
                    wal.writer().add(batch, 0, batch.capacity());
                    wal.writer().commit();
                    sequence++;
                } catch (StorageException e) {
                    full = e;
                    wal.writer().rollback();
                }
            }
            assertEquals(Kind.DISK_FULL, full.kind());
            wal.writer().roll(2); // the spare
            assertEquals(
                    Kind.DISK_FULL,
                    assertThrows(StorageException.class, () -> wal.writer().roll(3))
                            .kind());
            assertEquals(2, wal.writer().generation());
            storage.heal();
            wal.writer().roll(3);
            wal.writer().begin(sequence + 1);
            wal.writer().add(batch, 0, batch.capacity());
            wal.writer().commit();
            assertEquals(sequence + 1, wal.forcer().force());
        }
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(sequence + 1, contents.batches().size());
        assertEquals(3, contents.ends().get(0).position().generation());
    }

    @Test
    void shouldReserveSpaceAheadOfEveryFrame() {
        UnsafeBuffer batch = new UnsafeBuffer(new byte[60_000]);
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            storage.takeCalls();
            for (int i = 1; i <= 50; i++) {
                wal.writer().begin(i);
                wal.writer().add(batch, 0, batch.capacity());
                wal.writer().commit();
            }
            long reserved = (1
                            + storage.takeCalls().stream()
                                    .filter(call -> call.startsWith("ALLOCATE"))
                                    .count())
                    * WalFixture.SMALL.allocateBytes();
            assertTrue(reserved > wal.writer().segmentBytes(), "reserved=" + reserved);
        }
    }

    @Test
    void shouldHoldNoRowAndHarmNothingWhenCreationFails() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
        }
        List<WalEnd> ends = WalFixture.read(env, root).ends();
        failPoints.arm(FailPoint.WAL_CREATED, () -> {
            throw new StorageException(Kind.FATAL, "killed here");
        });
        StorageException e = assertThrows(StorageException.class, () -> WalFixture.create(env, root, 2, 2, ends));
        assertEquals("killed here", e.getMessage());
        failPoints.disarm(FailPoint.WAL_CREATED);
        WalFixture.Contents contents = WalFixture.read(env, root);
        assertEquals(List.of("1/1/1 a"), contents.batches());
        try (Wal wal = WalFixture.create(env, root, 3, 2, contents.ends())) {
            WalFixture.append(wal.writer(), 2, "b");
        }
        assertEquals(List.of("1/1/1 a", "3/2/2 b"), WalFixture.read(env, root).batches());
    }
}
