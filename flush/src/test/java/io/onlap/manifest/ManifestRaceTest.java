package io.onlap.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.onlap.io.ChildJvm;
import io.onlap.io.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
    private static final int VERSIONS = 2_000;

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

    @Test
    void shouldHaveOneWinnerForEachVersionWhenAllThreadsOfAllProcessesTryToCreateIt() throws Exception {
        StoreLayout layout = Manifest.create(Stores.env(), store).layout();
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int process = 0; process < PROCESSES; process++) {
                children.add(ChildJvm.start(Creator.class, store.toString(), String.valueOf(process)));
            }
            Map<Long, String> winners = new TreeMap<>();
            for (ChildJvm child : children) {
                for (String line = child.readLine(); line != null; line = child.readLine()) {
                    String[] won = line.split(" ", 2);
                    assertNull(winners.put(Long.valueOf(won[0]), won[1]), () -> "two winners: version=" + won[0]);
                }
                assertEquals(0, child.waitFor());
            }
            assertEquals(VERSIONS, winners.size());
            assertEquals(
                    VERSIONS, Stores.env().storage().list(layout.manifest()).size(), "temporary files left");
            for (long version = 1; version <= VERSIONS; version++) {
                byte[] record = Files.readAllBytes(layout.record(version));
                assertEquals(winners.get(version), new String(record, StandardCharsets.UTF_8), "version=" + version);
            }
        } finally {
            children.forEach(ChildJvm::close);
        }
    }

    /** The child: each thread tries each version in turn and prints those it won, with what it wrote. */
    static final class Creator {
        private Creator() {}

        public static void main(String[] arguments) throws InterruptedException {
            StoreLayout layout = new StoreLayout(Path.of(arguments[0]));
            Storage storage = Stores.env().storage();
            List<Thread> threads = new ArrayList<>();
            for (int number = 0; number < THREADS; number++) {
                String name = "process " + arguments[1] + " thread " + number;
                threads.add(new Thread(() -> createAll(storage, layout, name)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private static void createAll(Storage storage, StoreLayout layout, String name) {
            for (long version = 1; version <= VERSIONS; version++) {
                String content = name + " version " + version;
                if (storage.createIfAbsent(layout.record(version), content.getBytes(StandardCharsets.UTF_8))) {
                    System.out.println(version + " " + content);
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
