package io.onlap.manifest;

import static io.onlap.manifest.Stores.SETTINGS;
import static io.onlap.manifest.Stores.assertFails;
import static io.onlap.manifest.Stores.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.FailPoint;
import io.onlap.io.FailPoints;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit without a clear answer is in once or not at all, and its caller is told which. */
final class UnclearCommitTest {
    @TempDir
    Path directory;

    private final FailPoints failPoints = new FailPoints();
    private final ProbeStorage probe = new ProbeStorage(new LocalStorage(failPoints));

    private Path store() {
        return directory.resolve("store");
    }

    private Manifest create() {
        return Manifest.create(Stores.env(probe, failPoints), store(), SETTINGS);
    }

    /** Another process's view of the same store: other storage, other fail points. */
    private Manifest other() {
        return Manifest.open(Stores.env(), store(), SETTINGS);
    }

    @Test
    void shouldSucceedOnceWhenRecordWasWrittenButAnswerWasAnError() throws IOException {
        Manifest manifest = create();
        manifest.commit(new Operation.Open("a"));
        probe.after(ProbeStorage.failing("createIfAbsent"));
        ManifestState state = manifest.commit(table("t"));
        assertEquals(2, state.version());
        probe.calm();
        assertEquals(2, manifest.head().version());
        assertEquals(2, Stores.records(store()).size());
    }

    @Test
    void shouldSucceedOnceWhenRecordWasWrittenButAnswerWasThatItExists() throws IOException {
        // An object store's client may retry by itself and then meet its own first attempt.
        Manifest manifest = create();
        probe.repeatCreates();
        assertEquals(1, manifest.commit(table("t")).version());
        assertEquals(1, manifest.head().table("t").tableId());
        assertEquals(1, Stores.records(store()).size());
    }

    /** An OPEN is never in already: only its commit id can tell that this one is. */
    @Test
    void shouldKnowItsRecordByItsIdWhenTheAnswerWasAnError() throws IOException {
        Manifest manifest = create();
        probe.after(ProbeStorage.failing("createIfAbsent"));
        ManifestState opened = manifest.commit(new Operation.Open("mine"));
        assertEquals(1, opened.version());
        assertEquals(1, opened.epoch());
        probe.calm();
        assertEquals(1, Stores.records(store()).size());
        assertEquals(1, other().head().epoch());
    }

    @Test
    void shouldKnowItsRecordByItsIdWhenTheAnswerWasThatItExists() throws IOException {
        Manifest manifest = create();
        probe.repeatCreates();
        ManifestState opened = manifest.commit(new Operation.Open("mine"));
        assertEquals(1, opened.version());
        assertEquals(1, opened.epoch());
        assertEquals(1, Stores.records(store()).size());
    }

    @Test
    void shouldReportItsOwnVersionWhenOthersCommittedBehindARecordWithoutAnswer() throws IOException {
        Manifest manifest = create();
        probe.after((method, path) -> {
            if (method.equals("createIfAbsent")) {
                other().commit(table("theirs"));
                throw new StorageException(Kind.FATAL, "broken createIfAbsent");
            }
        });
        ManifestState opened = manifest.commit(new Operation.Open("mine"));
        probe.calm();
        assertEquals(1, opened.version());
        assertEquals(1, opened.epoch());
        assertEquals(2, manifest.head().version());
        assertEquals(2, Stores.records(store()).size());
        assertEquals(1, other().head().epoch());
    }

    @Test
    void shouldPassTheFailureOnWhenRecordWasNotWritten() throws IOException {
        Manifest manifest = create();
        probe.before((method, path) -> {
            if (method.equals("createIfAbsent")) {
                throw new StorageException(Kind.DISK_FULL, "no room");
            }
        });
        assertEquals(
                "no room",
                assertFails(Kind.DISK_FULL, () -> manifest.commit(table("t"))).getMessage());
        probe.calm();
        assertEquals(0, Stores.records(store()).size());
        assertEquals(1, manifest.commit(table("t")).version());
    }

    @Test
    void shouldSayThatNobodyCanTellWhenSettlingFailsToo() {
        Manifest manifest = create();
        probe.after((method, path) -> {
            if (method.equals("createIfAbsent") || method.equals("list")) {
                throw new StorageException(Kind.FATAL, "broken " + method);
            }
        });
        StorageException e = assertFails(Kind.FATAL, () -> manifest.commit(table("t")));
        assertTrue(e.getMessage().startsWith("commit unclear, it may be in or not: op=CREATE_TABLE, version=1"));
        probe.calm();
        assertEquals(1, manifest.commit(table("t")).version());
    }

    @Test
    void shouldSettleWhenStoppedAfterCreate() {
        Manifest manifest = create();
        failPoints.arm(FailPoint.COMMIT_AFTER_CREATE, () -> {
            throw new IllegalStateException("stopped here");
        });
        assertEquals(1, manifest.commit(table("t")).version());
        assertEquals(1, other().head().version());
    }
}
