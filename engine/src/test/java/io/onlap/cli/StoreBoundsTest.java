package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is read and written beside a store that is there may be anything but a file of it: a pipe as well that only an open
 * file names, as a shell hands in what another command says, {@code ingest … <(zcat rows.gz)}, or stdin by its path.
 */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class StoreBoundsTest {
    @TempDir
    private Path directory;

    private Process holder;
    private Path pipe;
    private List<String> onTable;

    /** A child that never reads its stdin: that is a pipe, whose one end anybody may open by the child's number. */
    @BeforeEach
    void makePipeAndStore() throws Exception {
        holder = new ProcessBuilder("sleep", "60").start();
        pipe = Path.of("/proc", Long.toString(holder.pid()), "fd", "0");
        assumeTrue(Files.exists(pipe), "skipped: this system names no open files");
        onTable = List.of("--store", directory.resolve("store").toString(), "--table", "t", "--key", "id");
        assertEquals(0, ingest("{\"id\":\"a\"}\n", "-").status());
    }

    @AfterEach
    void endHolder() {
        holder.destroyForcibly();
    }

    private Cli.Result ingest(String stdin, String... more) {
        List<String> arguments = new ArrayList<>(List.of("ingest"));
        arguments.addAll(onTable);
        arguments.addAll(List.of(more));
        return Cli.run(stdin, arguments);
    }

    @Test
    void shouldReadPipeThatHasNoNameOfItsOwn() throws Exception {
        try (OutputStream into = holder.getOutputStream()) {
            into.write("{\"id\":\"b\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        Cli.Result result = ingest("", pipe.toString());
        assertEquals(0, result.status(), result.err());
        assertTrue(result.out().startsWith("1 rows, "), result.out());
    }

    @Test
    void shouldSayWhatIsWrongWithSuchPipeForAcknowledgements() {
        Cli.Result result = ingest("{\"id\":\"b\"}\n", "--acks", pipe.toString(), "-");
        assertEquals("INVALID: a pipe is no file of acknowledgements: file=" + pipe + "\n", result.err());
        assertEquals(2, result.status());
    }
}
