package io.onlap.cli;

import io.onlap.Counter;
import io.onlap.Health;
import io.onlap.Inspection;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code stat}: what the owner of a store tells of itself; if none lives, what the last one told. Rates are over the last
 * second, or over half a second without {@code --watch}.
 *
 * <p>Threading: one thread.
 */
@Command(name = "stat", description = "Shows rates, memory, generations, stalls, owner.")
final class StatCommand implements Callable<Integer> {
    private static final long WATCH_NS = 1_000_000_000;
    private static final long ONCE_NS = 500_000_000;

    private final Console console;

    @Mixin
    private StoreOptions store;

    @Option(names = "--watch", description = "Every second, until it is stopped.")
    private boolean watch;

    StatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Map<Counter, Long> before = Inspection.counters(store.store());
        try (StopSignal stop = StopSignal.install()) {
            do {
                if (watch || isAlive(before)) {
                    rest(watch ? WATCH_NS : ONCE_NS, stop);
                }
                Map<Counter, Long> now = Inspection.counters(store.store());
                show(before, now, isAlive(now));
                console.out().flush();
                before = now;
            } while (watch && !stop.isRequested());
            return stop.isRequested() ? Exits.INTERRUPTED : Exits.DONE;
        }
    }

    private static void rest(long ns, StopSignal stop) {
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < ns && !stop.isRequested()) {
            LockSupport.parkNanos(Math.min(50_000_000, ns));
        }
    }

    /** Does the owner live that told these? */
    private boolean isAlive(Map<Counter, Long> counters) {
        return !counters.isEmpty() && Inspection.ownerLives(store.store(), counters.get(Counter.EPOCH));
    }

    private void show(Map<Counter, Long> before, Map<Counter, Long> now, boolean alive) throws IOException {
        if (now.isEmpty()) {
            console.out().line(store.json() ? "{\"owner\":null}" : "no owner has told anything yet");
            return;
        }
        Map<String, Object> all = values(before, now, alive);
        if (store.json()) {
            console.out().line(Json.text(all));
        } else if (watch) {
            console.out().line(oneLine(before, now, alive));
        } else {
            TextTable lines = new TextTable(console.out(), new String[] {"what", "value"}, new boolean[2]);
            for (Map.Entry<String, Object> value : all.entrySet()) {
                Object shown = value.getValue();
                boolean number = shown instanceof Long && !value.getKey().equals("pid");
                lines.add(
                        value.getKey(),
                        number ? String.format(Locale.ROOT, "%,d", (Long) shown) : String.valueOf(shown));
            }
            lines.end();
        }
    }

    @SuppressWarnings("EnumOrdinal") // counters are numbers
    private static Map<String, Object> values(Map<Counter, Long> before, Map<Counter, Long> now, boolean alive) {
        boolean stalled = now.get(Counter.STALLED) != 0;
        Map<String, Object> all = Json.map(
                "pid", now.get(Counter.PID),
                "alive", alive,
                "epoch", now.get(Counter.EPOCH),
                "openedAt", Instant.ofEpochMilli(now.get(Counter.OPENED_MILLIS)).toString(),
                "updatedAt",
                        Instant.ofEpochMilli(now.get(Counter.UPDATED_MILLIS)).toString(),
                "health", Health.State.values()[now.get(Counter.HEALTH).intValue()].name(),
                "rowsPerSecond", alive ? rate(Counter.ROWS, before, now) : 0,
                "batchesPerSecond", alive ? rate(Counter.VISIBLE_SEQUENCE, before, now) : 0,
                "rows", now.get(Counter.ROWS),
                "visibleSequence", now.get(Counter.VISIBLE_SEQUENCE),
                "durableSequence", now.get(Counter.DURABLE_SEQUENCE));
        all.putAll(Json.map(
                "activeGeneration", now.get(Counter.ACTIVE_GENERATION),
                "sealedGenerations", now.get(Counter.SEALED_GENERATIONS),
                "flushedGeneration", now.get(Counter.FLUSHED_GENERATION),
                "activeBytes", now.get(Counter.ACTIVE_BYTES),
                "sealedBytes", now.get(Counter.SEALED_BYTES),
                "inFlightBytes", now.get(Counter.IN_FLIGHT_BYTES),
                "memoryBudgetBytes", now.get(Counter.MEMORY_BUDGET_BYTES),
                "allocatedBytes", now.get(Counter.ALLOCATED_BYTES),
                "walBytes", now.get(Counter.WAL_BYTES),
                "manifestVersion", now.get(Counter.MANIFEST_VERSION),
                "tables", now.get(Counter.TABLES),
                "segmentFiles", now.get(Counter.SEGMENT_FILES),
                "stalls", now.get(Counter.STALLS),
                "stalledMillis", now.get(Counter.STALLED_NS) / 1_000_000,
                "stalled", stalled,
                "stallReason", stalled ? "memory budget full: generations wait for their flush" : ""));
        return all;
    }

    private static long rate(Counter counter, Map<Counter, Long> before, Map<Counter, Long> now) {
        if (before.isEmpty() || !before.get(Counter.EPOCH).equals(now.get(Counter.EPOCH))) {
            return 0;
        }
        long ns = now.get(Counter.UPDATED_NS) - before.get(Counter.UPDATED_NS);
        return ns <= 0 ? 0 : Math.round((now.get(counter) - before.get(counter)) * 1e9 / ns);
    }

    private static String oneLine(Map<Counter, Long> before, Map<Counter, Long> now, boolean alive) {
        long memory = now.get(Counter.ACTIVE_BYTES) + now.get(Counter.SEALED_BYTES) + now.get(Counter.IN_FLIGHT_BYTES);
        String owner = "pid " + now.get(Counter.PID) + (alive ? "" : " (gone)");
        return Instant.ofEpochMilli(now.get(Counter.UPDATED_MILLIS))
                + "  "
                + owner
                + String.format(
                        Locale.ROOT,
                        "  %,d rows/s  memory %,d of %,d MiB  active %d, sealed %d, flushed %d  log %,d MiB"
                                + "  stalls %d (%,d ms)%s",
                        alive ? rate(Counter.ROWS, before, now) : 0,
                        memory >> 20,
                        now.get(Counter.MEMORY_BUDGET_BYTES) >> 20,
                        now.get(Counter.ACTIVE_GENERATION),
                        now.get(Counter.SEALED_GENERATIONS),
                        now.get(Counter.FLUSHED_GENERATION),
                        now.get(Counter.WAL_BYTES) >> 20,
                        now.get(Counter.STALLS),
                        now.get(Counter.STALLED_NS) / 1_000_000,
                        now.get(Counter.STALLED) != 0 ? "  STALLED: memory budget full" : "");
    }
}
