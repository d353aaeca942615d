package io.onlap.cli;

import io.onlap.Engine;
import io.onlap.EngineSettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code flush}: puts what is only in the log into segment files, and prints the manifest version that holds it.
 *
 * <p>Threading: one thread.
 */
@Command(name = "flush", description = "Flushes what is only in the log.")
final class FlushCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private StoreOptions store;

    FlushCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        try (Engine engine = Engine.openExisting(store.store(), EngineSettings.defaults())) {
            engine.droppedTail().ifPresent(console::hold);
            long version = engine.flush();
            console.out().line(store.json() ? Json.object("version", version) : Long.toString(version));
        }
        return Exits.DONE;
    }
}
