package io.onlap.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoints;
import io.onlap.io.FaultStorage;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException.Kind;
import io.onlap.io.StoreClock;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of flushed segments are used again, and nothing of an older use is ever read. */
final class WalRecycleTest {
    @TempDir
    private Path root;

    private final FailPoints failPoints = new FailPoints();
    private final FaultStorage storage = new FaultStorage(new LocalStorage(failPoints));
    private final Env env = new Env(storage, StoreClock.system(), failPoints);

    @Test
    void shouldReadOnlyTheNewUseOfAFile() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            long sequence = 0;
            for (int generation = 1; generation <= 20; generation++) {
                for (int i = 0; i < 25 - generation; i++) {
                    WalFixture.append(wal.writer(), ++sequence, "generation " + generation + " row " + i);
                }
                wal.writer().roll(generation + 1);
                wal.forcer().releaseThrough(generation);
                wal.forcer().forceStart();
                storage.takeCalls();
                wal.truncateBefore(generation + 1);
                List<String> calls = storage.takeCalls();
                assertTrue(calls.stream().anyMatch(call -> call.startsWith("RENAME .tmp-")), calls::toString);
                assertEquals(List.of(), WalFixture.read(env, root).batches());
                WalFixture.append(wal.writer(), ++sequence, "last");
                String last = "1/" + (generation + 1) + "/" + sequence + " last";
                assertEquals(List.of(last), WalFixture.read(env, root).batches());
                assertEquals(
                        List.of(last),
                        WalFixture.read(env, root, generation + 1, true).batches());
            }
        }
    }

    @Test
    void shouldTellThatALiveReadBrokeOffWhenAFileWasUsedAgainMeanwhile() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            // More than a reader holds at once, so that it comes back to the file.
            for (int i = 1; i <= 100; i++) {
                WalFixture.append(wal.writer(), i, "a".repeat(10_000));
            }
            wal.writer().roll(2);
            WalFixture.append(wal.writer(), 101, "b");
            try (WalReader reader = WalReader.open(env, root, epoch -> true)) {
                reader.skipBelow(1);
                assertTrue(reader.next());
                wal.forcer().releaseThrough(1);
                wal.forcer().forceStart();
                wal.truncateBefore(2);
                boolean sawNewest = false;
                while (reader.next()) {
                    sawNewest |= WalFixture.text(reader).equals("b");
                }
                assertTrue(sawNewest || reader.isBroken());
            }
        }
    }

    @Test
    void shouldCutWithoutFailureWhenAFileCannotBeUsedAgain() {
        for (FaultStorage.Call call : List.of(
                FaultStorage.Call.ALLOCATE,
                FaultStorage.Call.RENAME,
                FaultStorage.Call.OPEN,
                FaultStorage.Call.WRITE,
                FaultStorage.Call.SIZE)) {
            for (FaultStorage.When when : FaultStorage.When.values()) {
                Path log = root.resolve(call + "-" + when);
                try (Wal wal = WalFixture.create(env, log, 1, 1, List.of())) {
                    WalFixture.append(wal.writer(), 1, "a");
                    wal.writer().roll(2);
                    wal.forcer().force();
                    storage.fail(call, 1, Kind.DISK_FULL, when);
                    wal.truncateBefore(2);
                    storage.heal();
                    WalFixture.append(wal.writer(), 2, "b");
                    wal.writer().roll(3);
                    assertEquals(List.of("1/2/2 b"), WalFixture.read(env, log).batches());
                }
            }
        }
    }

    @Test
    void shouldKeepAFewFilesAndDeleteTheRest() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            for (int generation = 1; generation <= 10; generation++) {
                WalFixture.append(wal.writer(), generation, "a");
                wal.writer().roll(generation + 1);
            }
            wal.forcer().releaseThrough(10);
            wal.forcer().forceStart();
            wal.truncateBefore(11);
            long kept = storage.list(WalDirectories.of(root, 1)).stream()
                    .filter(name -> name.startsWith(LocalStorage.TEMPORARY_PREFIX))
                    .count();
            assertTrue(kept >= 1 && kept <= 2, "kept: " + kept);
            assertEquals(List.of(), WalFixture.read(env, root).batches());
        }
        assertEquals(
                0,
                storage.list(WalDirectories.of(root, 1)).stream()
                        .filter(name -> name.startsWith(LocalStorage.TEMPORARY_PREFIX))
                        .count());
    }

    @Test
    void shouldKeepSegmentsUntilANewerStartFrameIsForced() {
        try (Wal wal = WalFixture.create(env, root, 1, 1, List.of())) {
            WalFixture.append(wal.writer(), 1, "a");
            wal.writer().roll(2);
            wal.forcer().releaseThrough(1);
            wal.truncateBefore(2);
            assertEquals(List.of("1/1/1 a"), WalFixture.read(env, root).batches());
            wal.forcer().forceStart();
            wal.truncateBefore(2);
            assertEquals(List.of(), WalFixture.read(env, root).batches());
        }
    }
}
