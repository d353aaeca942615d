package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A memtable against a TreeMap per sequence: gets, and cursors over random ranges, at random moments. */
class MemtableModelTest {
    private static final Comparator<byte[]> UNSIGNED = Arrays::compareUnsigned;
    private static final TableSchema OWN_BYTES = Schemas.of(
                    Schemas.field("id", Schemas.UTF8),
                    Schemas.field("v", Schemas.integer(64)),
                    Schemas.field("t", Schemas.UTF8))
            .key("id");
    private static final TableSchema COMPOSITE = Schemas.of(
                    Schemas.field("v", Schemas.integer(64)),
                    Schemas.field("t", Schemas.UTF8),
                    Schemas.field("id", Schemas.UTF8),
                    Schemas.field("n", Schemas.integer(32)))
            .key("id", "n");

    /** A key's value at a moment: the value, or null for a tombstone. */
    private record Version(Long value) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldEqualATreeMapWhenOperationsAreRandom(long seed) {
        System.out.println("MemtableModelTest seed=" + seed);
        Random random = new Random(seed);
        boolean composite = seed % 2 == 0;
        int keys = seed <= 4 ? 300 : 20_000;
        int batches = 600;
        try (MemtableRig rig = new MemtableRig(composite ? COMPOSITE : OWN_BYTES)) {
            NavigableMap<byte[], Version> model = new TreeMap<>(UNSIGNED);
            List<NavigableMap<byte[], Version>> history = new ArrayList<>(List.of(new TreeMap<>(UNSIGNED)));
            for (int b = 0; b < batches; b++) {
                int rows = 1 + random.nextInt(60);
                for (int i = 0; i < rows; i++) {
                    operate(rig, model, key(random, composite, keys), random);
                }
                rig.apply();
                history.add(keys > 1_000 && b % 50 != 49 ? null : new TreeMap<>(model));
                if (random.nextInt(10) == 0) {
                    check(rig, history, random, random.nextInt(history.size()));
                }
            }
            for (int s = 1; s < history.size(); s += 7) {
                check(rig, history, random, s);
            }
            check(rig, history, random, batches);
        }
    }

    private static Object[] key(Random random, boolean composite, int keys) {
        int k = random.nextInt(keys);
        String text = "agents/ada/" + "\0".repeat(k % 3) + "session-" + k % 50 + (k % 5 == 0 ? "\ud83d\ude00" : "/")
                + (composite ? "" : k);
        return composite ? new Object[] {text, k - keys / 2} : new Object[] {text};
    }

    private static void operate(MemtableRig rig, NavigableMap<byte[], Version> model, Object[] key, Random random) {
        byte[] encoded = KeyCodec.encode(rig.schema, key);
        if (random.nextInt(5) == 0) {
            rig.encoder.addDelete(MemtableRig.TABLE, rig.schema, key);
            model.put(encoded, new Version(null));
            return;
        }
        long value = random.nextLong();
        rig.add(row -> {
            row.set("id", (String) key[0]).set("v", value);
            if (value % 3 != 0) {
                row.set("t", Long.toString(value).repeat(Math.floorMod(value, 7)));
            }
            if (key.length == 2) {
                row.set("n", (Integer) key[1]);
            }
        });
        model.put(encoded, new Version(value));
    }

    private static void check(
            MemtableRig rig, List<NavigableMap<byte[], Version>> history, Random random, int sequence) {
        NavigableMap<byte[], Version> model = history.get(sequence);
        if (model == null || model.isEmpty()) {
            return;
        }
        MemtableView view = rig.memtable.view(MemtableRig.TABLE, sequence);
        assertNotNull(view);
        checkGets(rig, view, model, random);
        checkScan(rig, view, model, KeyRange.ALL, random.nextBoolean());
        List<byte[]> keys = new ArrayList<>(model.keySet());
        for (int i = 0; i < 4; i++) {
            byte[] from = bound(keys, random);
            byte[] to = bound(keys, random);
            checkScan(rig, view, model, new KeyRange(from, to), random.nextBoolean());
            if (from != null) {
                checkScan(rig, view, model, KeyRange.only(from), random.nextBoolean());
                checkScan(rig, view, model, KeyRange.prefix(from), random.nextBoolean());
            }
        }
    }

    private static byte[] bound(List<byte[]> keys, Random random) {
        byte[] key = keys.get(random.nextInt(keys.size()));
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> key;
            default -> Arrays.copyOf(key, random.nextInt(key.length + 2));
        };
    }

    private static void checkGets(
            MemtableRig rig, MemtableView view, NavigableMap<byte[], Version> model, Random random) {
        boolean composite = rig.schema.keyColumns().size() == 2;
        for (int i = 0; i < 50; i++) {
            byte[] key = KeyCodec.encode(rig.schema, key(random, composite, 20_000));
            Version expected = model.get(key);
            Lookup found = view.get(key);
            assertEquals(expected == null, found.isAbsent());
            assertEquals(expected != null && expected.value == null, found.isDeleted());
            if (found.row() != null) {
                checkRow(found.row(), expected.value);
            }
        }
    }

    private static void checkScan(
            MemtableRig rig, MemtableView view, NavigableMap<byte[], Version> model, KeyRange range, boolean reverse) {
        List<byte[]> keys = new ArrayList<>(
                range.isEmpty() ? List.of() : within(model, range).keySet());
        if (reverse) {
            Collections.reverse(keys);
        }
        int at = 0;
        try (RunCursor cursor = view.open(range, reverse, rig.allColumns())) {
            while (cursor.next()) {
                RowBatch batch = cursor.batch();
                for (int row = batch.firstRow(); row < batch.endRow(); row++) {
                    byte[] key = keys.get(at++);
                    assertEquals(0, KeyBytes.compare(batch.keyAddress(row), batch.keyLength(row), key));
                    Long value = model.get(key).value;
                    assertEquals(value == null, batch.isDeleted(row));
                    Row copy = Row.of(rig.schema, batch, row);
                    assertEquals(copy.get(rig.schema.keyColumns().get(0).index()), KeyCodec.decode(rig.schema, key)[0]);
                    checkRow(copy, value);
                }
            }
        }
        assertEquals(keys.size(), at);
    }

    private static NavigableMap<byte[], Version> within(NavigableMap<byte[], Version> model, KeyRange range) {
        NavigableMap<byte[], Version> tail = range.from() == null ? model : model.tailMap(range.from(), true);
        return range.to() == null ? tail : tail.headMap(range.to(), false);
    }

    private static void checkRow(Row row, Long value) {
        assertEquals(value, row.get("v"));
        String text =
                value == null || value % 3 == 0 ? null : Long.toString(value).repeat(Math.floorMod(value, 7));
        assertEquals(text, row.get("t"));
    }
}
