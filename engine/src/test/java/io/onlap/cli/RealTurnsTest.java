package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Turns of real long conversations, where they lie beside the project; else this is skipped. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class RealTurnsTest {
    private static final Path TURNS = Path.of("../../shared/data/turns.ndjson");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private static Path turns() {
        for (Path path : List.of(TURNS, Path.of("..").resolve(TURNS))) {
            if (Files.exists(path)) {
                return path;
            }
        }
        return null;
    }

    private Cli.Result on(String command, List<String> more) {
        List<String> arguments = new ArrayList<>(
                List.of(command, "--store", directory.resolve("s").toString(), "--table", "talks/turns"));
        arguments.addAll(more);
        return Cli.run("", arguments);
    }

    private static List<JsonNode> objects(List<String> lines) throws Exception {
        List<JsonNode> objects = new ArrayList<>();
        for (String line : lines) {
            objects.add(JSON.readTree(line));
        }
        return objects;
    }

    @Test
    void shouldReadBackEveryTurnWhenConversationsAreIngested() throws Exception {
        Path file = turns();
        assumeTrue(file != null, "no shared/data/turns.ndjson beside the project");
        List<JsonNode> input = objects(Files.readAllLines(file));
        Cli.Result ingested = on("ingest", List.of("--key", "id", "--flush", file.toString()));
        assertEquals(0, ingested.status(), ingested.err());
        assertEquals(input.size() + "\n", on("count", List.of()).out());
        assertEquals(
                new HashSet<>(input),
                new HashSet<>(objects(on("scan", List.of()).lines())));

        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            keys.add(input.get((i * 271 + 13) % input.size()).get("id").asText());
        }
        List<JsonNode> got = objects(on("get", keys).lines());
        assertEquals(keys, got.stream().map(row -> row.get("id").asText()).toList());
        Set<JsonNode> all = new HashSet<>(input);
        got.forEach(row -> assertEquals(true, all.contains(row), row.toString()));

        String first = input.get(0).get("id").asText();
        String prefix = first.substring(0, first.lastIndexOf('/') + 1);
        List<String> expected = new ArrayList<>();
        input.forEach(row -> expected.add(row.get("id").asText()));
        expected.removeIf(id -> !id.startsWith(prefix));
        expected.sort(Collections.reverseOrder());
        assertEquals(
                expected.subList(0, Math.min(20, expected.size())),
                objects(on("scan", List.of("--prefix", prefix, "--reverse", "--limit", "20"))
                                .lines())
                        .stream()
                        .map(row -> row.get("id").asText())
                        .toList());
    }
}
