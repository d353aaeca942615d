package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.Env;
import io.onlap.io.FailPoints;
import io.onlap.io.LocalStorage;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a commit and an open ask of the disk does not grow with history. */
final class ManifestCostTest {
    private static final int CHECKPOINT_EVERY = 8;

    @TempDir
    Path store;

    private final FailPoints failPoints = new FailPoints();
    private final ProbeStorage probe = new ProbeStorage(new LocalStorage(failPoints));
    private final Env env = Stores.env(probe, failPoints);
    private final ManifestSettings settings = new ManifestSettings(CHECKPOINT_EVERY, 10, 0, 0, 1);

    @Test
    void shouldAskTheSameOfTheDiskWhateverTheDepth() {
        Manifest manifest = Manifest.create(env, store, settings);
        manifest.commit(new Operation.Open("a"));
        Map<String, Integer> commitAtTen = commitCost(manifest, 10);
        Map<String, Integer> openAtTen = openCost();
        assertEquals(Map.of("createIfAbsent", 1, "list", 1), commitAtTen);
        int deep = 10 + 250 * CHECKPOINT_EVERY;
        Map<String, Integer> commitDeep = commitCost(manifest, deep);
        assertEquals(commitAtTen, commitDeep);
        assertEquals(openAtTen, openCost());
    }

    /** Commits empty flushes, so that the state stays as large as it was; the calls of the one that makes {@code depth}. */
    private Map<String, Integer> commitCost(Manifest manifest, int depth) {
        while (manifest.head().version() < depth - 1) {
            manifest.commit(Stores.flush(1, manifest.head().flushedGeneration() + 1));
        }
        probe.takeCalls();
        manifest.commit(Stores.flush(1, manifest.head().flushedGeneration() + 1));
        assertEquals(depth, manifest.head().version());
        return probe.takeCalls();
    }

    private Map<String, Integer> openCost() {
        probe.takeCalls();
        Manifest.open(env, store, settings);
        return probe.takeCalls();
    }
}
