package io.onlap.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command reads and writes: its input, its results, and all that is said beside them.
 *
 * @param style how progress may look on {@code err}
 *     <p>Threading: one thread.
 */
record Console(InputStream in, ResultStream out, PrintStream err, Progress.Style style) {
    /** That of this process. */
    static Console ofProcess() {
        return new Console(
                new StdinStream(),
                ResultStream.stdout(),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                Progress.Style.ofProcess());
    }

    /** Says something that is no result. */
    void note(String text) {
        err.println(text);
        err.flush();
    }
}
