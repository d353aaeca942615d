package io.onlap.cli;

import io.onlap.Engine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code count}: the live rows of a table, as one number.
 *
 * <p>Threading: one thread.
 */
@Command(name = "count", description = "Counts the live rows of a table.")
final class CountCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private StoreOptions store;

    @Mixin
    private TableOption table;

    CountCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        try (Engine engine = Engine.openReadOnly(store.store())) {
            engine.droppedTail().ifPresent(console::hold);
            long count = engine.table(table.path()).count();
            console.out().line(store.json() ? Json.object("count", count) : Long.toString(count));
        }
        return Exits.DONE;
    }
}
