package io.onlap.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What a command reads and writes: its input, its results, and all that is said beside them.
 *
 * <p>Invariant: what stops a command comes before any note, since scripts read the first word on stderr.
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

    /** Progress of this command, shown if it is {@code wanted}. */
    Progress progress(boolean wanted, LongSupplier memoryBytes) {
        return new Progress(err, style.shownIf(wanted), System::nanoTime, memoryBytes);
    }

    /** Says what stopped the command. */
    void fail(String text) {
        err.println(text);
        err.flush();
    }

    /** Keeps something that is no result until {@link #noteHeld}. */
    void hold(String text) {
        held.add(text);
    }

    /** Says what was held. */
    void noteHeld() {
        held.forEach(err::println);
        err.flush();
        held.clear();
    }
}
