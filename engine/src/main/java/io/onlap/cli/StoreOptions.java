package io.onlap.cli;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options of every command.
 *
 * <p>Threading: filled before the command runs, then only read.
 */
final class StoreOptions {
    @Option(names = "--store", required = true, paramLabel = "DIR", description = "Directory of the store.")
    private Path store;

    @Mixin
    private OutputOptions output;

    Path store() {
        return store;
    }

    boolean json() {
        return output.json();
    }
}
