package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Exact keys decide: the index's hashes only save comparisons. */
class KeyIndexTest {
    private static final TableSchema SCHEMA = Schemas.of(
                    Schemas.field("id", Schemas.UTF8), Schemas.field("v", Schemas.integer(64)))
            .key("id");

    /** About 80,000 keys of 32 bits are enough for two of one hash; without them the test would prove nothing. */
    private static final int KEYS_MAX = 10_000_000;

    @Test
    void shouldKeepKeysApartThatHaveTheSameHash() {
        List<String> twins = keysOfOneHash();
        String first = twins.get(0);
        String second = twins.get(1);
        try (MemtableRig rig = new MemtableRig(SCHEMA)) {
            rig.put(row -> row.set("id", first).set("v", 1));
            assertTrue(rig.get(second).isAbsent(), second);
            rig.put(row -> row.set("id", second).set("v", 2));
            assertEquals(1, rig.get(first).row().getLong("v"));
            assertEquals(2, rig.get(second).row().getLong("v"));
            rig.delete(first);
            assertTrue(rig.get(first).isDeleted(), first);
            assertEquals(2, rig.get(second).row().getLong("v"));
            assertEquals(2, rig.scan(rig.view(), KeyRange.ALL, false).size());
        }
    }

    private static List<String> keysOfOneHash() {
        Map<Integer, String> seen = new HashMap<>();
        for (int i = 0; i < KEYS_MAX; i++) {
            String key = "session/" + i;
            byte[] encoded = KeyCodec.encode(SCHEMA, key);
            String twin = seen.put(RawBytes.hash(encoded, RawBytes.ARRAY_OFFSET, encoded.length), key);
            if (twin != null) {
                return List.of(twin, key);
            }
        }
        throw new AssertionError("no two keys of one hash: keys=" + KEYS_MAX);
    }
}
