package io.onlap.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How a command tells its results and failures.
 *
 * <p>Threading: filled before the command runs, then only read.
 */
final class OutputOptions {
    @Mixin
    @SuppressWarnings("UnusedVariable") // the library reads it
    private HelpOption help;

    @Option(names = "--json", description = "Results as JSON.")
    private boolean json;

    @Option(names = "--trace", description = "With a failure, its stack trace.")
    private boolean trace;

    boolean json() {
        return json;
    }

    boolean trace() {
        return trace;
    }
}
