package io.onlap.cli;

import io.onlap.Engine;
import io.onlap.TableVersion;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code versions}: the readable versions of a table, ascending.
 *
 * <p>Threading: one thread.
 */
@Command(name = "versions", description = "Lists the readable versions of a table.")
final class VersionsCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private StoreOptions store;

    @Mixin
    private TableOption table;

    VersionsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        String[] header = {"version", "time", "operation", "rows", "bytes", "heldBy"};
        Listing lines = new Listing(console, store, header, new boolean[] {true, false, false, true, true, false});
        try (Engine engine = Engine.openReadOnly(store.store())) {
            for (TableVersion version : engine.table(table.path()).versions()) {
                lines.add(
                        json(version),
                        Long.toString(version.version()),
                        version.time().toString(),
                        version.operation(),
                        Long.toString(version.rows()),
                        Long.toString(version.bytes()),
                        String.join(",", version.heldBy()));
            }
        }
        lines.end();
        return Exits.DONE;
    }

    private static Map<String, Object> json(TableVersion version) {
        return Json.map(
                "version",
                version.version(),
                "time",
                version.time().toString(),
                "operation",
                version.operation(),
                "rows",
                version.rows(),
                "bytes",
                version.bytes(),
                "heldBy",
                version.heldBy());
    }
}
