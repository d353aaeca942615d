package io.onlap.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the command line in this process and keeps what it said. */
final class Cli {
    /** How a command ended, and what it wrote where. */
    record Result(int status, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    private Cli() {}

    static Result run(String... arguments) {
        return run(InputStream.nullInputStream(), arguments);
    }

    static Result run(String stdin, List<String> arguments) {
        return run(new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)), arguments.toArray(String[]::new));
    }

    static Result run(InputStream stdin, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Result result = run(stdin, out, arguments);
        return new Result(result.status(), out.toString(StandardCharsets.UTF_8), result.err());
    }

    /** The same with a stdout of its own. */
    static Result run(InputStream stdin, OutputStream out, String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                stdin,
                new ResultStream(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new Progress.Style(true, false, false));
        int status = Main.run(console, arguments);
        return new Result(status, "", err.toString(StandardCharsets.UTF_8));
    }
}
