package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.onlap.io.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of four threads commit at once: dense, one winner for each version, everything in. */
final class ManifestRaceTest {
    private static final int PROCESSES = 2;
    private static final int THREADS = 4;
    private static final int COMMITS = Integer.getInteger("onlap.race.commits", 100);

    @TempDir
    Path store;

    @Test
    void shouldHaveOneWinnerForEachVersionWhenProcessesRace() throws Exception {
        Manifest manifest = Manifest.create(Stores.env(), store);
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int process = 0; process < PROCESSES; process++) {
                children.add(ChildJvm.start(
                        Committer.class, store.toString(), String.valueOf(process), String.valueOf(COMMITS)));
            }
            Set<String> won = new HashSet<>();
            for (ChildJvm child : children) {
                for (int i = 0; i < THREADS * COMMITS; i++) {
                    won.add(child.readLine());
                }
                assertEquals(0, child.waitFor());
            }
            int total = PROCESSES * THREADS * COMMITS;
            assertEquals(total, won.size(), "each version was reported to one committer");
            ManifestState head = manifest.refresh();
            assertEquals(total, head.version());
            assertEquals(total, Stores.records(store).size());
            assertAllIn(head);
            assertEquals(
                    Stores.describe(head),
                    Stores.describe(Manifest.open(Stores.env(), store).head()));
        } finally {
            children.forEach(ChildJvm::close);
        }
    }

    private static void assertAllIn(ManifestState head) {
        for (int process = 0; process < PROCESSES; process++) {
            for (int thread = 0; thread < THREADS; thread++) {
                for (int i = 0; i < COMMITS; i++) {
                    String path = Committer.path(process, thread, i);
                    assertNotNull(head.table(path), path);
                }
            }
        }
    }

    /** The child: prints each version it was told it made. Threads share one manifest in pairs. */
    static final class Committer {
        private Committer() {}

        static String path(int process, int thread, int commit) {
            return "p" + process + "/t" + thread + "/" + commit;
        }

        public static void main(String[] arguments) throws InterruptedException, ExecutionException, IOException {
            Path store = Path.of(arguments[0]);
            int process = Integer.parseInt(arguments[1]);
            int commits = Integer.parseInt(arguments[2]);
            List<Manifest> manifests = List.of(Manifest.open(Stores.env(), store), Manifest.open(Stores.env(), store));
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                done.add(threads.submit(() -> {
                    Manifest manifest = manifests.get(number % 2);
                    for (int i = 0; i < commits; i++) {
                        ManifestState state = manifest.commit(Stores.table(path(process, number, i)));
                        System.out.println(state.version());
                    }
                }));
            }
            try {
                for (Future<?> future : done) {
                    future.get();
                }
            } finally {
                threads.shutdownNow(); // else a failure would leave this process waiting
            }
        }
    }
}
