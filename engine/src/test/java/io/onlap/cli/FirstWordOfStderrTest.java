package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Scripts read what stopped a command from the first word on stderr, whatever else there was to say before. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class FirstWordOfStderrTest {
    @TempDir
    private Path directory;

    private String store;

    @BeforeEach
    void nameStore() {
        store = directory.resolve("store").toString();
    }

    /** A stream that breaks off. */
    private static final class BrokenInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("broken off");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
        }
    }

    /** A file on a disk without room. */
    private static final class FullOutput extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    @Test
    void shouldBeTheKindWhenBadLinesWereSkippedBefore() {
        InputStream lines = new ByteArrayInputStream("{\"id\":\"a\"}\n{\"id\":\n".getBytes(StandardCharsets.UTF_8));
        Cli.Result result = Cli.run(
                new SequenceInputStream(lines, new BrokenInput()),
                "ingest",
                "--store",
                store,
                "--table",
                "t",
                "--key",
                "id",
                "--skip-bad",
                "--no-progress",
                "-");
        assertEquals(3, result.status());
        assertTrue(result.err().matches("FATAL: [^\n]*broken off\nskipped: -:2:[^\n]*\n"), result.err());
    }

    @Test
    void shouldBeTheKindWhenKeysWereMissedBefore() {
        Cli.run("{\"id\":\"a\"}\n", List.of("ingest", "--store", store, "--table", "t", "--key", "id", "-"));
        String[] get = {"get", "--store", store, "--table", "t", "a", "b"};
        assertEquals("missing: b\n", Cli.run(get).err());
        Cli.Result result = Cli.run(InputStream.nullInputStream(), new FullOutput(), get);
        assertEquals(3, result.status());
        assertTrue(result.err().matches("DISK_FULL: [^\n]*\nmissing: b\n"), result.err());
    }

    @Test
    void shouldBeTheKindWhenTheFindingsOfVerifyAreNotWritten() throws Exception {
        Cli.run("{\"id\":\"a\"}\n", List.of("ingest", "--store", store, "--table", "t", "--key", "id", "-"));
        Path format = Path.of(store, "FORMAT");
        Files.writeString(format, Files.readString(format).replace("\"format\":1", "\"format\":2"));
        Cli.Result result = Cli.run(InputStream.nullInputStream(), new FullOutput(), "verify", "--store", store);
        assertEquals(3, result.status());
        assertTrue(result.err().matches("DISK_FULL: [^\n]*\nverify: faults=1, notes=0\n"), result.err());
    }
}
