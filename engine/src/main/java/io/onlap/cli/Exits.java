package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What a command's end means to a script: the exit status, and a first word on stderr that is the kind of failure. Never a stack
 * trace unless {@code --trace} asks for it.
 *
 * <p>Threading: one thread.
 */
final class Exits {
    static final int DONE = 0;
    /** {@code verify} or {@code demo} found a fault, or {@code get} missed a key. */
    static final int FAULT = 1;
    /** Usage, INVALID, bad input. */
    static final int INVALID = 2;
    /** Every other kind. */
    static final int FAILED = 3;
    /** After SIGINT: what the JVM exits with by itself. */
    static final int INTERRUPTED = 130;

    private static final String TRACE_OPTION = "--trace";

    private Exits() {}

    /** Makes {@code line} end as this class says. */
    static void install(CommandLine line) {
        line.setParameterExceptionHandler((e, arguments) -> usage(e));
        line.setExecutionExceptionHandler((e, command, parsed) -> failure(e, command, isTraced(parsed)));
    }

    private static int usage(ParameterException e) {
        PrintWriter err = e.getCommandLine().getErr();
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        err.println(Kind.INVALID + ": " + oneLine(e.getMessage()) + " (see " + command + " --help)");
        err.flush();
        return INVALID;
    }

    /** Prints what stopped a command and says its exit status. */
    static int failure(Exception e, CommandLine command, boolean trace) {
        if (e instanceof ClosedOutputException) {
            return DONE; // whoever read our output has seen enough
        }
        PrintWriter err = command.getErr();
        StorageException failure = toStorageException(e);
        err.println(failure.kind() + ": " + oneLine(failure.getMessage()));
        if (trace) {
            e.printStackTrace(err);
        }
        err.flush();
        return failure.kind() == Kind.INVALID ? INVALID : FAILED;
    }

    private static StorageException toStorageException(Exception e) {
        if (e instanceof StorageException storage) {
            return storage;
        } else if (e instanceof BadLineException bad) {
            return bad.toStorageException();
        } else if (e instanceof NoSuchFileException missing) {
            return new StorageException(Kind.NOT_FOUND, "no such file: file=" + missing.getFile(), e);
        } else if (e instanceof IOException) {
            return new StorageException(Kind.FATAL, "input or output failed: cause=" + e, e);
        }
        return new StorageException(Kind.FATAL, "unexpected failure: cause=" + e, e);
    }

    private static boolean isTraced(ParseResult parsed) {
        return parsed.asCommandLineList().stream()
                .anyMatch(line -> line.getParseResult().hasMatchedOption(TRACE_OPTION));
    }

    private static String oneLine(String message) {
        return String.valueOf(message).replaceAll("\\s*\\R\\s*", " ");
    }
}
