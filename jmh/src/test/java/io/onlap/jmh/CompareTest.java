package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The comparison runs every part over the stores that are built in, and says what is wrong with its options. */
final class CompareTest {
    @Test
    void shouldPrintALinePerMeasureWhenRunOnAFewRows() {
        CompareArguments arguments = CompareArguments.parse(
                "--rows",
                "3000",
                "--rounds",
                "2",
                "--warmup-rows",
                "0",
                "--stores",
                "none,chronicle",
                "--gets",
                "50",
                "--rate",
                "100000",
                "--latency-seconds",
                "1");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        assertTrue(new Compare(arguments, out).run(out));
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("| ingest, single puts, flushes included | rows/s |"), text);
        assertTrue(text.contains("| ingest, batches of 1000, flushes included | rows/s |"), text);
        assertTrue(text.contains("| put until acknowledged at 100000/s, p99.9 | µs |"), text);
        assertTrue(text.contains("- chronicle: one document per row"), text);
    }

    @Test
    void shouldNameTheOptionWhenItIsWrong() {
        assertRefused("option=--rows", "--rows", "0");
        assertRefused("option=--rows", "--rows", "many");
        assertRefused("option=--rounds", "--rounds");
        assertRefused("option=--keys", "--keys", "none");
        assertRefused("option=--only", "--only", "single,all");
        assertRefused("option=--fast", "--fast");
    }

    @Test
    void shouldNameTheStoresWhenOneIsUnknown() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> Peers.named("nosuch"));
        assertTrue(refused.getMessage().contains("store=nosuch, stores=[chronicle, none, onlap"), refused.getMessage());
    }

    @Test
    void shouldKeepTheOrderOfStoresWhenTheyAreNamed() {
        assertEquals(
                List.of("none", "chronicle"),
                CompareArguments.parse("--stores", "none,chronicle").stores());
        assertFalse(CompareArguments.parse().stores().isEmpty());
    }

    @Test
    void shouldReadItsOptionsWhenHandedOverByTheCommandLine() throws Exception {
        assertEquals(0, Bench.run("bench", "--help"));
        assertEquals(0, Bench.run("bench", "compare", "--help"));
        assertEquals(2, Bench.run("bench", "--fast"));
        assertEquals(2, Bench.run("compare", "--stores", "nosuch"));
    }

    private static void assertRefused(String expected, String... args) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> CompareArguments.parse(args));
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }
}
