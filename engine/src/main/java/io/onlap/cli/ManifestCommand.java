package io.onlap.cli;

import io.onlap.Inspection;
import io.onlap.Inspection.ManifestVersion;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code manifest log}: the records of the manifest.
 *
 * <p>Threading: one thread.
 */
@Command(name = "manifest", description = "Looks at the manifest.")
final class ManifestCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // the library reads it
    private HelpOption help;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: log");
    }

    /** See {@link ManifestCommand}. */
    @Command(name = "log", description = "Prints the records of the manifest.")
    static final class Log implements Callable<Integer> {
        private final Console console;

        @Mixin
        private StoreOptions store;

        Log(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Exception {
            String[] header = {"version", "time", "epoch", "operation", "changes"};
            Listing lines = new Listing(console, store, header, new boolean[] {true, false, true, false, false});
            for (ManifestVersion version : Inspection.manifestVersions(store.store())) {
                lines.add(
                        json(version),
                        Long.toString(version.version()),
                        version.time().toString(),
                        Long.toString(version.epoch()),
                        version.operation(),
                        Json.text(version.changes()));
            }
            lines.end();
            return Exits.DONE;
        }

        private static Map<String, Object> json(ManifestVersion version) {
            return Json.map(
                    "version",
                    version.version(),
                    "time",
                    version.time().toString(),
                    "epoch",
                    version.epoch(),
                    "operation",
                    version.operation(),
                    "commitId",
                    version.commitId(),
                    "changes",
                    version.changes());
        }
    }
}
