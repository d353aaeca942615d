package io.onlap.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command reads and writes: its input, its results, and all that is said beside them.
 *
 * <p>Threading: one thread.
 *
 * @param style how progress may look on {@code err}
 * @param held notes for the end
 */
record Console(InputStream in, ResultStream out, PrintStream err, Progress.Style style, List<String> held) {
    Console(InputStream in, ResultStream out, PrintStream err, Progress.Style style) {
        this(in, out, err, style, new ArrayList<>());
    }

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

    /** Keeps a note until {@link #noteHeld}: what stops a command comes first, since scripts read its first word. */
    void hold(String text) {
        held.add(text);
    }

    /** Says what was held. */
    void noteHeld() {
        held.forEach(this::note);
        held.clear();
    }
}
