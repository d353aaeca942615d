package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.Env;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random operations: the state from checkpoint and log is the state from the log alone, and what a plain model says. */
final class ManifestModelTest {
    @TempDir
    Path store;

    @Test
    void shouldReachTheSameStateFromCheckpointAndFromLogAlone() throws IOException {
        long seed = System.nanoTime();
        System.out.println("ManifestModelTest: seed=" + seed);
        Random random = new Random(seed);
        Env env = Stores.env();
        ManifestSettings settings = new ManifestSettings(1 + random.nextInt(20), 10, 0, 0, seed);
        Manifest manifest = Manifest.create(env, store, settings);
        Map<String, List<String>> model = new TreeMap<>();
        long epoch = 0;
        long generation = 0;
        for (int step = 0; step < 150; step++) {
            int choice = random.nextInt(10);
            if (choice == 0 || epoch == 0) {
                epoch = manifest.commit(new Operation.Open("owner-" + step)).epoch();
            } else if (choice < 4) {
                String path = "t/" + random.nextInt(30);
                manifest.commit(Stores.table(path));
                model.putIfAbsent(path, new ArrayList<>());
            } else if (choice == 4) {
                manifest = Manifest.open(env, store, settings);
            } else {
                manifest.commit(flush(epoch, ++generation, manifest.head(), model, random));
            }
            assertEquals(model, tables(manifest.head()), "step " + step);
        }
        String expected = Stores.describe(manifest.head());
        String fromCheckpoint =
                Stores.describe(Manifest.open(env, store, settings).head());
        assertEquals(expected, fromCheckpoint);
        Files.deleteIfExists(manifest.layout().hint());
        for (String name : env.storage().list(manifest.layout().checkpoints())) {
            Files.delete(manifest.layout().checkpoints().resolve(name));
        }
        assertEquals(
                expected, Stores.describe(Manifest.open(env, store, settings).head()));
    }

    private static Operation.Flush flush(
            long epoch, long generation, ManifestState head, Map<String, List<String>> model, Random random) {
        List<SegmentFile> segments = new ArrayList<>();
        for (TableEntry table : head.tables()) {
            if (random.nextInt(4) == 0) {
                SegmentFile segment =
                        Stores.segment("g" + generation + "-" + table.tableId(), table.tableId(), generation);
                segments.add(segment);
                model.get(table.path()).add(segment.name());
            }
        }
        return Stores.flush(epoch, generation, segments.toArray(SegmentFile[]::new));
    }

    private static Map<String, List<String>> tables(ManifestState state) {
        Map<String, List<String>> tables = new TreeMap<>();
        for (TableEntry table : state.tables()) {
            tables.put(
                    table.path(),
                    table.segments().stream().map(SegmentFile::name).toList());
        }
        return tables;
    }
}
