package io.onlap.memtable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.io.Allocation;
import io.onlap.io.StorageException;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RowEncoderTest {
    private static final int LIMIT = 1_000;

    private final TableSchema turns = Schemas.everyType().key("id");
    private final TableSchema plain = Schemas.of(Schemas.field("text", Schemas.UTF8));
    private final RowEncoder encoder = new RowEncoder(LIMIT);

    @Test
    void shouldWriteOneBlockPerRunOfATableWhenTablesTakeTurns() {
        put(1, plain, row -> row.set("text", "a"));
        put(1, plain, row -> row.set("text", "bc"));
        put(2, plain, row -> row.set("text", ""));
        put(1, plain, row -> row.set("text", "d"));
        int at = 0;
        int[][] expected = {{1, 2, 3}, {2, 1, 0}, {1, 1, 1}};
        for (int[] block : expected) {
            assertEquals(block[0], integer(at + RowBlock.TABLE_ID_OFFSET));
            assertEquals(1, integer(at + RowBlock.SCHEMA_ID_OFFSET));
            assertEquals(block[1], integer(at + RowBlock.ROW_COUNT_OFFSET));
            assertEquals(block[1] * (6 + 8) + block[2], integer(at + RowBlock.BYTES_OFFSET));
            at += RowBlock.HEADER_BYTES + integer(at + RowBlock.BYTES_OFFSET);
        }
        assertEquals(at, encoder.length());
        assertEquals(4, encoder.rowCount());
    }

    @Test
    void shouldRefuseAndStayUsableWhenAValueIsWrong() {
        put(1, turns, row -> row.set("id", "kept"));
        byte[] before = bytes();
        String columns = "[id, bool, i8, i16, i32, i64, f32, f64, text, bytes, day, s, ms, us, ns, vector]";
        refuse("unknown column: column=nope, columns=" + columns, row -> row.set("nope", 1));
        refuse("wrong type: column=i8, type=int8, given=text", row -> row.set("i8", "x"));
        refuse("wrong type: column=text, type=utf8, given=integer", row -> row.set("text", 1));
        refuse("value out of range: column=i8, type=int8, value=128", row -> row.set("i8", 128));
        refuse("value out of range: column=i16, type=int16, value=-32769", row -> row.set("i16", -32769));
        refuse("value out of range: column=i32, type=int32, value=2147483648", row -> row.set("i32", 1L << 31));
        refuse("value out of range: column=f32, type=float32, value=1.0E300", row -> row.set("f32", 1e300));
        refuse("wrong type: column=i64, type=int64, given=double", row -> row.set("i64", 1.0));
        refuse("wrong type: column=i64, type=int64, given=double", row -> row.set("i64", 1.0f));
        refuse("wrong type: column=i8, type=int8, given=boolean", row -> row.set("i8", true));
        refuse("wrong type: column=text, type=utf8, given=bytes", row -> row.set("text", new byte[1]));
        refuse("wrong type: column=day, type=date, given=Instant", row -> row.set("day", Instant.EPOCH));
        refuse("wrong type: column=s, type=timestamp[s], given=LocalDate", row -> row.set("s", LocalDate.EPOCH));
        refuse("timestamp out of range: column=ns, value=" + Instant.MAX, row -> row.set("ns", Instant.MAX));
        refuse("text with a lone surrogate: column=text, index=1", row -> row.set("text", "a\udc00b"));
        refuse("bytes are not UTF-8: column=text, length=1", row -> row.setUtf8(8, new byte[] {-1}, 0, 1));
        refuse("wrong embedding length: column=vector, floats=2, dimensions=3", row -> row.set("vector", new float[2]));
        refuse("no such column: ordinal=16, columns=16", row -> row.setLong(16, 1));
        refuse("key is null: column=id", row -> row.setNull("id"));
        refuse("batch over its limit: bytes=10058, batchBytesMax=1000", row -> row.set("text", "x".repeat(9_808)));
        assertArrayEquals(before, bytes());
        assertEquals(1, encoder.rowCount());
        put(1, turns, row -> row.set("id", "next"));
        assertEquals(2, integer(RowBlock.ROW_COUNT_OFFSET));
    }

    @Test
    void shouldLeaveNoBlockBehindWhenItsFirstRowIsRefused() {
        refuse("key is null: column=id", row -> row.set("i8", 1));
        assertEquals(0, encoder.length());
        RowBuilder abandoned = encoder.beginPut(1, turns);
        assertEquals(0, encoder.length());
        encoder.clear();
        assertInvalid("row has ended: the builder is good only until its row ends", () -> abandoned.set("i8", 1));
    }

    @Test
    void shouldRefuseWhenARequiredColumnIsNull() {
        TableSchema required = Schemas.of(org.apache.arrow.vector.types.pojo.Field.notNullable("n", Schemas.UTF8));
        assertInvalid("value is null: column=n", () -> put(1, required, row -> {}));
        assertInvalid(
                "value is null: column=n",
                () -> put(1, required, row -> row.set("n", "a").setNull("n")));
        put(1, required, row -> row.set("n", ""));
    }

    @Test
    void shouldRefuseDeleteWhenKeyIsWrongOrTableHasNone() {
        assertInvalid("table without key has no deletes: tableId=7", () -> encoder.addDelete(7, plain, "a"));
        assertInvalid("wrong number of key values: given=2, key=[id]", () -> encoder.addDelete(7, turns, "a", "b"));
        assertInvalid("key is null: column=id", () -> encoder.addDelete(7, turns, new Object[] {null}));
        assertInvalid("wrong type: column=id, type=utf8, given=integer", () -> encoder.addDelete(7, turns, 1));
        assertEquals(0, encoder.length());
        encoder.addDelete(7, turns, "a");
        assertEquals(1, encoder.rowCount());
    }

    @Test
    void shouldRefuseNamingTheLimitWhenKeyIsTooLong() {
        RowEncoder large = new RowEncoder(1 << 20);
        large.beginPut(1, turns).set("id", "k".repeat(KeyCodec.KEY_BYTES_MAX + 1));
        assertInvalid("key too long: keyBytes=32769, keyBytesMax=32768, key=[id]", large::endRow);
        assertEquals(0, large.length());
    }

    @Test
    void shouldTakeATextThatJustFitsWhenItsWorstCaseDoesNot() {
        int room = LIMIT - RowBlock.HEADER_BYTES - 6 - 8;
        put(1, plain, row -> row.set("text", "x".repeat(room)));
        assertEquals(LIMIT, encoder.length());
    }

    @Test
    void shouldAllocateNothingPerRowWhenOrdinalsAreUsed() {
        RowEncoder large = new RowEncoder(1 << 20);
        long allocated = Allocation.leastBytes(20, () -> {
            large.clear();
            for (int i = 0; i < 2_000; i++) {
                large.beginPut(1, turns)
                        .setUtf8(0, "key")
                        .setLong(5, i)
                        .setDouble(7, i)
                        .setUtf8(8, "some text");
                large.endRow();
            }
        });
        assertEquals(0, allocated / 2_000);
    }

    private void put(int tableId, TableSchema schema, Consumer<RowBuilder> row) {
        row.accept(encoder.beginPut(tableId, schema));
        encoder.endRow();
    }

    private void refuse(String message, Consumer<RowBuilder> row) {
        assertInvalid(message, () -> put(1, turns, row));
        encoder.abandonRow();
    }

    private static void assertInvalid(String message, Executable call) {
        StorageException refused = assertThrows(StorageException.class, call);
        assertEquals(StorageException.Kind.INVALID, refused.kind());
        assertEquals(message, refused.getMessage());
    }

    private int integer(int at) {
        return encoder.buffer().getInt(at, ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] bytes() {
        byte[] bytes = new byte[encoder.length()];
        encoder.buffer().getBytes(0, bytes);
        return bytes;
    }
}
