package io.onlap.manifest;

import static io.onlap.manifest.Stores.SETTINGS;
import static io.onlap.manifest.Stores.assertFails;
import static io.onlap.manifest.Stores.flush;
import static io.onlap.manifest.Stores.segment;
import static io.onlap.manifest.Stores.table;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.FailPoints;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.io.StoreClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a commit promises, whoever else commits and whatever the storage answers. */
final class ManifestCommitTest {
    @TempDir
    Path directory;

    private final FailPoints failPoints = new FailPoints();
    private final ProbeStorage probe = new ProbeStorage(new LocalStorage(failPoints));
    private final Env env = Stores.env(probe, failPoints);

    private Path store() {
        return directory.resolve("store");
    }

    private Manifest create() {
        return Manifest.create(env, store(), SETTINGS);
    }

    /** Another process's view of the same store: other storage, other fail points. */
    private Manifest other() {
        return Manifest.open(Stores.env(), store(), SETTINGS);
    }

    @Test
    void shouldCommitEachOperationAndReadItBack() {
        Manifest manifest = create();
        assertEquals(1, manifest.commit(new Operation.Open("pid=1")).epoch());
        ManifestState created = manifest.commit(table("agents/ada/turns"));
        assertEquals(1, created.table("agents/ada/turns").tableId());
        ManifestState flushed = manifest.commit(flush(1, 1, segment("s1", 1, 1)));
        assertEquals(3, flushed.version());
        assertEquals(1, flushed.flushedGeneration());
        assertEquals(10, flushed.lastSequence());
        assertEquals(1L, flushed.bookmarks().get("source-1"));
        assertEquals(List.of(segment("s1", 1, 1)), List.copyOf(flushed.table(1).segments()));
        assertEquals(Stores.describe(flushed), Stores.describe(other().head()));
    }

    @Test
    void shouldLeaveWinnersBytesIntactWhenVersionExists() throws IOException {
        Manifest loser = create();
        other().commit(table("winner"));
        Path record = store().resolve("manifest/00000000000000000001.json");
        byte[] winner = Files.readAllBytes(record);
        assertFalse(env.storage().createIfAbsent(record, new byte[] {1}));
        assertEquals(2, loser.commit(table("loser")).version());
        assertArrayEquals(winner, Files.readAllBytes(record));
        assertEquals(
                2, env.storage().list(store().resolve("manifest")).size(), "the loser's temporary file stayed behind");
    }

    @Test
    void shouldRebaseWhenHeadIsStaleAndNothingConflicts() {
        Manifest stale = create();
        stale.commit(new Operation.Open("a"));
        Manifest other = other();
        for (int i = 0; i < 20; i++) {
            other.commit(table("other/" + i));
        }
        ManifestState rebased = stale.commit(table("mine"));
        assertEquals(22, rebased.version());
        assertEquals(21, rebased.table("mine").tableId());
        assertEquals(21, rebased.tables().size());
        assertEquals(1, rebased.epoch());
        assertEquals(Stores.describe(rebased), Stores.describe(other.refresh()));
    }

    @Test
    void shouldTakeNextEpochOfTheHeadItLandsOnWhenOpening() {
        Manifest stale = create();
        other().commit(new Operation.Open("first"));
        assertEquals(2, stale.commit(new Operation.Open("second")).epoch());
    }

    @Test
    void shouldNameExpectedAndActualAndWriteNothingWhenConflicting() throws IOException {
        Manifest stale = create();
        other().commit(new Operation.CreateTable("t", Stores.schema("text")));
        List<String> before = env.storage().list(store().resolve("manifest"));
        StorageException e = assertFails(Kind.CONFLICT, () -> stale.commit(table("t")));
        assertEquals(
                "table exists with another schema: path=t, expected=" + Stores.schema() + ", actual="
                        + Stores.schema("text") + ", version=1",
                e.getMessage());
        assertEquals(before, env.storage().list(store().resolve("manifest")));
    }

    @Test
    void shouldWriteNothingWhenTableIsThereAlready() throws IOException {
        Manifest stale = create();
        ManifestState theirs = other().commit(table("t"));
        ManifestState mine = stale.commit(table("t"));
        assertEquals(theirs.table("t").tableId(), mine.table("t").tableId());
        assertEquals(1, Stores.records(store()).size());
    }

    @Test
    void shouldBeFencedWhenEpochIsOlder() throws IOException {
        Manifest old = create();
        old.commit(new Operation.Open("old"));
        other().commit(new Operation.Open("new"));
        StorageException e = assertFails(Kind.FENCED, () -> old.commit(flush(1, 1)));
        assertEquals("another owner took over: epoch=1, headEpoch=2, version=2", e.getMessage());
        assertEquals(2, Stores.records(store()).size());
    }

