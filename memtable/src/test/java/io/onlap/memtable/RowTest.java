package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.junit.jupiter.api.Test;

/** A row's values are made when they are asked for, from bytes that are a copy. */
class RowTest {
    private static final TableSchema SCHEMA = Schemas.of(
                    Schemas.field("id", Schemas.UTF8),
                    Schemas.field("at", new ArrowType.Timestamp(TimeUnit.SECOND, null)),
                    Schemas.field("n", Schemas.integer(16)),
                    Schemas.field("raw", ArrowType.Binary.INSTANCE))
            .key("id");

    private static final int AT = 1;
    private static final int N = 2;
    private static final int RAW = 3;

    @Test
    void shouldRefuseOnlyTheValueThatJavaCannotRepresent() {
        try (MemtableRig rig = new MemtableRig(SCHEMA)) {
            rig.put(row -> row.set("id", "k").setLong(AT, Long.MAX_VALUE).set("n", 7));
            for (Row row : List.of(
                    rig.get("k").row(),
                    rig.scan(rig.view(), KeyRange.ALL, false).get(0))) {
                assertEquals(7, row.getLong("n"));
                StorageException refused = assertThrows(StorageException.class, () -> row.get("at"));
                assertEquals(
                        "INVALID: timestamp beyond java.time.Instant: column=at, value=9223372036854775807",
                        refused.kind() + ": " + refused.getMessage());
                assertThrows(StorageException.class, () -> row.getInstant("at"));
                assertEquals("{id=k, at=9223372036854775807, n=7, raw=null}", row.toString());
                assertEquals(rig.get("k").row().hashCode(), row.hashCode());
            }
        }
    }

    @Test
    void shouldGiveBytesWithoutACopyThatNobodyCanChange() {
        try (MemtableRig rig = new MemtableRig(SCHEMA)) {
            rig.put(row -> row.set("id", "käse").set("raw", new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
            Row row = rig.get("käse").row();
            ByteBuffer raw = row.bytes(RAW);
            assertEquals(9, raw.remaining());
            assertEquals(0x0807060504030201L, raw.getLong(0), "little-endian");
            assertThrows(ReadOnlyBufferException.class, () -> raw.put(0, (byte) 0));
            assertEquals("käse", StandardCharsets.UTF_8.decode(row.bytes(0)).toString());
            row.getBytes("raw")[0] = 99;
            assertEquals(1, row.getBytes("raw")[0], "an array given out is the caller's");
            assertInvalid("wrong type: column=n, type=int16, given=ByteBuffer", () -> row.bytes(N));
        }
    }

    @Test
    void shouldNameTheColumnThatIsNullOrOfAnotherType() {
        try (MemtableRig rig = new MemtableRig(SCHEMA)) {
            rig.put(row -> row.set("id", "k"));
            Row row = rig.get("k").row();
            assertTrue(row.isNull(N) && row.isNull("raw") && !row.isNull(0));
            assertInvalid("value is null: column=n", () -> row.getLong(N));
            assertInvalid("value is null: column=raw", () -> row.bytes(RAW));
            assertInvalid("wrong type: column=id, type=utf8, given=Long", () -> row.getLong(0));
        }
    }

    @Test
    void shouldDifferWhenOneValueDiffers() {
        Row row = row(r -> r.set("n", 1).set("raw", new byte[] {1}));
        assertEquals(row, row(r -> r.set("n", 1).set("raw", new byte[] {1})));
        for (Row other : List.of(
                row(r -> r.set("n", 2).set("raw", new byte[] {1})),
                row(r -> r.set("raw", new byte[] {1})),
                row(r -> r.set("n", 1)),
                row(r -> r.set("n", 1).set("raw", new byte[0])),
                row(r -> r.set("n", 1).set("raw", new byte[] {1}).setLong(AT, 0)))) {
            assertNotEquals(row, other);
        }
    }

    private static Row row(Consumer<RowBuilder> fill) {
        try (MemtableRig rig = new MemtableRig(SCHEMA)) {
            rig.put(row -> fill.accept(row.set("id", "k")));
            return rig.get("k").row();
        }
    }

    private static void assertInvalid(String message, Runnable call) {
        StorageException refused = assertThrows(StorageException.class, call::run);
        assertEquals("INVALID: " + message, refused.kind() + ": " + refused.getMessage());
    }
}
