package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.Inspection;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was dropped from the end of the log is told by whoever reads rows or takes the store over, behind the results. */
class TornEndTest {
    @TempDir
    private Path directory;

    @Test
    void shouldBeToldByEachCommandThatReadsUntilTheNextOwnerToldIt() throws Exception {
        String store = directory.resolve("store").toString();
        Cli.run("{\"id\":\"a\"}\n", List.of("ingest", "--store", store, "--table", "t", "--key", "id", "-"));
        tearLastFrame(Path.of(store));
        Cli.Result verified = Cli.run("verify", "--store", store);
        assertEquals(0, verified.status(), verified.err());
        assertTrue(verified.out().contains("torn end, never forced: path=" + store), verified.out());
        for (List<String> command : List.of(
                List.of("count"), List.of("scan"), List.of("get", "a"), List.of("describe"), List.of("delete", "b"))) {
            List<String> arguments = new ArrayList<>(List.of(command.get(0), "--store", store, "--table", "t"));
            arguments.addAll(command.subList(1, command.size()));
            Cli.Result result = Cli.run(arguments.toArray(String[]::new));
            assertEquals(command.get(0).equals("get") ? 1 : 0, result.status(), result.err());
            assertTrue(result.err().contains("log ended torn, dropped: path=" + store), command + result.err());
        }
        Cli.Result after = Cli.run("count", "--store", store, "--table", "t");
        assertEquals("0\n", after.out());
        assertEquals("", after.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"delete --table nope b", "ingest --table t --key other -", "count --table nope"})
    void shouldBeToldBehindWhatStoppedTheCommand(String command) throws Exception {
        String store = directory.resolve("store").toString();
        Cli.run("{\"id\":\"a\"}\n", List.of("ingest", "--store", store, "--table", "t", "--key", "id", "-"));
        tearLastFrame(Path.of(store));
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(1, List.of("--store", store));
        Cli.Result result = Cli.run("{\"other\":\"b\"}\n", arguments);
        assertTrue(result.status() > 1, result.err());
        assertTrue(result.err().matches("(?s)(NOT_FOUND|INVALID): [^\n]*\nlog ended torn, dropped: .*"), result.err());
    }

    private static void tearLastFrame(Path store) throws Exception {
        List<Inspection.WalFrame> frames = new ArrayList<>();
        Inspection.walFrames(store, frames::add);
        Inspection.WalFrame last = frames.get(frames.size() - 1);
        try (FileChannel file = FileChannel.open(store.resolve(last.file()), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(64), last.offset());
        }
    }
}
