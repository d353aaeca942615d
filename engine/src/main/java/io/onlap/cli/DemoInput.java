package io.onlap.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the demo ingests: turns of conversations, made from the sample that comes with the program by giving it other sessions.
 *
 * <p>Threading: immutable.
 *
 * @param file a part of the rows, to be read {@code rounds} times with {@code --repeat}
 * @param rows of all rounds
 */
record DemoInput(Path file, int rounds, long rows) {
    private static final int FILE_ROWS_MAX = 10_000;

    /** Writes the file; at least {@code rows} rows, the fewest that whole rounds give. */
    static DemoInput write(Path file, long rows) throws IOException {
        int rounds = Math.toIntExact((rows + FILE_ROWS_MAX - 1) / FILE_ROWS_MAX);
        long perRound = (rows + rounds - 1) / rounds;
        List<ObjectNode> turns = sample();
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int row = 0; row < perRound; row++) {
                ObjectNode turn = turns.get(row % turns.size()).deepCopy();
                int session = row / turns.size();
                turn.put("id", String.format(Locale.ROOT, "s%05d/t%02d", session, row % turns.size()));
                turn.put("session", session);
                out.write(turn.toString());
                out.write('\n');
            }
        }
        return new DemoInput(file, rounds, perRound * rounds);
    }

    private static List<ObjectNode> sample() throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<ObjectNode> turns = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Main.class.getResourceAsStream("turns.ndjson"), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode turn = json.readTree(line);
                if (turn instanceof ObjectNode object) {
                    turns.add(object);
                }
            }
        }
        return turns;
    }
}
