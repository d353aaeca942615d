package io.onlap.cli;

import io.onlap.Engine;
import io.onlap.Scan;
import io.onlap.Table;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads a store that another process writes, over and over: takes the newest view, looks up a key that was acknowledged before
 * that, counts, and scans the last rows.
 *
 * <p>Threading: its own thread reads; the starter wants, ends, and asks for results after that.
 */
final class DemoReader implements AutoCloseable {
    private static final int LAST_ROWS = 20;

    private final Path store;
    private final String path;
    private final Thread thread = new Thread(this::run, "onlap-demo-reader");
    private final BlockingQueue<String> wanted = new ArrayBlockingQueue<>(1);
    private volatile boolean ending;
    private RuntimeException failure;
    private Engine engine;
    private Table table;
    private long lookups;
    private long missing;
    private long scanned;
    private long lastCount;

    static DemoReader start(Path store, String path) {
        DemoReader reader = new DemoReader(store, path);
        reader.thread.setDaemon(true);
        reader.thread.start();
        return reader;
    }

    private DemoReader(Path store, String path) {
        this.store = store;
        this.path = path;
    }

    /** Has {@code key} looked up, which is acknowledged; the newest one wanted is. */
    void want(String key) {
        wanted.poll();
        wanted.add(key);
    }

    /**
     * Ends after the read in hand.
     *
     * @throws RuntimeException what made a read fail
     */
    void end() throws InterruptedException {
        ending = true;
        thread.join();
        if (failure != null) {
            throw failure;
        }
    }

    private void run() {
        try {
            while (!ending) {
                String key = wanted.poll(20, TimeUnit.MILLISECONDS);
                if (key != null) {
                    read(key);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e; // thrown again by end()
        } finally {
            if (engine != null) {
                engine.close();
            }
        }
    }

    private void read(String key) {
        if (engine == null) {
            engine = Engine.openReadOnly(store);
            table = engine.table(path);
        } else {
            engine.refresh();
        }
        lookups++;
        missing += table.get(key).isPresent() ? 0 : 1;
        long count = table.count();
        if (count < lastCount) {
            throw new StorageException(Kind.CORRUPT, "rows vanished: before=" + lastCount + ", now=" + count);
        }
        lastCount = count;
        try (Scan scan = table.scan().reverse().limit(LAST_ROWS).open()) {
            while (scan.next()) {
                scanned += scan.batch().getRowCount();
            }
        }
    }

    long lookups() {
        return lookups;
    }

    /** Acknowledged keys that were not found. */
    long missing() {
        return missing;
    }

    String summary() {
        return String.format(
                Locale.ROOT,
                "%d times: get, count (up to %,d), the last rows (%,d in all)",
                lookups,
                lastCount,
                scanned);
    }

    /** Lets the thread end by itself after the read in hand. */
    @Override
    public void close() {
        ending = true;
    }
}
