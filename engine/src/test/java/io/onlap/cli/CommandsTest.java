package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts rely on: results on stdout, everything else on stderr, exits by kind, nothing created by readers. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class CommandsTest {
    private static final String ROWS = "{\"id\":\"a/1\",\"n\":1}\n{\"id\":\"a/2\",\"n\":2}\n{\"id\":\"b/1\",\"n\":3}\n";

    @TempDir
    private Path directory;

    private String store() {
        return directory.resolve("store").toString();
    }

    private Cli.Result ingest(String rows, String... more) {
        List<String> arguments = new ArrayList<>(List.of("ingest", "--store", store(), "--table", "t", "--key", "id"));
        arguments.addAll(List.of(more));
        arguments.add("-");
        return Cli.run(rows, arguments);
    }

    private Cli.Result on(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "--store", store(), "--table", "t"));
        arguments.addAll(List.of(more));
        return Cli.run("", arguments);
    }

    @Test
    void shouldReadBackWhenRowsAreIngested() {
        Cli.Result ingested = ingest(ROWS, "--json");
        assertEquals(0, ingested.status(), ingested.err());
        assertTrue(
                ingested.out()
                        .matches("\\{\"rows\":3,\"deletes\":0,\"skipped\":0,\"lastSequence\":1,\"seconds\":[0-9.]+}\n"),
                ingested.out());
        assertEquals("", ingested.err());
        assertEquals("3\n", on("count").out());
        assertEquals("{\"count\":3}\n", on("count", "--json").out());
        assertEquals(ROWS, on("scan").out());
        assertEquals(
                "{\"id\":\"a/2\",\"n\":2}\n",
                on("scan", "--prefix", "a/", "--reverse", "--limit", "1").out());
        assertEquals(
                "{\"n\":2}\n{\"n\":3}\n",
                on("scan", "--columns", "n", "--where", "n >= 2").out());
        assertEquals(
                "id,n\na/1,1\n", on("scan", "--format", "csv", "--to", "a/2").out());
        assertEquals("{\"id\":\"b/1\",\"n\":3}\n", on("scan", "--from", "a/3").out());
        assertEquals(
                "{\"path\":\"t\",\"tableId\":1,\"key\":[\"id\"],\"columns\":[{\"name\":\"id\",\"type\":\"utf8\",\"nullable\":false},"
                        + "{\"name\":\"n\",\"type\":\"int64\",\"nullable\":true}]}\n",
                Cli.run("tables", "--store", store(), "--json").out());
    }

    @Test
    void shouldReplaceAndDeleteWhenKeysComeAgain() {
        ingest(ROWS);
        Cli.Result again = ingest("{\"id\":\"a/1\",\"n\":9}\n{\"_op\":\"delete\",\"id\":\"b/1\"}\n", "--json");
        assertTrue(again.out().startsWith("{\"rows\":1,\"deletes\":1,"), again.out());
        assertEquals(
                "{\"id\":\"a/1\",\"n\":9}\n{\"id\":\"a/2\",\"n\":2}\n",
                on("scan").out());
        assertEquals("2\n", on("delete", "a/1", "nothing").out());
        assertEquals("1\n", on("count").out());
        assertEquals("{\"keys\":1}\n", on("delete", "a/2", "--json").out());
        assertEquals("0\n", on("count").out());
    }

    @Test
    void shouldExitWithOneWhenGetMissesKey() {
        ingest(ROWS);
        Cli.Result got = on("get", "b/1", "nope", "a/1");
        assertEquals(1, got.status());
        assertEquals("{\"id\":\"b/1\",\"n\":3}\n{\"id\":\"a/1\",\"n\":1}\n", got.out());
        assertEquals("missing: nope\n", got.err());
        assertEquals(0, on("get", "a/1").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "count",
                "scan",
                "get k",
                "delete k",
                "describe",
                "versions",
                "tables",
                "flush",
                "verify",
                "stat",
                "wal dump",
                "manifest log"
            })
    void shouldCreateNothingWhenStoreIsAbsent(String command) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
        boolean wantsTable = List.of("count", "scan", "get", "delete", "describe", "versions")
                .contains(arguments.get(0));
        arguments.addAll(List.of("--store", store()));
        if (wantsTable) {
            arguments.addAll(List.of("--table", "t"));
        }
        Cli.Result result = Cli.run("", arguments);
        assertEquals(3, result.status());
        assertEquals("NOT_FOUND: no store: path=" + store() + "\n", result.err());
        assertEquals("", result.out());
        assertFalse(Files.exists(Path.of(store())));
    }

    @Test
    void shouldSayNotFoundWhenTableIsUnknown() {
        ingest(ROWS);
        Cli.Result result = Cli.run("count", "--store", store(), "--table", "other");
        assertEquals(3, result.status());
        assertEquals("NOT_FOUND: no such table: path=other\n", result.err());
    }

    @Test
    void shouldNameOwnerWhenStoreIsOwned() {
        ingest(ROWS);
        try (Engine owner = Engine.open(Path.of(store()))) {
            Cli.Result refused = on("delete", "a/1");
            assertEquals(3, refused.status());
            assertTrue(
                    refused.err()
                            .startsWith("BUSY: store has an owner: path=" + store() + ", owner=pid "
                                    + ProcessHandle.current().pid()),
                    refused.err());
            assertEquals(3, ingest(ROWS).status());
            assertEquals("3\n", on("count").out());
            assertEquals(0, Cli.run("verify", "--store", store()).status());
            assertTrue(owner.stats().tables() == 1);
        }
    }

    @Test
    void shouldSayInStatWhetherTheOwnerLives() {
        ingest(ROWS);
        // Its process lives: it is this one.
        assertTrue(Cli.run("stat", "--store", store(), "--json").out().contains("\"alive\":false,"));
        try (Engine owner = Engine.open(Path.of(store()))) {
            Cli.Result living = Cli.run("stat", "--store", store(), "--json");
            assertTrue(
                    living.out()
                            .contains(
                                    "\"alive\":true,\"epoch\":" + owner.stats().epoch()),
                    living.out());
        }
    }

    @Test
    void shouldWriteAcknowledgementPerRowWhenAsked() throws Exception {
        Path acks = directory.resolve("acks");
        Files.writeString(acks, "1\t\"old\"\n2\t\"to");
        Cli.Result result = ingest(ROWS, "--acks", acks.toString(), "--batch", "2", "--durability", "power");
        assertEquals(0, result.status(), result.err());
        assertEquals("1\t\"old\"\n1\t\"a/1\"\n1\t\"a/2\"\n2\t\"b/1\"\n", Files.readString(acks));
    }

    @Test
    void shouldPrefixKeysWhenInputIsRepeated() throws Exception {
        Path file = Files.writeString(directory.resolve("rows.ndjson"), ROWS);
        Cli.Result result =
                Cli.run("ingest", "--store", store(), "--table", "t", "--key", "id", "--repeat", "2", file.toString());
        assertEquals(0, result.status(), result.err());
        assertEquals("6\n", on("count").out());
        assertEquals(
                "{\"id\":\"r000002/b/1\",\"n\":3}\n",
                on("scan", "--reverse", "--limit", "1").out());
    }

    @Test
    void shouldListVersionsWhenFlushesTouchTable() {
        ingest(ROWS, "--flush");
        on("delete", "a/1");
        ingest("{\"id\":\"a/2\",\"n\":7}\n{\"id\":\"c\",\"n\":8}\n", "--flush");
        List<String> versions = on("versions", "--json").lines();
        assertEquals(3, versions.size(), versions.toString());
        assertTrue(versions.get(0).contains("\"operation\":\"FLUSH\",\"rows\":3,"), versions.get(0));
        assertTrue(versions.get(1).contains("\"rows\":2,"), versions.get(1));
        assertTrue(versions.get(2).contains("\"rows\":3,"), versions.get(2));
        assertTrue(versions.get(2).endsWith("\"heldBy\":[]}"), versions.get(2));
        try (Engine reader = Engine.openReadOnly(Path.of(store()))) {
            String held = "\"heldBy\":[\"lease pid " + ProcessHandle.current().pid() + "\"]}";
            versions = on("versions", "--json").lines();
            assertTrue(versions.get(1).endsWith("\"heldBy\":[]}"), versions.get(1));
            assertTrue(versions.get(2).endsWith(held), versions.get(2));
            assertEquals(3, reader.table("t").count());
        }
        assertTrue(on("describe", "--json").out().contains("\"tombstones\":1"));
        assertTrue(on("describe").out().contains("generationBytes"));
    }

    @Test
    void shouldShowLogAndManifestWhenAsked() {
        ingest(ROWS);
        List<String> frames =
                Cli.run("wal", "dump", "--store", store(), "--json").lines();
        assertEquals(1, frames.size(), frames.toString());
        assertTrue(frames.get(0).contains("\"firstSequence\":1,\"lastSequence\":1,\"rows\":3,"), frames.get(0));
        Cli.Result flushed = Cli.run("flush", "--store", store(), "--json");
        List<String> records =
                Cli.run("manifest", "log", "--store", store(), "--json").lines();
        assertEquals("{\"version\":" + records.size() + "}\n", flushed.out());
        assertTrue(records.get(records.size() - 1).contains("\"operation\":\"FLUSH\""), records.toString());
        assertEquals(
                0, Cli.run("wal", "dump", "--store", store(), "--json").lines().size());
        assertTrue(Cli.run("stat", "--store", store(), "--json").out().contains("\"flushedGeneration\":"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id,", ",id", "id,,n", ""})
    void shouldRefuseWhenAColumnHasNoName(String columns) {
        ingest(ROWS);
        Cli.Result result = on("scan", "--columns", columns);
        assertEquals("INVALID: empty column name: option=--columns, value=" + columns + "\n", result.err());
        assertEquals(2, result.status());
    }

    /** An option of another command, or of none, must not be answered with silence. */
    @ParameterizedTest
    @ValueSource(strings = {"scan --version 4", "scan -V", "count --version", "ingest --version f", "wal --version"})
    void shouldRefuseOptionThatCommandHasNot(String line) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ", -1)));
        arguments.addAll(1, List.of("--store", store(), "--table", "t"));
        Cli.Result result = Cli.run("", arguments);
        assertEquals(2, result.status(), result.out());
        assertTrue(result.err().startsWith("INVALID: Unknown option"), result.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "ingest", "scan", "wal", "wal dump", "manifest", "manifest log", "stat"})
    void shouldShowHelpWhenAsked(String command) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
        arguments.add("--help");
        Cli.Result result = Cli.run("", arguments);
        assertEquals(0, result.status(), result.err());
        assertTrue(result.out().startsWith("Usage: onlap " + command + " "), result.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "scan --limit x", "count", "ingest --store x --table t --batch 0 f", "wal", ""})
    void shouldExitWithTwoWhenUsageIsWrong(String line) {
        Cli.Result result = Cli.run(line.isEmpty() ? new String[0] : line.split(" "));
        assertEquals(2, result.status());
        assertTrue(result.err().startsWith("INVALID: "), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertEquals("", result.out());
    }
}
