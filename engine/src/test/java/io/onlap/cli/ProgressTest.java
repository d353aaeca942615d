package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private long nowNs;

    @Test
    void shouldCountRateAndTimeLeftFromTheBeginOfTheWork() {
        PrintStream err = new PrintStream(shown, true, StandardCharsets.UTF_8);
        try (Progress progress =
                new Progress(err, new Progress.Style(true, false, false), () -> nowNs, () -> 3L << 20)) {
            nowNs = 10_000_000_000L; // a JVM was started meanwhile
            progress.update(1_000, 0.1);
            nowNs += 5_000_000_000L;
            progress.update(6_000, 0.6);
            nowNs += 1;
            progress.update(7_000, 0.7);
        }
        String line = "6,000 rows  1,000 rows/s  memory 3 MiB  left 0:04" + System.lineSeparator();
        assertEquals(line, shown.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldNotSayWhatIsLeftWhenTheEndIsNotKnown() {
        PrintStream err = new PrintStream(shown, true, StandardCharsets.UTF_8);
        try (Progress progress = new Progress(err, new Progress.Style(true, false, false), () -> nowNs, () -> 0)) {
            progress.update(0, -1);
            nowNs = 10_000_000_000L;
            progress.update(20, -1);
        }
        String line = "20 rows  2 rows/s  memory 0 MiB" + System.lineSeparator();
        assertEquals(line, shown.toString(StandardCharsets.UTF_8));
    }

    /** Scripts read the first word on stderr, which is then the kind of what stopped a command. */
    @Test
    void shouldSayNothingUnlessWanted() {
        Progress.Style style = new Progress.Style(true, false, false);
        for (boolean wanted : new boolean[] {false, true}) {
            shown.reset();
            PrintStream err = new PrintStream(shown, true, StandardCharsets.UTF_8);
            try (Progress progress = new Progress(err, style.shownIf(wanted), () -> nowNs, () -> 0)) {
                progress.say("ingesting");
                progress.update(0, -1);
                nowNs += 10_000_000_000L;
                progress.update(20, -1);
            }
            String lines =
                    "ingesting" + System.lineSeparator() + "20 rows  2 rows/s  memory 0 MiB" + System.lineSeparator();
            assertEquals(wanted ? lines : "", shown.toString(StandardCharsets.UTF_8));
        }
    }
}
