package io.onlap.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells on stderr how a long command goes: rows, rate, memory, and with a known end the time left. On a terminal one line that is
 * rewritten, with a bar, and taken away at the end; elsewhere a plain line now and then. Nothing with {@code --no-progress}:
 * scripts then read the kind of a failure from the first word there.
 *
 * <p>Threading: one thread.
 */
final class Progress implements AutoCloseable {
    private static final long TERMINAL_INTERVAL_NS = 200_000_000L;
    private static final long PLAIN_INTERVAL_NS = 5_000_000_000L;
    private static final int BAR_CHARS = 24;
    private static final String BAR_COLOR = "\u001b[36m";
    private static final String RESET = "\u001b[0m";
    private static final String ERASE_LINE = "\r\u001b[K";

    /** Whether there are lines, and how they may look. */
    record Style(boolean shown, boolean terminal, boolean color) {
        /** As the script that started us found stderr, and as {@code NO_COLOR} asks. */
        static Style ofProcess() {
            String noColor = System.getenv("NO_COLOR");
            boolean terminal = Boolean.getBoolean("onlap.stderr.terminal");
            return new Style(true, terminal, noColor == null || noColor.isEmpty());
        }

        /** The same, but shown only if it is {@code wanted}. */
        Style shownIf(boolean wanted) {
            return new Style(shown && wanted, terminal, color);
        }
    }

    private final PrintStream err;
    private final Style style;
    private final LongSupplier nanoTime;
    private final LongSupplier memoryBytes;
    private boolean begun;
    private long startNs;
    private long startRows;
    private double startFraction;
    private long nextNs;
    private boolean barStands;

    /**
     * @param nanoTime a clock like {@code System.nanoTime}
     * @param memoryBytes memory the engine holds now
     */
    Progress(PrintStream err, Style style, LongSupplier nanoTime, LongSupplier memoryBytes) {
        this.err = err;
        this.style = style;
        this.nanoTime = nanoTime;
        this.memoryBytes = memoryBytes;
    }

    private long interval() {
        return style.terminal() ? TERMINAL_INTERVAL_NS : PLAIN_INTERVAL_NS;
    }

    /** A line of its own: what begins now. */
    void say(String step) {
        if (style.shown()) {
            close();
            err.println(step);
            err.flush();
        }
    }

    /**
     * Call it as often as you like. The first call says where the work begins: rate and time left count from there, without
     * what came before, the start of a JVM for example.
     *
     * @param fraction how much of the work is done, 0 to 1; negative if the end is not known
     */
    void update(long rows, double fraction) {
        if (!style.shown()) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (!begun) {
            begun = true;
            startNs = now;
            startRows = rows;
            startFraction = fraction;
            nextNs = now + interval();
            return;
        }
        if (now - nextNs < 0) {
            return;
        }
        nextNs = now + interval();
        double seconds = Math.max(1e-9, (now - startNs) / 1e9);
        StringBuilder line = new StringBuilder();
        if (style.terminal() && fraction >= 0) {
            line.append(bar(fraction)).append(' ');
        }
        line.append(String.format(Locale.ROOT, "%,d rows  %,.0f rows/s", rows, (rows - startRows) / seconds));
        line.append(String.format(Locale.ROOT, "  memory %,d MiB", memoryBytes.getAsLong() >> 20));
        if (fraction > startFraction && startFraction >= 0) {
            double left = seconds * (1 - fraction) / (fraction - startFraction);
            line.append("  left ").append(clock((long) (left + 0.5)));
        }
        barStands = style.terminal();
        err.print(style.terminal() ? ERASE_LINE + line : line + System.lineSeparator());
        err.flush();
    }

    private String bar(double fraction) {
        int full = (int) Math.round(Math.min(1, fraction) * BAR_CHARS);
        String bar = "█".repeat(full) + "░".repeat(BAR_CHARS - full);
        return style.color() ? BAR_COLOR + bar + RESET : bar;
    }

    private static String clock(long seconds) {
        return seconds < 3_600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (barStands) {
            err.print(ERASE_LINE);
            err.flush();
        }
        barStands = false;
    }
}