    @Test
    void shouldSucceedOnceWhenFlushIsRepeated() throws IOException {
        Manifest manifest = create();
        manifest.commit(new Operation.Open("a"));
        manifest.commit(table("t"));
        ManifestState first = manifest.commit(flush(1, 1, segment("s1", 1, 1)));
        ManifestState again = manifest.commit(flush(1, 1, segment("s1", 1, 1)));
        assertEquals(first.version(), again.version());
        assertEquals(1, again.table(1).segments().size());
        StorageException e = assertFails(Kind.CONFLICT, () -> manifest.commit(flush(1, 1, segment("other", 1, 1))));
        assertEquals(
                "not the next unflushed generation: expected=2, actual=1, files=[other], version=3", e.getMessage());
        assertFails(Kind.CONFLICT, () -> manifest.commit(flush(1, 3)));
        assertEquals(3, Stores.records(store()).size());
    }

    @Test
    void shouldRebaseWhenVersionWasPrunedBelowTheBoundaryMeanwhile() throws IOException {
        Manifest slow = create();
        slow.commit(new Operation.Open("a"));
        AtomicInteger reached = new AtomicInteger();
        failPoints.arm(FailPoint.COMMIT_BEFORE_CREATE, () -> {
            if (reached.getAndIncrement() == 0) {
                overtakeAndPrune();
            }
        });
        ManifestState state = slow.commit(table("slow"));
        assertEquals(19, state.version());
        assertEquals(18, state.table("slow").tableId());
        assertTrue(Files.exists(store().resolve("manifest/00000000000000000002.json")), "came back below the boundary");
        assertEquals(Stores.describe(state), Stores.describe(other().head()));
        assertEquals(Stores.describe(state), Stores.describe(slow.refresh()));
    }

    private void overtakeAndPrune() {
        Manifest other = other();
        for (int i = 0; i < 17; i++) {
            other.commit(table("fast/" + i));
        }
        other.raiseBoundary(16);
        for (int version = 1; version < 16; version++) {
            assertTrue(env.storage().delete(other.layout().record(version)));
        }
    }

    @Test
    void shouldStartOverWhenReaderIsBelowTheBoundary() {
        Manifest reader = create();
        reader.commit(new Operation.Open("a"));
        overtakeAndPrune();
        assertEquals(Stores.describe(other().head()), Stores.describe(reader.refresh()));
        assertEquals(18, reader.head().version());
        assertEquals(16, reader.boundary());
    }

    @Test
    void shouldStartOverWhenPruningStoppedHalfWayAndANameCameBack() {
        Manifest reader = create();
        reader.commit(new Operation.Open("a"));
        Manifest other = other();
        for (int i = 0; i < 17; i++) {
            other.commit(table("fast/" + i));
        }
        other.raiseBoundary(16);
        assertTrue(env.storage().delete(other.layout().record(2)));
        ManifestRecord back = ManifestRecord.following(
                reader.head(), "late", env.clock().now(), new Operation.Open("late"), Delta.opened("late"));
        byte[] bytes = ManifestJson.seal(SealedJson.MANIFEST, back);
        assertTrue(env.storage().createIfAbsent(other.layout().record(2), bytes));
        assertEquals(Stores.describe(other.head()), Stores.describe(reader.refresh()));
        assertEquals(1, reader.head().epoch());
    }

    @Test
    void shouldKeepBoundaryWhenLowerOneIsAskedAndRefuseOneAboveNewestCheckpoint() {
        Manifest manifest = create();
        for (int i = 0; i < 17; i++) {
            manifest.commit(table("t" + i));
        }
        StorageException e = assertFails(Kind.INVALID, () -> manifest.raiseBoundary(17));
        assertEquals("boundary would pass the newest checkpoint: boundary=17, checkpoint=16", e.getMessage());
        manifest.raiseBoundary(16);
        manifest.raiseBoundary(8);
        assertEquals(16, manifest.boundary());
    }

    @Test
    void shouldGiveUpWithConflictWhenEachRaceIsLost() {
        Manifest loser = Manifest.create(env, store(), new ManifestSettings(8, 3, 1, 2, 1));
        Manifest other = other();
        AtomicInteger round = new AtomicInteger();
        failPoints.arm(FailPoint.COMMIT_BEFORE_CREATE, () -> other.commit(table("r" + round.incrementAndGet())));
        StorageException e = assertFails(Kind.CONFLICT, () -> loser.commit(table("mine")));
        assertEquals("commit lost each race: op=CREATE_TABLE, attempts=3, version=3", e.getMessage());
        failPoints.disarm(FailPoint.COMMIT_BEFORE_CREATE);
        assertEquals(4, loser.commit(table("mine")).version());
    }

