package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever comes in, the message names it, the exit says what kind of thing it is, and what was good before is kept. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class BadInputTest {
    private static final String GOOD = "{\"id\":\"a\",\"n\":1}\n";

    @TempDir
    private Path directory;

    private String store;

    @BeforeEach
    void nameStore() {
        store = directory.resolve("store").toString();
    }

    private Cli.Result ingest(InputStream in, String... more) {
        String[] head = {"ingest", "--store", store, "--table", "t", "--key", "id"};
        String[] all = Arrays.copyOf(head, head.length + more.length + 1);
        System.arraycopy(more, 0, all, head.length, more.length);
        all[all.length - 1] = "-";
        return Cli.run(in, all);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String count() {
        return Cli.run("count", "--store", store, "--table", "t").out().strip();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{\"id\":\"b\",\"n\":          | -:2:15 field=n: broken JSON",
                "{\"id\":\"b\",\"n\":\"x\"}     | -:2:15 field=n: wrong type: expected=int64, found=string",
                "{\"n\":2}                      | -:2:1 field=id: ",
                "{\"id\":null,\"n\":2}          | -:2:7 field=id: ",
                "{\"id\":\"b\",\"id\":\"c\"}    | -:2:11 field=id: duplicate field",
                "{\"id\":\"b\",\"n\":NaN}       | -:2:15 field=n: broken JSON: no such word in JSON: NaN",
                "{\"id\":\"b\",\"m\":2}         | -:2:11 field=m: unknown column",
                "{\"_op\":\"delete\",\"id\":\"a\",\"n\":1} | -:2:26 field=n: a delete holds nothing but its key",
                "{\"n\":{},\"_op\":\"delete\",\"id\":\"a\"} | -:2:6 field=n: wrong type: ",
                "{\"n\":null,\"_op\":\"delete\",\"id\":\"a\"} | -:2:2 field=n: a delete holds nothing but its key",
                "{\"id\":\"\u00ff\",\"n\":2}    | -:2:8 field=-: invalid UTF-8"
            })
    void shouldNamePlaceAndKeepRowsBeforeWhenLineIsBad(String line, String expected) {
        ingest(stream(GOOD));
        Cli.Result result = ingest(stream("{\"id\":\"b\",\"n\":1}\n" + line.strip() + "\n{\"id\":\"z\",\"n\":3}\n"));
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().startsWith("INVALID: " + expected.strip()), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertEquals("2", count());
    }

    @Test
    void shouldSkipAndCountWhenBadLinesAreToBeSkipped() {
        Cli.Result result = ingest(
                stream(GOOD + "{\"id\":\n{\"id\":\"b\",\"n\":\"x\"}\n{\"id\":\"c\",\"n\":3}\n"),
                "--skip-bad",
                "--json");
        assertEquals(0, result.status(), result.err());
        assertTrue(result.out().startsWith("{\"rows\":2,\"deletes\":0,\"skipped\":2,"), result.out());
        assertEquals("2", count());
    }

    @Test
    void shouldRefuseLineOfHundredMegabytesWithoutHoldingIt() {
        byte[] chunk = new byte[1 << 20];
        Arrays.fill(chunk, (byte) 'x');
        List<InputStream> parts = new ArrayList<>();
        parts.add(stream(GOOD + "{\"id\":\""));
        for (int i = 0; i < 100; i++) {
            parts.add(new ByteArrayInputStream(chunk));
        }
        parts.add(stream("\"}\n{\"id\":\"c\",\"n\":3}\n"));
        Cli.Result result = ingest(new SequenceInputStream(Collections.enumeration(parts)));
        assertEquals(2, result.status());
        assertTrue(result.err().startsWith("INVALID: -:2:16777217 field=-: line too long"), result.err());
        assertEquals("1", count());
    }

    @Test
    void shouldStoreOrRefuseWhenRowIsAlmostAsLongAsBatch() {
        String text = "y".repeat(14 << 20);
        assertEquals(
                0, ingest(stream("{\"id\":\"a\",\"s\":\"" + text + "\"}\n")).status());
        Cli.Result refused = ingest(stream("{\"id\":\"b\",\"s\":\"" + text + "z".repeat((2 << 20) - 100) + "\"}\n"));
        assertEquals(2, refused.status());
        assertTrue(refused.err().startsWith("INVALID: -:1:1 field=-: "), refused.err());
        assertEquals("1", count());
    }

    @Test
    void shouldCreateNothingWhenFirstLineIsBad() {
        Cli.Result result = ingest(stream("{\"id\":\"a\",\"o\":{\"x\":1}}\n"));
        assertEquals(2, result.status());
        assertEquals("INVALID: -:1:11 field=o: unknown column, and objects cannot be stored\n", result.err());
        assertFalse(Files.exists(Path.of(store)));
        assertEquals(
                3,
                Cli.run("ingest", "--store", store, "--table", "t", "no-such-file")
                        .status());
        assertFalse(Files.exists(Path.of(store)));
    }

    @Test
    void shouldRefuseWhenKeyIsNotTheTables() {
        ingest(stream(GOOD));
        Cli.Result result = Cli.run(stream(GOOD), "ingest", "--store", store, "--table", "t", "--key", "n", "-");
        assertEquals(2, result.status());
        assertEquals("INVALID: --key is not the table's: path=t, key=[id], asked=[n]\n", result.err());
    }

    @Test
    void shouldRefuseWhenDirectoryIsForeign() throws Exception {
        Files.createDirectories(Path.of(store));
        Files.writeString(Path.of(store, "letter.txt"), "hello");
        Cli.Result result = ingest(stream(GOOD));
        assertEquals(2, result.status());
        assertTrue(result.err().startsWith("INVALID: directory is not empty and no store: path="), result.err());
        assertEquals(List.of("letter.txt"), List.of(Path.of(store).toFile().list()));
    }

    @Test
    void shouldRefuseWhenPlaceOfStoreIsFile() throws Exception {
        Files.writeString(Path.of(store), "hello");
        Cli.Result result = ingest(stream(GOOD));
        assertTrue(result.status() == 2 || result.status() == 3, result.err());
        assertTrue(result.err().contains(store), result.err());
        assertEquals("hello", Files.readString(Path.of(store)));
    }

    @Test
    void shouldRefuseWhenPlaceOfStoreIsLinkToNowhere() throws Exception {
        Files.createSymbolicLink(Path.of(store), directory.resolve("gone"));
        Cli.Result result = ingest(stream(GOOD));
        assertEquals("INVALID: not a directory: path=" + store + "\n", result.err());
        assertEquals(2, result.status());
    }

    @Test
    void shouldRefuseWhenFormatIsNewer() throws Exception {
        ingest(stream(GOOD));
        Path format = Path.of(store, "FORMAT");
        Files.writeString(format, Files.readString(format).replace("\"format\":1", "\"format\":2"));
        for (String command : List.of("count", "scan", "describe")) {
            Cli.Result result = Cli.run(command, "--store", store, "--table", "t");
            assertEquals(2, result.status());
            assertEquals("INVALID: newer format: path=" + format + ", format=2, formatMax=1\n", result.err());
        }
        assertEquals(2, ingest(stream(GOOD)).status());
        assertEquals(1, Cli.run("verify", "--store", store).status());
    }
}
