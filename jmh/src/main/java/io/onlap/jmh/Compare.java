package io.onlap.jmh;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures stores side by side in one process: every round runs every part over every store, one after the other, in an
 * order that turns with each round, so that whatever drifts in the machine meets all of them.
 *
 * <p>Invariant: all readable stores hold the same rows; a scan that consumed anything else than the others makes the
 * comparison fail.
 *
 * <p>Threading: one thread.
 */
final class Compare {
    private static final long SEED = 1;

    private final CompareArguments arguments;
    private final PrintStream progress;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> disagreements = new ArrayList<>();

    Compare(CompareArguments arguments, PrintStream progress) {
        this.arguments = arguments;
        this.progress = progress;
    }

    /** Runs everything and prints the table. Returns false if the stores did not agree on the rows. */
    boolean run(PrintStream out) {
        arguments.stores().forEach(Peers::named); // an unknown name is told before minutes of work
        if (arguments.warmupRows() > 0) {
            progress.println("warm-up");
            runRound(0, arguments.warmupRows(), new ResultTable(arguments.stores()));
        }
        ResultTable table = new ResultTable(arguments.stores());
        for (int round = 1; round <= arguments.rounds(); round++) {
            progress.println("round " + round + " of " + arguments.rounds());
            runRound(round, arguments.rows(), table);
        }
        print(out, table);
        return disagreements.isEmpty();
    }

    private void runRound(int round, long rows, ResultTable table) {
        List<String> order = new ArrayList<>(arguments.stores());
        Collections.rotate(order, round);
        Workload workload = new Workload(rows, arguments.floats(), SEED, arguments.order());
        CompareParts parts = new CompareParts(arguments, workload, table);
        for (String part : List.of("single", "batch", "memory", "latency")) {
            if (arguments.only().contains(part)) {
                Map<String, ScanSum> sums = new LinkedHashMap<>();
                for (String store : order) {
                    progress.println("  " + part + " " + store);
                    runPart(parts, part, store, sums);
                }
                checkAgreement(part, sums);
            }
        }
    }

    private void runPart(CompareParts parts, String part, String store, Map<String, ScanSum> sums) {
        Peer peer = Peers.named(store);
        ScanSum sum =
                switch (part) {
                    case "single" -> parts.runIngest(peer, 1);
                    case "batch" -> parts.runIngest(peer, CompareParts.BATCH_ROWS);
                    case "memory" -> parts.runMemory(peer);
                    default -> parts.runLatency(peer);
                };
        settings.put(store, parts.lastSettings());
        if (sum != null) {
            sums.put(store, sum);
        }
    }

    private void checkAgreement(String part, Map<String, ScanSum> sums) {
        if (sums.values().stream().distinct().count() > 1) {
            disagreements.add("scans consumed different rows: part=" + part + ", sums=" + sums);
        }
    }

    private void print(PrintStream out, ResultTable table) {
        Runtime runtime = Runtime.getRuntime();
        out.println("rows=" + arguments.rows() + ", floats=" + arguments.floats() + ", keys=" + arguments.order()
                + ", rewrites=1 in " + Workload.REWRITE_EVERY + ", rounds=" + arguments.rounds() + ", gets="
                + arguments.gets());
        out.println();
        out.println(
                "java=" + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + "), heapMiB="
                        + (runtime.maxMemory() >> 20) + ", cores=" + runtime.availableProcessors() + ", os="
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        out.println();
        arguments.stores().forEach(store -> out.println("- " + store + ": " + settings.get(store)));
        out.println();
        out.print(table.toMarkdown());
        out.println();
        out.println("A ratio above 1 means that " + arguments.stores().get(0)
                + " is better by that factor; all are of medians.");
        disagreements.forEach(line -> out.println("FAULT: " + line));
    }
}