    @Test
    void shouldKeepTimesMonotoneWhenClockIsSetBack() {
        AtomicLong wall = new AtomicLong(1_000_000);
        StoreClock clock = new StoreClock() {
            @Override
            public long wallMillis() {
                return wall.get();
            }

            @Override
            public long monotonicNs() {
                return 5;
            }

            @Override
            public String bootId() {
                return "boot";
            }
        };
        Manifest manifest = Manifest.create(new Env(env.storage(), clock, failPoints), store(), SETTINGS);
        manifest.commit(table("a"));
        wall.addAndGet(-3_600_000);
        ManifestState second = manifest.commit(table("b"));
        assertEquals(new StoreClock.Instant(1_000_000, "boot", 5), second.time());
        assertEquals(second.time(), other().head().time());
    }

    @Test
    void shouldNeverTrustAForceAfterAFailedOne() {
        Manifest manifest = create();
        manifest.force();
        probe.before(ProbeStorage.failing("forceDirectory"));
        assertFails(Kind.FATAL, manifest::force);
        probe.calm();
        assertEquals(
                "broken forceDirectory",
                assertFails(Kind.FATAL, manifest::force).getMessage());
    }

    @Test
    void shouldBeCorruptWithThePlaceWhenRecordIsDamaged() throws IOException {
        Manifest manifest = create();
        for (int i = 0; i < 3; i++) {
            manifest.commit(table("t" + i));
        }
        Path record = manifest.layout().record(2);
        byte[] whole = Files.readAllBytes(record);
        byte[] flipped = whole.clone();
        flipped[whole.length - 20] ^= 4;
        Files.write(record, flipped);
        String message = assertFails(Kind.CORRUPT, this::other).getMessage();
        assertTrue(message.startsWith("bad checksum: expected=") && message.contains(record.toString()), message);
        Files.write(record, Arrays.copyOf(whole, whole.length - 7));
        assertTrue(assertFails(Kind.CORRUPT, this::other).getMessage().startsWith("torn: bytes="));
        Files.write(record, new byte[0]);
        assertFails(Kind.CORRUPT, this::other);
        Files.delete(record);
        assertTrue(assertFails(Kind.CORRUPT, this::other)
                .getMessage()
                .startsWith("record missing before another: version=2"));
    }

    @Test
    void shouldRefuseNewerFormatBeforeAnythingIsChanged() throws IOException {
        Manifest manifest = create();
        manifest.commit(table("t"));
        Path record = manifest.layout().record(2);
        Files.writeString(record, "{\"onlap\":\"manifest\",\"format\":2,\"shape\":\"unknown\"}\n");
        StorageException e = assertFails(Kind.INVALID, this::other);
        assertEquals("newer format: path=" + record + ", format=2, formatMax=1", e.getMessage());
        assertFails(Kind.INVALID, () -> manifest.commit(table("u")));
        Files.delete(record);
        byte[] unknownField = "{\"version\":2,\"mood\":1}".getBytes(StandardCharsets.UTF_8);
        Files.write(record, SealedJson.seal(SealedJson.MANIFEST, unknownField));
        assertEquals(
                "newer format: path=" + record + ", field=mood",
                assertFails(Kind.INVALID, this::other).getMessage());
        Files.delete(record);
        Files.writeString(store().resolve("FORMAT"), "{\"onlap\":\"store\",\"format\":7}\n");
        assertFails(Kind.INVALID, this::other);
        assertFails(Kind.INVALID, this::create);
        assertEquals(1, Stores.records(store()).size());
    }

    @Test
    void shouldRefuseADirectoryOfSomebodyElse() throws IOException {
        Files.createDirectories(store());
        Files.writeString(store().resolve("notes.txt"), "mine");
        StorageException e = assertFails(Kind.INVALID, this::create);
        assertEquals("directory is not empty and no store: path=" + store() + ", found=notes.txt", e.getMessage());
        assertEquals(List.of("notes.txt"), env.storage().list(store()));
        assertFails(Kind.NOT_FOUND, this::other);
    }

    @Test
    void shouldGoOnWhenAnEarlierCreationWasKilled() throws IOException {
        Files.createDirectories(store().resolve("manifest"));
        Files.createFile(store().resolve("LOCK"));
        Files.createFile(store().resolve(".tmp-1"));
        assertEquals(0, create().head().version());
        assertEquals(1, create().commit(table("t")).version());
        assertEquals(1, create().head().version());
    }
}
