package io.onlap.cli;

import io.onlap.Engine;
import io.onlap.Table;
import io.onlap.View;
import io.onlap.memtable.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code get}: the rows of keys, all of one moment, in the order of the arguments. Keys without row are named on stderr.
 *
 * <p>Threading: one thread.
 */
@Command(name = "get", description = "Prints the rows of keys as NDJSON.")
final class GetCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private StoreOptions store;

    @Mixin
    private TableOption table;

    @Parameters(arity = "1..*", paramLabel = "KEY", description = "Plain text, or a JSON array for several columns.")
    private List<String> keys;

    GetCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        try (Engine engine = Engine.openReadOnly(store.store())) {
            engine.droppedTail().ifPresent(console::hold);
            Table asked = engine.table(table.path());
            List<Object[]> parsed = new ArrayList<>();
            keys.forEach(key -> parsed.add(KeyText.parse(asked.schema(), key)));
            NdjsonWriter rows = new NdjsonWriter(asked.schema().columns(), console.out());
            int missing = 0;
            try (View view = engine.view()) {
                for (int i = 0; i < keys.size(); i++) {
                    Optional<Row> row = view.get(asked, parsed.get(i));
                    if (row.isPresent()) {
                        rows.write(row.get());
                    } else {
                        missing++;
                        console.hold("missing: " + keys.get(i));
                    }
                }
            }
            rows.end();
            return missing == 0 ? Exits.DONE : Exits.FAULT;
        }
    }
}
