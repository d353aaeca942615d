package io.onlap.cli;

import picocli.CommandLine.Option;

/**
 * The option of every command that takes long.
 *
 * <p>Threading: filled before the command runs, then only read.
 */
final class ProgressOption {
    @Option(
            names = "--no-progress",
            description = "Say nothing of how it goes: what is on stderr begins with the failure.")
    private boolean refused;

    boolean wanted() {
        return !refused;
    }
}
