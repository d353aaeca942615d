package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations against a {@link TreeMap}: every read equals the model's, whatever is sealed, flushed or reopened. */
class ModelTest {
    private static final int OPERATIONS = 3_000;
    private static final int KEYS = 200;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldEqualTheModelForSeed(long seed) {
        run(seed);
    }

    @Test
    void shouldEqualTheModelForAFreshSeed() {
        run(System.nanoTime());
    }

    private void run(long seed) {
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        EngineSettings settings = EngineSettings.defaults().withGenerationRows(20 + random.nextInt(300));
        NavigableMap<String, Long> model = new TreeMap<>();
        List<Map.Entry<View, NavigableMap<String, Long>>> views = new ArrayList<>();
        Engine engine = Engine.open(directory, settings);
        Table table = engine.createTable("t", Rows.SCHEMA);
        try {
            for (int i = 0; i < OPERATIONS; i++) {
                int what = random.nextInt(100);
                String id = key(random);
                if (what < 55) {
                    Rows.putNow(engine, table, id, i);
                    model.put(id, (long) i);
                } else if (what < 75) {
                    Rows.deleteNow(engine, table, id);
                    model.remove(id);
                } else if (what < 85) {
                    assertEquals(model.get(id), Rows.get(table, id), id);
                } else if (what < 96) {
                    assertScan(random, table.scan(), model);
                } else if (what == 96) {
                    engine.flush();
                } else if (what == 97) {
                    views.add(Map.entry(engine.view(), new TreeMap<>(model)));
                } else if (what == 98) {
                    assertViews(views, table);
                } else if (random.nextInt(4) == 0) {
                    assertViews(views, table);
                    engine.close();
                    engine = Engine.open(directory, settings);
                    table = engine.table("t");
                }
                assertEquals(i % 100 == 0 ? model.size() : 0, i % 100 == 0 ? table.count() : 0);
            }
            assertEquals(model, Rows.scan(table));
            assertViews(views, table);
        } finally {
            views.forEach(view -> view.getKey().close());
            engine.close();
        }
    }

    private static void assertViews(List<Map.Entry<View, NavigableMap<String, Long>>> views, Table table) {
        for (Map.Entry<View, NavigableMap<String, Long>> view : views) {
            assertEquals(view.getValue(), Rows.scan(view.getKey().scan(table)), "an open view changed");
            assertEquals(view.getValue(), Rows.scan(view.getKey().scan(table).reverse()), "an open view changed");
            assertEquals(view.getValue().size(), view.getKey().count(table), "an open view changed");
            for (int i = 0; i < KEYS; i++) {
                Long found = view.getKey().get(table, "k" + i).map(Rows::number).orElse(null);
                assertEquals(view.getValue().get("k" + i), found, "an open view changed");
            }
            view.getKey().close();
        }
        views.clear();
    }

    private static void assertScan(Random random, ScanBuilder scan, NavigableMap<String, Long> model) {
        NavigableMap<String, Long> expected = model;
        String from = key(random);
        String to = key(random);
        switch (random.nextInt(4)) {
            case 0 -> {
                scan.from(from);
                expected = expected.tailMap(from, true);
            }
            case 1 -> {
                scan.from(from).to(to);
                expected = from.compareTo(to) < 0 ? expected.subMap(from, true, to, false) : new TreeMap<>();
            }
            case 2 -> {
                String prefix = from.substring(0, from.length() - 1);
                scan.prefix(prefix);
                expected = expected.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
            }
            default -> {}
        }
        if (random.nextBoolean()) {
            scan.reverse();
            expected = expected.descendingMap();
        }
        List<Map.Entry<String, Long>> rows = List.copyOf(expected.entrySet());
        if (random.nextBoolean()) {
            int limit = random.nextInt(30);
            scan.limit(limit);
            rows = rows.subList(0, Math.min(limit, rows.size()));
        }
        assertEquals(rows, List.copyOf(Rows.scan(scan).entrySet()));
    }

    private static String key(Random random) {
        return "k" + random.nextInt(KEYS);
    }
}
