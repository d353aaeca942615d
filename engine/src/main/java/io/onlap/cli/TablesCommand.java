package io.onlap.cli;

import io.onlap.Engine;
import io.onlap.Table;
import io.onlap.memtable.Column;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code tables}: the tables of a store, by path; as JSON one object per line.
 *
 * <p>Threading: one thread.
 */
@Command(name = "tables", description = "Lists the tables.")
final class TablesCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private StoreOptions store;

    TablesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        try (Engine engine = Engine.openReadOnly(store.store())) {
            String[] header = {"path", "tableId", "key", "columns"};
            Listing lines = new Listing(console, store, header, new boolean[] {false, true, false, false});
            for (Table table : engine.tables()) {
                List<String> columns = names(table.schema().columns());
                String key = String.join(",", names(table.schema().keyColumns()));
                lines.add(json(table), table.path(), Integer.toString(table.tableId()), key, String.join(",", columns));
            }
            lines.end();
        }
        return Exits.DONE;
    }

    /** What scripts are told of a table. */
    static Map<String, Object> json(Table table) {
        return Json.map(
                "path",
                table.path(),
                "tableId",
                table.tableId(),
                "key",
                names(table.schema().keyColumns()),
                "columns",
                table.schema().columns().stream().map(TablesCommand::json).toList());
    }

    private static Map<String, Object> json(Column column) {
        return Json.map(
                "name",
                column.name(),
                "type",
                column.typeName(),
                "nullable",
                column.field().isNullable());
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }
}
