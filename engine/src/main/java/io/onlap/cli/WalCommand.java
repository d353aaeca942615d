package io.onlap.cli;

import io.onlap.Inspection;
import io.onlap.Inspection.WalFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code wal dump}: the frames of the log.
 *
 * <p>Threading: one thread.
 */
@Command(name = "wal", description = "Looks at the log.")
final class WalCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // the library reads it
    private HelpOption help;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: dump");
    }

    /** See {@link WalCommand}. */
    @Command(name = "dump", description = "Prints the frames of the log.")
    static final class Dump implements Callable<Integer> {
        private final Console console;

        @Mixin
        private StoreOptions store;

        Dump(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            List<IOException> failures = new ArrayList<>();
            String[] header = {"epoch", "generation", "file", "offset", "sequences", "rows", "bytes"};
            Listing lines =
                    new Listing(console, store, header, new boolean[] {true, true, false, true, false, true, true});
            Inspection.walFrames(store.store(), frame -> {
                try {
                    print(frame, lines);
                } catch (IOException e) {
                    failures.add(e);
                }
            });
            lines.end();
            if (!failures.isEmpty()) {
                throw failures.get(0);
            }
            return Exits.DONE;
        }

        private static void print(WalFrame frame, Listing lines) throws IOException {
            lines.add(
                    json(frame),
                    Long.toString(frame.epoch()),
                    Long.toString(frame.generation()),
                    frame.file(),
                    Long.toString(frame.offset()),
                    frame.firstSequence() + "-" + frame.lastSequence(),
                    Long.toString(frame.rows()),
                    Long.toString(frame.bytes()));
        }

        private static Map<String, Object> json(WalFrame frame) {
            return Json.map(
                    "epoch",
                    frame.epoch(),
                    "generation",
                    frame.generation(),
                    "file",
                    frame.file(),
                    "offset",
                    frame.offset(),
                    "firstSequence",
                    frame.firstSequence(),
                    "lastSequence",
                    frame.lastSequence(),
                    "rows",
                    frame.rows(),
                    "bytes",
                    frame.bytes());
        }
    }
}
