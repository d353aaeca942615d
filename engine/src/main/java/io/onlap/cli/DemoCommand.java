package io.onlap.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code demo}: the tour, in a store of its own that is named at the end and left there to be looked at. Exits with 1 if
 * anything acknowledged is missing.
 *
 * <p>Threading: one thread.
 */
@Command(
        name = "demo",
        description =
                "Ingests, reads, kills its own writer, recovers, and proves that nothing acknowledged is missing.")
final class DemoCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--rows", paramLabel = "N", description = "Rows to ingest (default: 1000000).")
    private long rows = 1_000_000;

    @Option(names = "--directory", paramLabel = "DIR", description = "Where the demo makes its own directory.")
    private Path parent;

    @Mixin
    private ProgressOption progress;

    @Mixin
    private OutputOptions output;

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        IngestOptions.within("rows", rows, 1_000_000_000);
        Path directory = parent == null
                ? Files.createTempDirectory("onlap-demo-")
                : Files.createTempDirectory(parent, "onlap-demo-");
        Demo demo = new Demo(console, directory, rows, progress.wanted());
        boolean sound = demo.run();
        print(demo.results());
        if (!output.json()) {
            console.out().line("");
            console.out().line("Look at it:");
            String where = "--store " + demo.store();
            console.out().line("  ./onlap count " + where + " --table " + Demo.TABLE);
            console.out()
                    .line("  ./onlap scan " + where + " --table " + Demo.TABLE + " --prefix r000001/s00000/ --limit 5");
            console.out().line("  ./onlap manifest log " + where);
        }
        return sound ? Exits.DONE : Exits.FAULT;
    }

    private void print(Map<String, Object> results) throws IOException {
        if (output.json()) {
            console.out().line(Json.text(results));
            return;
        }
        TextTable lines = new TextTable(console.out(), new String[] {"what happened", ""}, new boolean[2]);
        for (Map.Entry<String, Object> result : results.entrySet()) {
            Object value = result.getValue();
            String text =
                    value instanceof Long number ? String.format(Locale.ROOT, "%,d", number) : String.valueOf(value);
            lines.add(result.getKey(), text);
        }
        lines.end();
    }
}
