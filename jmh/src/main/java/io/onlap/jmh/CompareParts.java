package io.onlap.jmh;

/**
 * The parts of a comparison, each over one store in a directory of its own.
 *
 * <p>Threading: one thread.
 */
final class CompareParts {
    static final int BATCH_ROWS = 1_000;
    private static final int SCANS = 3;
    /** About 24 MiB: below what makes a store write a file. */
    private static final long MEMORY_ROWS = 100_000;

    private final CompareArguments arguments;
    private final Workload workload;
    private final ResultTable table;
    private final String[] present;
    private final String[] absent;
    private String lastSettings = "";

    CompareParts(CompareArguments arguments, Workload workload, ResultTable table) {
        this.arguments = arguments;
        this.workload = workload;
        this.table = table;
        this.present = workload.presentKeys(arguments.gets());
        this.absent = workload.absentKeys(arguments.gets());
    }

    /** Settings of the store that was opened last. */
    String lastSettings() {
        return lastSettings;
    }

    /** Ingests, then scans and, after single puts, gets. Returns what a scan saw, null if the store cannot scan. */
    ScanSum runIngest(Peer peer, int batchRows) {
        String how = batchRows == 1 ? "single puts" : "batches of " + batchRows;
        try (BenchDirectory directory = BenchDirectory.create(peer.name());
                peer) {
            open(peer, directory, workload);
            Ingest.Times times = Ingest.run(peer, workload, batchRows);
            add("ingest, " + how + ", flushes included", peer, times.totalNs());
            add("ingest, " + how + ", until acknowledged", peer, times.acknowledgedNs());
            if (!peer.isReadable()) {
                return null;
            }
            table.add(Measure.millis("drain after " + how), peer.name(), times.drainNs() / 1e6);
            peer.settle();
            table.add(Measure.mebibytes("size after " + how), peer.name(), directory.bytes() / (double) (1 << 20));
            ScanSum sum = scan(peer);
            if (batchRows == 1) {
                get("get, present, files", peer, present);
                get("get, absent, files", peer, absent);
            }
            return sum;
        }
    }

    private void add(String name, Peer peer, long nanos) {
        table.add(Measure.rate(name), peer.name(), workload.rows() * 1e9 / nanos);
    }

    private ScanSum scan(Peer peer) {
        ScanSum sum = null;
        for (int i = 0; i < SCANS; i++) {
            long start = System.nanoTime();
            sum = peer.scan();
            long nanos = System.nanoTime() - start;
            table.add(Measure.rate("full scan"), peer.name(), sum.rows() * 1e9 / nanos);
        }
        return sum;
    }

    /** Gets of rows that are in no file yet. Returns what a scan of them saw, null if the store cannot scan. */
    ScanSum runMemory(Peer peer) {
        if (!peer.isReadable()) {
            return null;
        }
        Workload small = new Workload(MEMORY_ROWS, workload.floats(), workload.seed(), workload.order());
        try (BenchDirectory directory = BenchDirectory.create(peer.name());
                peer) {
            open(peer, directory, small);
            Ingest.put(peer, small.stream(), small.rows(), BATCH_ROWS);
            get("get, present, memory", peer, small.presentKeys(arguments.gets()));
            get("get, absent, memory", peer, small.absentKeys(arguments.gets()));
            return peer.scan();
        }
    }

    private void get(String name, Peer peer, String[] keys) {
        boolean isMissExpected = keys[0].endsWith("x");
        long start = System.nanoTime();
        for (String key : keys) {
            if ((peer.get(key) == Peer.MISS) != isMissExpected) {
                throw new IllegalStateException("get went wrong: store=" + peer.name() + ", key=" + key);
            }
        }
        long nanos = System.nanoTime() - start;
        table.add(Measure.rate(name), peer.name(), keys.length * 1e9 / nanos);
    }

    /** Latencies of puts: paced and at full speed, of the call and until acknowledged. Returns null. */
    ScanSum runLatency(Peer peer) {
        // The warm-up has fewer rows, and is shorter by as much.
        long pacedRows = arguments.rate() * arguments.latencySeconds() * workload.rows() / arguments.rows();
        for (boolean isUntilAcknowledged : new boolean[] {false, true}) {
            String end = isUntilAcknowledged ? "put until acknowledged" : "put call";
            latency(
                    end + " at " + arguments.rate() + "/s",
                    peer,
                    new PutLatency.Plan(pacedRows, arguments.rate(), isUntilAcknowledged));
            latency(end + " at full speed", peer, new PutLatency.Plan(workload.rows(), 0, isUntilAcknowledged));
        }
        return null;
    }

    private void latency(String name, Peer peer, PutLatency.Plan plan) {
        try (BenchDirectory directory = BenchDirectory.create(peer.name());
                peer) {
            open(peer, directory, workload);
            PutLatency.Outcome outcome = PutLatency.run(peer, workload.stream(), plan);
            table.add(Measure.micros(name + ", p50"), peer.name(), outcome.micros(50));
            table.add(Measure.micros(name + ", p99"), peer.name(), outcome.micros(99));
            table.add(Measure.micros(name + ", p99.9"), peer.name(), outcome.micros(99.9));
            table.add(Measure.micros(name + ", max"), peer.name(), outcome.maxMicros());
            table.add(Measure.rate(name + ", reached"), peer.name(), outcome.rowsPerSecond());
        }
    }

    private void open(Peer peer, BenchDirectory directory, Workload rows) {
        System.gc(); // the garbage of the store before is not this one's
        peer.open(directory.path(), rows, PeerSettings.defaults());
        lastSettings = peer.settings();
    }
}
