package io.onlap.cli;

import io.onlap.Engine;
import io.onlap.Scan;
import io.onlap.ScanBuilder;
import io.onlap.Table;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Column;
import io.onlap.memtable.TableSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code scan}: rows of a table in key order.
 *
 * <p>Threading: one thread.
 */
@Command(name = "scan", description = "Prints rows, ordered by key.")
final class ScanCommand implements Callable<Integer> {
    /** How rows are written. */
    enum Format {
        NDJSON,
        CSV,
        ARROW,
        TABLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        RowsOutput open(List<Column> columns, OutputStream out) throws IOException {
            return switch (this) {
                case NDJSON -> new NdjsonWriter(columns, out);
                case CSV -> new CsvWriter(columns, out);
                case ARROW -> new ArrowWriter(columns, out);
                case TABLE -> new TableWriter(columns, out);
            };
        }
    }

    private final Console console;

    @Mixin
    private StoreOptions store;

    @Mixin
    private TableOption table;

    @Option(names = "--columns", paramLabel = "C[,C]", description = "Only these columns, in this order.")
    private List<String> columnsAsked;

    @Option(names = "--prefix", paramLabel = "T", description = "Only keys that begin so.")
    private String prefix;

    @Option(names = "--from", paramLabel = "K", description = "Only keys from this one on, inclusive.")
    private String from;

    @Option(names = "--to", paramLabel = "K", description = "Only keys before this one.")
    private String to;

    @Option(names = "--reverse", description = "Last key first.")
    private boolean reverse;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many rows.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--where", paramLabel = "CONDITION", description = "Only rows for which this is true.")
    private String where;

    @Option(names = "--format", description = "ndjson, csv, arrow or table (default: ndjson).")
    private Format format = Format.NDJSON;

    ScanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (prefix != null && (from != null || to != null)) {
            throw new StorageException(Kind.INVALID, "--prefix does not go with --from and --to: prefix=" + prefix);
        }
        List<String> columns = ColumnNames.parse("--columns", columnsAsked);
        try (Engine engine = Engine.openReadOnly(store.store())) {
            engine.droppedTail().ifPresent(console::hold);
            Table asked = engine.table(table.path());
            try (Scan scan = narrowed(asked, columns).open()) {
                RowsOutput rows = format.open(shown(asked.schema(), columns), console.out());
                while (scan.next()) {
                    rows.write(scan.batch());
                }
                rows.end();
            }
        }
        return Exits.DONE;
    }

    private static List<Column> shown(TableSchema schema, List<String> columns) {
        return columns == null
                ? schema.columns()
                : columns.stream().map(schema::column).toList();
    }

    private ScanBuilder narrowed(Table asked, List<String> columns) {
        TableSchema schema = asked.schema();
        ScanBuilder scan = asked.scan().limit(limit);
        if (columns != null) {
            scan.columns(columns.toArray(String[]::new));
        }
        if (prefix != null) {
            scan.prefix(KeyText.parseLeading(schema, prefix));
        }
        if (from != null) {
            scan.from(KeyText.parseLeading(schema, from));
        }
        if (to != null) {
            scan.to(KeyText.parseLeading(schema, to));
        }
        if (reverse) {
            scan.reverse();
        }
        if (where != null) {
            scan.filter(WhereParser.parse(where));
        }
        return scan;
    }
}
