package io.onlap.cli;

import picocli.CommandLine.Option;

/**
 * The option of every command that is about one table.
 *
 * <p>Threading: filled before the command runs, then only read.
 */
final class TableOption {
    @Option(names = "--table", required = true, paramLabel = "P", description = "Path of the table.")
    private String path;

    String path() {
        return path;
    }
}
