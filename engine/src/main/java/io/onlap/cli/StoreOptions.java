package io.onlap.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/**
 * The options of every command.
 *
 * <p>Threading: filled before the command runs, then only read.
 */
final class StoreOptions {
    @Option(names = "--store", required = true, paramLabel = "DIR", description = "Directory of the store.")
    private Path store;

    @Option(names = "--json", description = "Results as JSON.")
    private boolean json;

    @Option(names = "--trace", description = "With a failure, its stack trace.")
    private boolean trace;

    Path store() {
        return store;
    }

    boolean json() {
        return json;
    }

    boolean trace() {
        return trace;
    }
}
