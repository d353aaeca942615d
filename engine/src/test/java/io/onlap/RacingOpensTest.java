package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.io.ChildJvm;
import io.onlap.io.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of processes that open one store at once exactly one becomes its owner; the others are told BUSY. */
class RacingOpensTest {
    private static final int PROCESSES = 2;
    private static final int ROUNDS = 8;

    @TempDir
    Path directory;

    /** Opens at each line and prints its epoch, or why not; closes what it opened at the next line. */
    static final class OpeningChild {
        private OpeningChild() {}

        public static void main(String[] arguments) throws IOException {
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (orders.readLine() != null) {
                try (Engine engine = Engine.open(Path.of(arguments[0]))) {
                    System.out.println(engine.stats().epoch());
                    orders.readLine();
                } catch (StorageException e) {
                    System.out.println(e.kind());
                    orders.readLine();
                }
                System.out.println("closed");
            }
        }
    }

    @Test
    void shouldLetOneOfTheProcessesThatOpenAtOnceWin() throws Exception {
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                children.add(ChildJvm.start(OpeningChild.class, directory.toString()));
            }
            for (int round = 1; round <= ROUNDS; round++) {
                assertEquals(List.of("" + round, "BUSY"), answers(children, "open"));
                assertEquals(List.of("closed", "closed"), answers(children, "close"));
            }
        } finally {
            children.forEach(ChildJvm::close);
        }
    }

    private static List<String> answers(List<ChildJvm> children, String order) throws IOException {
        for (ChildJvm child : children) {
            child.writeLine(order);
        }
        List<String> answers = new ArrayList<>();
        for (ChildJvm child : children) {
            answers.add(child.readLine());
        }
        return answers.stream().sorted().toList();
    }
}
