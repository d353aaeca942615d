package io.onlap.jmh;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The options of {@code compare}.
 *
 * @param rows rows of each ingestion
 * @param rounds how often everything is measured
 * @param warmupRows rows of the round before, which is not counted; 0 for no such round
 * @param stores names of the peers, the first one is what the others are compared with
 * @param floats length of the embedding in each row, 0 for none
 * @param order of keys
 * @param gets gets per round, for hits and for misses each
 * @param rate puts per second of the paced latencies
 * @param latencySeconds how long those run
 * @param only parts to run
 * @param isHelp was only help asked for?
 */
record CompareArguments(
        long rows,
        int rounds,
        long warmupRows,
        List<String> stores,
        int floats,
        KeyOrder order,
        int gets,
        long rate,
        int latencySeconds,
        Set<String> only,
        boolean isHelp) {
    static final Set<String> PARTS = Set.of("single", "batch", "memory", "latency");
    static final String USAGE =
            """
            compare: stores side by side on the same rows, in rounds, as one table in Markdown

              --rows N             rows of each ingestion (2000000)
              --rounds N           rounds (3)
              --warmup-rows N      rows of a first round that does not count (200000; 0: none)
              --stores A,B         the first is compared with each other (onlap,rocksdb,chronicle,none;
                                   rocksdb only in a build with -Ppeers)
              --floats N           embedding of N floats in each row (0)
              --keys ORDER         sessions or random (sessions)
              --gets N             gets per round (200000)
              --rate N             puts per second of the paced latencies (100000)
              --latency-seconds N  how long those run (10)
              --only A,B           single (with scan and get), batch, memory, latency (all)
              --dir DIR            where stores are made (the temp directory)""";

    /** IllegalArgumentException names the option that is wrong. */
    static CompareArguments parse(String... args) {
        Parser parser = new Parser(args);
        boolean isHelp = parser.takeFlag("--help");
        CompareArguments parsed = new CompareArguments(
                parser.take("--rows", 2_000_000, 1),
                (int) parser.take("--rounds", 3, 1),
                parser.take("--warmup-rows", 200_000, 0),
                stores(parser.take("--stores", "")),
                (int) parser.take("--floats", 0, 0),
                order(parser.take("--keys", "sessions")),
                (int) parser.take("--gets", 200_000, 1),
                parser.take("--rate", 100_000, 1),
                (int) parser.take("--latency-seconds", 10, 1),
                parts(parser.take("--only", "")),
                isHelp);
        String directory = parser.take("--dir", "");
        if (!directory.isEmpty()) {
            System.setProperty(BenchDirectory.PARENT_PROPERTY, directory);
        }
        parser.end();
        return parsed;
    }

    private static List<String> stores(String text) {
        if (!text.isEmpty()) {
            return List.of(text.split(",", -1));
        }
        return List.of("onlap", "rocksdb", "chronicle", "none").stream()
                .filter(Peers::has)
                .toList();
    }

    private static KeyOrder order(String text) {
        try {
            return KeyOrder.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("no such order of keys: option=--keys, value=" + text, e);
        }
    }

    private static Set<String> parts(String text) {
        if (text.isEmpty()) {
            return PARTS;
        }
        Set<String> parts = Set.of(text.split(",", -1));
        if (!PARTS.containsAll(parts)) {
            throw new IllegalArgumentException("no such part: option=--only, value=" + text + ", parts=" + PARTS);
        }
        return parts;
    }

    /**
     * Takes options one by one; what is left at the end is not known.
     *
     * <p>Threading: one thread.
     */
    private static final class Parser {
        private final List<String> left;

        Parser(String... args) {
            this.left = new java.util.ArrayList<>(List.of(args));
        }

        boolean takeFlag(String name) {
            return left.remove(name);
        }

        String take(String name, String otherwise) {
            int at = left.indexOf(name);
            if (at < 0) {
                return otherwise;
            }
            if (at + 1 == left.size()) {
                throw new IllegalArgumentException("value missing: option=" + name);
            }
            left.remove(at);
            return left.remove(at);
        }

        long take(String name, long otherwise, long min) {
            String text = take(name, Long.toString(otherwise));
            try {
                long value = Long.parseLong(text);
                if (value < min || value > Integer.MAX_VALUE) {
                    throw new IllegalArgumentException(
                            "value out of range: option=" + name + ", value=" + text + ", min=" + min);
                }
                return value;
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("value is no number: option=" + name + ", value=" + text, e);
            }
        }

        void end() {
            if (!left.isEmpty()) {
                throw new IllegalArgumentException("unknown option: option=" + left.get(0));
            }
        }
    }
}
