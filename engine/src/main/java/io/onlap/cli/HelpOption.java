package io.onlap.cli;

import picocli.CommandLine.Option;

/**
 * The help of a command. The library's own mixin would bring {@code --version} too, which the program has and no command:
 * a command that takes a version of its rows must not answer with silence where it does not know it yet.
 *
 * <p>Threading: filled before the command runs, then only read.
 */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // the library reads it
    private boolean help;
}
