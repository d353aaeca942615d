package io.onlap.cli;

import picocli.CommandLine.Option;

/**
 * The option of every command that takes long.
 *
 * <p>Threading: filled before the command runs, then only read.
 */
final class ProgressOption {
    @Option(names = "--progress", description = "Tell how it goes also where stderr is no terminal.")
    private boolean asked;

    boolean asked() {
        return asked;
    }
}
