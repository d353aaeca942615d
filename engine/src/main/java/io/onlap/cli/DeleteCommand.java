package io.onlap.cli;

import io.onlap.Durability;
import io.onlap.Engine;
import io.onlap.EngineSettings;
import io.onlap.Table;
import io.onlap.WriteBatch;
import io.onlap.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code delete}: deletes the rows of keys, in batches of bounded size, and prints how many keys were asked.
 *
 * <p>Threading: one thread.
 */
@Command(name = "delete", description = "Deletes the rows of keys.")
final class DeleteCommand implements Callable<Integer> {
    private static final int BATCH_ROWS = 10_000;
    private static final int BATCH_BYTES = 8 << 20;

    private final Console console;

    @Mixin
    private StoreOptions store;

    @Mixin
    private TableOption table;

    @Option(names = "--durability", description = "process or power (default: process).")
    private Durability durability = Durability.PROCESS;

    @Parameters(arity = "1..*", paramLabel = "KEY", description = "Plain text, or a JSON array for several columns.")
    private List<String> keys;

    DeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        EngineSettings settings = EngineSettings.defaults().withDurability(durability);
        try (Engine engine = Engine.openExisting(store.store(), settings)) {
            engine.droppedTail().ifPresent(console::hold);
            Table asked = engine.table(table.path());
            List<Object[]> parsed = new ArrayList<>();
            keys.forEach(key -> parsed.add(KeyText.parse(asked.schema(), key)));
            try (Writer writer = engine.writer()) {
                writer.awaitDurable(write(writer, asked, parsed));
            }
        }
        console.out().line(store.json() ? Json.object("keys", keys.size()) : Integer.toString(keys.size()));
        return Exits.DONE;
    }

    private static long write(Writer writer, Table table, List<Object[]> keys) {
        WriteBatch batch = writer.batch();
        long sequence = 0;
        for (Object[] key : keys) {
            batch.delete(table, key);
            if (batch.rowCount() == BATCH_ROWS || batch.byteCount() > BATCH_BYTES) {
                sequence = writer.write(batch);
                batch.clear();
            }
        }
        return batch.rowCount() == 0 ? sequence : writer.write(batch);
    }
}
