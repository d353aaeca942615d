package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An ingest that is refused before its first row leaves no store and no table behind. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class RefusedIngestTest {
    @TempDir
    private Path directory;

    private Path store;
    private Path rows;

    @BeforeEach
    void writeRows() throws IOException {
        store = directory.resolve("store");
        rows = Files.writeString(directory.resolve("rows.ndjson"), "{\"id\":\"a\",\"n\":1}\n");
        Files.writeString(
                directory.resolve("twice.json"),
                "[{\"name\":\"id\",\"type\":\"utf8\"},{\"name\":\"id\",\"type\":\"utf8\"}]");
        Files.writeString(
                directory.resolve("good.json"),
                "[{\"name\":\"id\",\"type\":\"utf8\"},{\"name\":\"n\",\"type\":\"int64\"}]");
        Files.writeString(directory.resolve("untyped.json"), "[{\"name\":\"id\",\"type\":\"text\"}]");
        Files.writeString(directory.resolve("broken.json"), "[{\"name\":");
    }

    private Cli.Result ingest(String options) {
        return Cli.run("", arguments(rows.toString(), options));
    }

    private List<String> arguments(String input, String options) {
        List<String> arguments = new ArrayList<>(List.of("ingest", "--store", store.toString()));
        for (String option : options.split(" ", -1)) {
            arguments.add(option.replace("DIR", directory.toString()));
        }
        arguments.add(input);
        return arguments;
    }

    private String tables() {
        return Cli.run("tables", "--store", store.toString(), "--json").out();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--table a//b --key id                           | 2 | bad table path: path=a//b",
                "--table t --key other                           | 2 | unknown column: column=other",
                "--table t --key id,id                           | 2 | key column named twice: column=id",
                "--table t --key id --schema DIR/none.json       | 3 | no such file: file=",
                "--table t --key id --schema DIR/twice.json      | 2 | column named twice: column=id",
                "--table t --key id --schema DIR/untyped.json    | 2 | unknown column type: column=id, type=text",
                "--table t --key id --schema DIR/broken.json     | 2 | schema file: file=",
                "--table t --key n --repeat 2                    | 2 | --repeat prefixes the first key column",
                "--table t --key id --acks DIR/none/acks         | 3 | no such file: file=",
                "--table t --key id --acks DIR                   | 2 | a directory is no file of acknowledgements: file=",
                "--table t --key id --batch 0                    | 2 | option out of range: name=--batch",
                "--table t --key id,                             | 2 | empty column name: option=--key, value=id,",
                "--table t --key ,id                             | 2 | empty column name: option=--key, value=,id",
                "--table t --key id DIR/none.ndjson              | 3 | no such file: file="
            })
    void shouldLeaveNothingWhenIngestIsRefused(String options, int status, String message) {
        assertRefused(ingest(options.strip()), status, message);
        assertFalse(Files.exists(store), "left behind by: " + options);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "--schema DIR/good.json | {\"id\":\"b\",      | 1:11 field=id: broken JSON",
                "--schema DIR/good.json | {\"n\":2}         | 1:1 field=id: missing key",
                "--schema DIR/good.json | {\"id\":\"b\",\"m\":2} | 1:11 field=m: unknown column",
                "--schema DIR/good.json | {\"_op\":\"drop\"} | 1:8 field=_op: unknown operation",
                "--batch 1              | {\"id\":null,\"n\":2} | 1:7 field=id: null key"
            })
    void shouldCreateNothingWhenTheFirstLineIsBad(String options, String line, String message) throws IOException {
        String arguments = "--table t --key id " + options.strip();
        Files.writeString(rows, "\n" + line.strip() + "\n{\"id\":\"z\",\"n\":3}\n");
        String place = message.strip().replaceFirst("1:", "2:"); // behind a blank line
        assertRefused(ingest(arguments), 2, rows + ":" + place);
        assertFalse(Files.exists(store), "left behind by a file");
        List<String> piped = arguments("-", arguments);
        assertRefused(Cli.run(line.strip() + "\n", piped), 2, "-:" + message.strip());
        assertFalse(Files.exists(store), "left behind by a stream");
        Cli.run("{\"a\":1}\n", List.of("ingest", "--store", store.toString(), "--table", "other", "-"));
        String tables = tables();
        assertRefused(ingest(arguments), 2, rows + ":" + place);
        assertEquals(tables, tables(), "left behind in a store that was there");
    }

    /** The least row that a limit refuses: it is not known to be one before it is put into a batch. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "32769    | --batch 10 | {\"n\":1,\"id\":\"TEXT\"}            | key too long: keyBytes=32769",
                "32761    | --repeat 2 | {\"id\":\"TEXT\"}                    | key too long: keyBytes=32769",
                "32769    | --batch 10 | {\"_op\":\"delete\",\"id\":\"TEXT\"}   | key too long: keyBytes=32769",
                "15728640 | --batch 10 | {\"id\":\"a\",\"text\":\"TEXT\"}       | batch over its limit: bytes="
            })
    void shouldCreateNothingWhenTheFirstRowIsOverALimit(int bytes, String options, String line, String message)
            throws IOException {
        Files.writeString(
                directory.resolve("text.json"),
                "[{\"name\":\"id\",\"type\":\"utf8\"},{\"name\":\"n\",\"type\":\"int64\"},{\"name\":\"text\",\"type\":\"utf8\"}]");
        Files.writeString(rows, line.replace("TEXT", "x".repeat(bytes)) + "\n{\"id\":\"z\"}\n");
        String arguments = "--table t --key id --schema DIR/text.json " + options;
        assertRefused(ingest(arguments), 2, rows + ":1:1 field=-: " + message);
        assertFalse(Files.exists(store), "left behind");
        Cli.run("{\"a\":1}\n", List.of("ingest", "--store", store.toString(), "--table", "other", "-"));
        String tables = tables();
        assertRefused(ingest(arguments), 2, rows + ":1:1 field=-: " + message);
        assertEquals(tables, tables(), "left behind in a store that was there");
    }

    @Test
    void shouldCreateTheTableOfASchemaWhenThereAreNoRows() throws IOException {
        Files.writeString(rows, "\n\n");
        assertEquals(0, ingest("--table t --key id --schema DIR/good.json").status());
        Cli.Result count = Cli.run("count", "--store", store.toString(), "--table", "t");
        assertEquals("0", count.out().strip(), count.err());
    }

    @Test
    void shouldKeepTheRowsBeforeAndSkipAsAskedWhenALaterLineIsBad() {
        List<String> piped = arguments("-", "--table t --key id --schema DIR/good.json");
        assertEquals(
                2, Cli.run("{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"x\":1}\n", piped).status());
        Cli.Result count = Cli.run("count", "--store", store.toString(), "--table", "t");
        assertEquals("2", count.out().strip(), count.err());
        List<String> skipping = arguments("-", "--table u --key id --skip-bad --schema DIR/good.json");
        assertEquals(0, Cli.run("{\"x\":1}\n{\"id\":\"b\"}\n", skipping).status());
        assertEquals(
                "1",
                Cli.run("count", "--store", store.toString(), "--table", "u")
                        .out()
                        .strip());
    }

    /** A slip in the order of the arguments must not cost anybody the end of a file. */
    @ParameterizedTest
    @CsvSource({"rows.ndjson", "notes.txt", "number.txt"})
    void shouldNotTouchWhenAcknowledgementFileIsAnother(String name) throws IOException {
        Files.writeString(rows, "{\"id\":\"a\",\"n\":1}"); // as a torn last line
        Files.writeString(directory.resolve("notes.txt"), "one\ntwo");
        Files.writeString(directory.resolve("number.txt"), "12 apples\n3");
        Path acks = directory.resolve(name);
        String before = Files.readString(acks);
        assertRefused(ingest("--table t --key id --acks " + acks), 2, "no file of acknowledgements: file=" + acks);
        assertEquals(before, Files.readString(acks));
        assertFalse(Files.exists(store), "left behind");
    }

    private static void assertRefused(Cli.Result result, int status, String message) {
        assertEquals(status, result.status(), result.err());
        String kind = result.err().substring(0, Math.max(0, result.err().indexOf(": ")));
        assertTrue(result.err().startsWith(kind + ": " + message.strip()), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertEquals("", result.out());
    }

    @Test
    void shouldCreateNoTableWhenStoreIsThere() {
        assertEquals(0, ingest("--table first --key id").status());
        String tables = tables();
        assertRefused(ingest("--table t --key n --repeat 2"), 2, "--repeat prefixes the first key column");
        assertRefused(ingest("--table t --key id --acks DIR/none/acks"), 3, "no such file: file=");
        assertRefused(ingest("--table a//b --key id"), 2, "bad table path: path=a//b");
        assertRefused(ingest("--table t --key id --acks DIR"), 2, "a directory is no file of acknowledgements: file=");
        assertEquals(tables, tables());
    }

    /** Opening and closing the lock's file frees the store, and a name of ours may be one that the store is to create. */
    @ParameterizedTest
    @ValueSource(strings = {"store/LOCK", "store/acks", "store/../link/LOCK", "link/wal/acks", "lock"})
    void shouldWriteNothingIntoTheStoreWhenItIsNamedForAcknowledgements(String acks) throws IOException {
        Cli.Result made = ingest("--table t --key id");
        assertEquals(0, made.status(), made.err());
        Files.createSymbolicLink(directory.resolve("link"), store);
        Files.createSymbolicLink(directory.resolve("lock"), store.resolve("LOCK"));
        assertRefused(ingest("--table t --acks DIR/" + acks), 2, "acknowledgements within the store: file=");
        assertFalse(Files.exists(store.resolve("acks")), "left behind in the store");
        assertEquals(0, Files.size(store.resolve("LOCK")), "bytes in the lock's file");
        assertEquals(
                "1\n",
                Cli.run("count", "--store", store.toString(), "--table", "t").out());
    }

    /** The system makes the file that a link names, though it is not there yet. */
    @Test
    void shouldWriteNothingIntoTheStoreWhenALinkForAcknowledgementsLeadsThere() throws IOException {
        assertEquals(0, ingest("--table t --key id").status());
        Files.createSymbolicLink(directory.resolve("direct"), store.resolve("acks"));
        Files.createSymbolicLink(directory.resolve("indirect"), Path.of("direct"));
        for (String acks : List.of("direct", "indirect")) {
            assertRefused(ingest("--table t --acks DIR/" + acks), 2, "acknowledgements within the store: file=");
            assertFalse(Files.exists(store.resolve("acks")), "left behind in the store: " + acks);
        }
        Files.createSymbolicLink(directory.resolve("round"), Path.of("round"));
        assertEquals(3, ingest("--table t --acks DIR/round").status());
        Files.createSymbolicLink(directory.resolve("outside"), Path.of("acks"));
        assertEquals(0, ingest("--table t --acks DIR/outside").status());
        assertEquals(1, Files.readAllLines(directory.resolve("acks")).size());
    }

    /** To read the lock's file would end with closing it, which frees the store that this very process owns. */
    @ParameterizedTest
    @ValueSource(strings = {"store/LOCK", "store/FORMAT", "store/../link/LOCK", "lock"})
    void shouldReadNoFileOfTheStoreWhenItIsNamedAsInput(String name) throws IOException {
        assertEquals(0, ingest("--table t --key id").status());
        Files.createSymbolicLink(directory.resolve("link"), store);
        Files.createSymbolicLink(directory.resolve("lock"), store.resolve("LOCK"));
        String tables = tables();
        Path file = directory.resolve(name);
        assertRefused(
                Cli.run("", arguments(file.toString(), "--table u --key id --schema DIR/good.json")),
                2,
                "input within the store: file=" + file);
        assertRefused(ingest("--table u --key id --schema " + file), 2, "schema file within the store: file=" + file);
        assertEquals(tables, tables());
    }

    /** Opening it would wait for a reader; and what a reader takes out of a pipe is kept nowhere. */
    @Test
    @Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
    void shouldNotWaitWhenAcknowledgementFileIsPipe() throws Exception {
        Path pipe = directory.resolve("pipe");
        Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assumeTrue(mkfifo.waitFor() == 0, "skipped: this system makes no pipes");
        assertRefused(
                ingest("--table t --key id --acks " + pipe), 2, "a pipe is no file of acknowledgements: file=" + pipe);
        assertFalse(Files.exists(store), "left behind");
    }
}
