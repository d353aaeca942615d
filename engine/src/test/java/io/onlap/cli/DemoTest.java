package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class DemoTest {
    @TempDir
    private Path directory;

    @Test
    void shouldLoseNothingWhenItsWriterIsKilled() throws Exception {
        Cli.Result result =
                Cli.run("demo", "--no-progress", "--rows", "2000", "--json", "--directory", directory.toString());
        assertEquals(0, result.status(), result.out() + result.err());
        assertEquals("", result.err());
        JsonNode told = new ObjectMapper().readTree(result.out());
        assertEquals(0, told.get("acknowledged rows missing").asLong());
        assertEquals(0, told.get("acknowledged rows they did not find").asLong());
        assertTrue(told.get("writer process").asText().endsWith("killed with SIGKILL"), result.out());
        assertTrue(told.get("rows acknowledged by it").asLong() >= 1_000, result.out());
        assertTrue(told.get("rows after recovery").asLong() < 2_000, result.out());
        assertEquals(2_000, told.get("rows at the end (same keys replace)").asLong());
    }
}
