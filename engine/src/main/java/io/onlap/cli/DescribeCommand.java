package io.onlap.cli;

import io.onlap.Counter;
import io.onlap.Durability;
import io.onlap.Engine;
import io.onlap.Inspection;
import io.onlap.Source;
import io.onlap.Table;
import io.onlap.memtable.Column;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code describe}: a table's schema, the settings of the newest owner, and the segment files the table consists of.
 *
 * <p>Threading: one thread.
 */
@Command(name = "describe", description = "Shows schema, settings and sources.")
final class DescribeCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private StoreOptions store;

    @Mixin
    private TableOption table;

    DescribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        try (Engine engine = Engine.openReadOnly(store.store())) {
            engine.droppedTail().ifPresent(console::hold);
            Table asked = engine.table(table.path());
            Map<String, Object> settings = settings(Inspection.counters(store.store()));
            if (store.json()) {
                Map<String, Object> described = TablesCommand.json(asked);
                described.put("settings", settings);
                described.put(
                        "sources",
                        asked.sources().stream().map(DescribeCommand::json).toList());
                console.out().line(Json.text(described));
            } else {
                print(asked, settings);
            }
        }
        return Exits.DONE;
    }

    /** As the newest owner set them; empty if it told nothing. */
    @SuppressWarnings("EnumOrdinal") // counters are numbers
    private static Map<String, Object> settings(Map<Counter, Long> counters) {
        if (counters.isEmpty()) {
            return Json.map();
        }
        Durability durability =
                Durability.values()[counters.get(Counter.DURABILITY).intValue()];
        return Json.map(
                "durability",
                durability.name().toLowerCase(Locale.ROOT),
                "generationBytes",
                counters.get(Counter.GENERATION_BYTES),
                "generationRows",
                counters.get(Counter.GENERATION_ROWS),
                "generationAgeMillis",
                counters.get(Counter.GENERATION_AGE_MILLIS),
                "memoryBytes",
                counters.get(Counter.MEMORY_BUDGET_BYTES),
                "stallTimeoutMillis",
                counters.get(Counter.STALL_TIMEOUT_MILLIS));
    }

    private static Object json(Source source) {
        return Json.map(
                "segment",
                source.name(),
                "minGeneration",
                source.minGeneration(),
                "maxGeneration",
                source.maxGeneration(),
                "rows",
                source.rows(),
                "tombstones",
                source.tombstones(),
                "bytes",
                source.bytes());
    }

    private void print(Table asked, Map<String, Object> settings) throws IOException {
        console.out().line("table " + asked.path() + ", tableId " + asked.tableId());
        console.out().line("");
        List<Column> key = asked.schema().keyColumns();
        TextTable columns =
                new TextTable(console.out(), new String[] {"column", "type", "nullable", "key"}, new boolean[4]);
        for (Column column : asked.schema().columns()) {
            String place = key.contains(column) ? Integer.toString(key.indexOf(column) + 1) : "";
            String nullable = column.field().isNullable() ? "yes" : "no";
            columns.add(column.name(), column.typeName(), nullable, place);
        }
        columns.end();
        console.out().line("");
        TextTable values =
                new TextTable(console.out(), new String[] {"setting of the newest owner", "value"}, new boolean[2]);
        for (Map.Entry<String, Object> setting : settings.entrySet()) {
            values.add(setting.getKey(), String.valueOf(setting.getValue()));
        }
        values.end();
        console.out().line("");
        String[] header = {"segment", "generations", "rows", "tombstones", "bytes"};
        TextTable sources = new TextTable(console.out(), header, new boolean[] {false, true, true, true, true});
        for (Source source : asked.sources()) {
            sources.add(
                    source.name(),
                    source.minGeneration() + "-" + source.maxGeneration(),
                    Long.toString(source.rows()),
                    Long.toString(source.tombstones()),
                    Long.toString(source.bytes()));
        }
        sources.end();
    }
}
