package io.onlap.cli;

import io.onlap.Engine;
import io.onlap.EngineSettings;
import io.onlap.Table;
import io.onlap.WriteBatch;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Column;
import io.onlap.memtable.TableSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code ingest}: rows from NDJSON into a table, which is created if needed, as its store is. A new table's columns are
 * known, and its first row was read, before anything is created: input that begins with something else leaves no store
 * behind. Input without any line makes the empty table of a schema file, and so may input whose bad lines are skipped.
 *
 * <p>Threading: one thread.
 */
@Command(name = "ingest", description = "Puts rows from NDJSON into a table.")
final class IngestCommand implements Callable<Integer> {
    private final Console console;
    /** Held until the engine is closed; null before there is anything to finish. */
    private StopSignal stop;

    @Mixin
    private StoreOptions store;

    @Mixin
    private TableOption table;

    @Mixin
    private IngestOptions options;

    IngestCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        options.check();
        refuseFilesOfTheStore();
        try (Inputs inputs = new Inputs(options.files, console.in())) {
            if (options.repeat != null && inputs.hasStreams()) {
                throw new StorageException(
                        Kind.INVALID, "--repeat reads files only, no stream: inputs=" + inputs.names());
            }
            ingest(inputs);
            // Within the signal's hold: what is printed after it may not leave the process.
            console.out().flush();
            console.noteHeld();
            return stop.isRequested() ? Exits.INTERRUPTED : Exits.DONE;
        } finally {
            if (stop != null) {
                stop.close();
            }
        }
    }

    private void refuseFilesOfTheStore() throws IOException {
        for (String file : options.files) {
            if (!file.equals(Inputs.STDIN)) {
                StoreBounds.refuseWithin(store.store(), "input", Path.of(file));
            }
        }
        if (options.schema != null) {
            StoreBounds.refuseWithin(store.store(), "schema file", options.schema);
        }
    }

    /** Whatever can be refused by looking at options and input alone is refused before store or table are created. */
    private void ingest(Inputs inputs) throws IOException, BadLineException {
        EngineSettings settings = EngineSettings.defaults().withDurability(options.durability);
        try (Engine existing = openExisting(settings)) {
            holdTail(existing);
            Table found = existing == null ? null : find(existing);
            TableSchema schema = found == null ? newSchema(inputs) : found.schema();
            options.check(schema);
            if (found == null && !options.skipBad) {
                byte[] prefix = options.prefix(schema, 1);
                inputs.checkFirstRow(schema, values -> checkLimits(settings, values, prefix));
            }
            try (AckFile acks = options.acks == null ? null : AckFile.open(options.acks, store.store(), schema);
                    Engine created = existing == null ? Engine.open(store.store(), settings) : null) {
                holdTail(created);
                Engine engine = existing == null ? created : existing;
                Table target = found == null ? engine.createTable(table.path(), schema) : found;
                // Not before: no batch is in hand yet, and an open cannot load all it needs once a shutdown has begun.
                stop = StopSignal.install(inputs::endStreams);
                run(new Ingest(console, engine, target, options, inputs, acks, stop));
            }
        }
    }

    private static void checkLimits(EngineSettings settings, LineValues values, byte[] prefix) {
        if (prefix != null) {
            values.prepend(values.schema().keyColumns().get(0).index(), prefix);
        }
        if (values.isDelete()) {
            WriteBatch.checkDelete(settings, values.schema(), values.key());
        } else {
            WriteBatch.checkPut(settings, values.schema(), values::fill);
        }
    }

    /** What this open dropped from the log, whatever becomes of the command: no later one is told of it. */
    private void holdTail(Engine opened) {
        if (opened != null) {
            opened.droppedTail().ifPresent(console::hold);
        }
    }

    private void run(Ingest ingest) throws IOException, BadLineException {
        try {
            ingest.run();
        } catch (BadLineException bad) {
            summary(ingest.tally()); // the rows before it are kept
            throw bad;
        }
        summary(ingest.tally());
    }

    /** Null if there is no store. */
    private Engine openExisting(EngineSettings settings) {
        try {
            return Engine.openExisting(store.store(), settings);
        } catch (StorageException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Null if there is no such table; INVALID if it has another key than the one asked for. */
    private Table find(Engine engine) {
        Table found;
        try {
            found = engine.table(table.path());
        } catch (StorageException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
        List<String> key =
                found.schema().keyColumns().stream().map(Column::name).toList();
        List<String> asked = options.key();
        if (asked != null && !asked.equals(key)) {
            throw new StorageException(
                    Kind.INVALID,
                    "--key is not the table's: path=" + found.path() + ", key=" + key + ", asked=" + asked);
        }
        return found;
    }

    /** What the new table is to be; INVALID if there can be no such table. */
    private TableSchema newSchema(Inputs inputs) throws IOException, BadLineException {
        Engine.checkTablePath(table.path());
        TableSchema columns = options.schema == null ? inputs.inferSchema() : SchemaFile.read(options.schema);
        List<String> key = options.key();
        return key == null ? columns : columns.key(key.toArray(String[]::new));
    }

    private void summary(Ingest.Tally tally) throws IOException {
        if (store.json()) {
            console.out()
                    .line(Json.object(
                            "rows",
                            tally.rows(),
                            "deletes",
                            tally.deletes(),
                            "skipped",
                            tally.skipped(),
                            "lastSequence",
                            tally.lastSequence(),
                            "seconds",
                            Math.round(tally.seconds() * 1_000) / 1_000.0));
            return;
        }
        console.out()
                .line(String.format(
                        Locale.ROOT,
                        "%,d rows, %,d deletes, %,d skipped, last sequence %d, %.3f s",
                        tally.rows(),
                        tally.deletes(),
                        tally.skipped(),
                        tally.lastSequence(),
                        tally.seconds()));
    }
}
