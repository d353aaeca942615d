package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import io.onlap.memtable.KeyCodec;
import io.onlap.memtable.TableSchema;
import java.time.Instant;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTextTest {
    private static final TableSchema COLUMNS = TableSchema.of(new Schema(List.of(
            TypeNames.field("text", "utf8", true),
            TypeNames.field("raw", "binary", true),
            TypeNames.field("small", "int8", true),
            TypeNames.field("number", "int64", true),
            TypeNames.field("ts", "timestamp[us]", true))));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text|s1/0001|\"s1/0001\"",
                "text|a\"b\\c|\"a\\\"b\\\\c\"",
                "text|[1]|\"[1]\"",
                "text|``|\"\"",
                "raw|AAH/|\"AAH/\"",
                "raw|``|\"\"",
                "number|-42|-42",
                "small|-128|-128",
                "ts|2023-05-08T13:56:20.000001Z|\"2023-05-08T13:56:20.000001Z\"",
                "text,number|[\"a\",7]|[\"a\",7]",
                "raw,ts,text|[\"AA==\",\"1969-12-31T23:59:59Z\",\"\\u0000😀\"]|[\"AA==\",\"1969-12-31T23:59:59Z\",\"\\u0000😀\"]",
            })
    void shouldComeBackWhenKeyIs(String columns, String text, String json) {
        TableSchema schema = COLUMNS.key(columns.split(",", -1));
        Object[] key = KeyText.parse(schema, text);
        assertEquals(text, KeyText.text(key));
        assertEquals(json, KeyText.json(key));
        assertArrayEquals(key, KeyCodec.decode(schema, KeyCodec.encode(schema, key)));
    }

    @Test
    void shouldReadUtcWhenTimestampHasOffset() {
        Object[] key = KeyText.parse(COLUMNS.key("ts"), "2023-05-08T15:56:20+02:00");
        assertEquals(Instant.parse("2023-05-08T13:56:20Z"), key[0]);
    }

    @Test
    void shouldTakeFewerValuesWhenKeyIsBound() {
        TableSchema schema = COLUMNS.key("text", "number");
        assertArrayEquals(new Object[] {"a"}, KeyText.parseLeading(schema, "[\"a\"]"));
        StorageException e = assertThrows(StorageException.class, () -> KeyText.parse(schema, "[\"a\"]"));
        assertEquals("key: key=[\"a\"], reason=a key has a value per key column: expected=2, found=1", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "number|x|column=number, expected=int64",
                "number|1.0|column=number, expected=int64",
                "number|99999999999999999999|number out of range: column=number, type=int64",
                "small|128|number out of range: column=small, type=int8",
                "ts|now|column=ts, expected=timestamp[us]",
                "raw|*|column=raw, expected=binary",
                "text,number|a|broken JSON",
                "text,number|{}|JSON array: columns=[text, number]",
                "text,number|[]|JSON array",
                "text,number|[\"a\",1,2]|a key has a value per key column: expected=2, found=3",
                "text,number|[\"a\",99999999999999999999]|number out of range: column=number, type=int64",
                "text,number|[\"a\",\"1\"]|wrong type: column=number, expected=int64",
                "text,number|[\"a\",1.5]|wrong type: column=number",
                "text,number|[7,1]|wrong type: column=text",
                "text,number|[\"a\",null]|wrong type: column=number",
                "text,number|[\"a\",1] x|broken JSON",
            })
    void shouldRefuseWhenTextIsNoKey(String columns, String text, String reason) {
        TableSchema schema = COLUMNS.key(columns.split(",", -1));
        StorageException e = assertThrows(StorageException.class, () -> KeyText.parse(schema, text));
        assertEquals(StorageException.Kind.INVALID, e.kind());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void shouldRefuseWhenTableHasNoKey() {
        assertThrows(StorageException.class, () -> KeyText.parse(COLUMNS, "a"));
    }
}
