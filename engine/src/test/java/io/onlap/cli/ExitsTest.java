package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.TypeConversionException;

class ExitsTest {
    private final StringWriter err = new StringWriter();

    @Command(name = "fail")
    private static final class Failing implements Callable<Integer> {
        @Mixin
        private StoreOptions options;

        private final Exception failure;

        Failing(Exception failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws Exception {
            assertEquals("x", options.store().toString());
            throw failure;
        }
    }

    private int run(Exception failure, String... arguments) {
        CommandLine line = Main.commandLine().addSubcommand("fail", new Failing(failure));
        Exits.install(line);
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldStartWithKindWhenCommandFails(Kind kind) {
        int status = run(new StorageException(kind, "what: a=1,\n  b=2"), "fail", "--store", "x");
        assertEquals(kind == Kind.INVALID ? 2 : 3, status);
        assertEquals(kind + ": what: a=1, b=2\n", err.toString());
    }

    @Test
    void shouldAddTraceWhenAsked() {
        run(new StorageException(Kind.BUSY, "x"), "fail", "--store", "x", "--trace");
        assertTrue(err.toString().startsWith("BUSY: x\n"), err.toString());
        assertTrue(err.toString().contains("\tat io.onlap.cli."), err.toString());
    }

    @Test
    void shouldNameTheLineWhenInputIsBad() {
        assertEquals(2, run(new BadLineException("f", 3, 7, "id", "null key"), "fail", "--store", "x"));
        assertEquals("INVALID: f:3:7 field=id: null key\n", err.toString());
    }

    @Test
    void shouldSayNotFoundWhenFileIsMissing() {
        assertEquals(3, run(new NoSuchFileException("rows.ndjson"), "fail", "--store", "x"));
        assertEquals("NOT_FOUND: no such file: file=rows.ndjson\n", err.toString());
    }

    @Test
    void shouldSucceedWhenStdoutWasClosed() {
        assertEquals(0, run(new ClosedOutputException(new IOException("Broken pipe")), "fail", "--store", "x"));
        assertEquals("", err.toString());
    }

    @Test
    void shouldBeFatalWhenFailureIsUnexpected() {
        assertEquals(3, run(new IllegalStateException("boom"), "fail", "--store", "x"));
        assertTrue(err.toString().startsWith("FATAL: "), err.toString());
        assertFalse(err.toString().contains("\tat "), err.toString());
    }

    @ParameterizedTest
    @CsvSource({"fail", "fail --store x --foo", "nothing", "''", "fail --store"})
    void shouldExitTwoOnOneLineWhenUsageIsWrong(String arguments) {
        assertEquals(2, run(new IOException(), arguments.isEmpty() ? new String[0] : arguments.split(" ", -1)));
        assertTrue(err.toString().startsWith("INVALID: "), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
    }

    @Test
    void shouldReadDurationsWhenUnitIsGiven() {
        Durations durations = new Durations();
        assertEquals(Duration.ZERO, durations.convert("0s"));
        assertEquals(Duration.ofMinutes(10), durations.convert("600s"));
        assertEquals(Duration.ofMinutes(5), durations.convert("5m"));
        assertEquals(Duration.ofMillis(250), durations.convert("250ms"));
        assertEquals(Duration.ofDays(7), durations.convert("7d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "5 m", "9999999999999s"})
    void shouldRefuseDurationWhenFormIsWrong(String text) {
        assertThrows(TypeConversionException.class, () -> new Durations().convert(text));
    }

    private static String progress(Progress.Style style) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long[] now = {0};
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (Progress progress = new Progress(stream, style, () -> now[0], () -> 300L << 20)) {
            progress.update(1, 0);
            now[0] = 10_000_000_000L;
            progress.update(1_500_000, 0.25);
            progress.update(1_500_001, 0.25);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldPrintPlainLineWhenStderrIsNoTerminal() {
        String line = "1,500,000 rows  150,000 rows/s  memory 300 MiB  left 0:30" + System.lineSeparator();
        assertEquals(line, progress(new Progress.Style(true, false, true)));
    }

    @Test
    void shouldDrawBarWhenStderrIsTerminal() {
        String erase = "\r\u001b[K";
        String bar = "█".repeat(6) + "░".repeat(18);
        String rest = " 1,500,000 rows  150,000 rows/s  memory 300 MiB  left 0:30" + erase;
        assertEquals(erase + bar + rest, progress(new Progress.Style(true, true, false)));
        assertEquals(erase + "\u001b[36m" + bar + "\u001b[0m" + rest, progress(new Progress.Style(true, true, true)));
    }
}
