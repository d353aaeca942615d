package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.RowEncoder;
import io.onlap.memtable.TableSchema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsTest {
    private static final InputStream NOTHING = InputStream.nullInputStream();

    @TempDir
    private Path directory;

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldInferOverAllInputsWhenTheyAreShort() throws Exception {
        String first = file("a.ndjson", "{\"a\":1}\n");
        String last = file("c.ndjson", "{\"c\":true}\n");
        try (Inputs inputs = new Inputs(List.of(first, "-", last), stream("{\"b\":\"x\"}\n"))) {
            TableSchema schema = inputs.inferSchema();
            assertEquals(
                    List.of("a", "b", "c"),
                    schema.columns().stream().map(column -> column.name()).toList());
            assertEquals(-1, inputs.totalBytes());
            int rows = 0;
            for (String name : inputs.names()) {
                NdjsonReader reader = inputs.open(name, schema);
                while (reader.next()) {
                    rows++;
                }
            }
            assertEquals(3, rows);
        }
    }

    @Test
    void shouldReadAgainWhenInputIsFile() throws Exception {
        String file = file("a.ndjson", "{\"a\":1}\n{\"a\":2}\n");
        try (Inputs inputs = new Inputs(List.of(file), NOTHING)) {
            assertEquals(16, inputs.totalBytes());
            TableSchema schema = inputs.inferSchema();
            for (int round = 0; round < 2; round++) {
                try (NdjsonReader reader = inputs.open(file, schema)) {
                    assertTrue(reader.next());
                    assertEquals(1, reader.values().integer(0));
                }
            }
        }
    }

    @Test
    void shouldAskForSchemaWhenInputIsEmpty() throws Exception {
        try (Inputs inputs = new Inputs(List.of("-"), NOTHING)) {
            StorageException refused = assertThrows(StorageException.class, inputs::inferSchema);
            assertEquals(
                    "no rows to infer the columns of the new table from: inputs=[-]: use --schema",
                    refused.getMessage());
        }
    }

    @Test
    void shouldRefuseWhenInputCannotBeRead() {
        String missing = directory.resolve("none").toString();
        assertEquals(
                StorageException.Kind.NOT_FOUND,
                assertThrows(StorageException.class, () -> new Inputs(List.of(missing), NOTHING))
                        .kind());
        assertThrows(StorageException.class, () -> new Inputs(List.of(directory.toString()), NOTHING));
        assertThrows(StorageException.class, () -> new Inputs(List.of("-", "-"), NOTHING));
    }

    /** The sample that ships with the jar is good, and its rows reach a batch. */
    @Test
    void shouldFillBatchWhenSampleIsRead() throws Exception {
        RowEncoder encoder = new RowEncoder(1 << 20);
        try (LineReader lines = new LineReader(Main.class.getResourceAsStream("turns.ndjson"))) {
            SchemaInference inference = new SchemaInference();
            inference.sample(lines);
            TableSchema schema = inference.schema().key("id");
            NdjsonReader reader = new NdjsonReader("turns.ndjson", lines, schema);
            while (reader.next()) {
                RowBuilder row = encoder.beginPut(1, schema);
                reader.values().fill(row);
                encoder.endRow();
            }
        }
        assertEquals(16, encoder.rowCount());
    }

    @Test
    void shouldFillEveryTypeWhenLineHasIt() throws Exception {
        TableSchema schema = TableSchema.of(new Schema(List.of(
                        TypeNames.field("id", "int32", false),
                        TypeNames.field("wide", "float64", true),
                        TypeNames.field("narrow", "float32", true),
                        TypeNames.field("done", "bool", true),
                        TypeNames.field("raw", "binary", true),
                        TypeNames.field("day", "date", true),
                        TypeNames.field("ts", "timestamp[s]", true),
                        TypeNames.field("vec", "embedding[1]", true))))
                .key("id");
        NdjsonReader reader = new NdjsonReader(
                "x",
                new LineReader(stream("{\"id\":1,\"wide\":\"NaN\",\"narrow\":1e-3,\"done\":false,\"raw\":\"\",\"day\":"
                        + "\"2024-02-29\",\"ts\":\"2024-02-29T00:00:00Z\",\"vec\":[7]}")),
                schema);
        assertTrue(reader.next());
        RowEncoder byLine = new RowEncoder(1 << 16);
        reader.values().fill(byLine.beginPut(1, schema));
        byLine.endRow();
        RowEncoder byHand = new RowEncoder(1 << 16);
        byHand.beginPut(1, schema)
                .set("id", 1)
                .set("wide", Double.NaN)
                .set("narrow", 1e-3f)
                .set("done", false)
                .set("raw", new byte[0])
                .set("day", java.time.LocalDate.of(2024, 2, 29))
                .set("ts", java.time.Instant.parse("2024-02-29T00:00:00Z"))
                .set("vec", new float[] {7});
        byHand.endRow();
        assertEquals(byHand.length(), byLine.length());
        assertEquals(0, byHand.buffer().compareTo(byLine.buffer()));
    }

    @Test
    void shouldAppendLinePerRowWhenBatchIsAcknowledged() throws Exception {
        Path path = directory.resolve("acks");
        TableSchema schema = TableSchema.of(new Schema(List.of(TypeNames.field("id", "utf8", false))))
                .key("id");
        NdjsonReader reader = new NdjsonReader(
                "x",
                new LineReader(stream("{\"id\":\"a\"}\n{\"id\":\"q\\\"\\\\\\né😀\"}\n{\"id\":\"c\"}\n{\"id\":\"d\"}")),
                schema);
        try (AckFile acks = AckFile.open(path, directory.resolve("store"), schema)) {
            reader.next();
            acks.add(reader.values());
            reader.next();
            acks.add(reader.values());
            assertEquals("", Files.readString(path));
            acks.cut(7);
            reader.next();
            acks.add(reader.values());
            acks.cut(8);
            assertEquals("", Files.readString(path));
            assertEquals(3, acks.pendingRows());
            acks.settle(acks.oldestPending());
            assertEquals(1, acks.pendingRows());
            assertEquals(8, acks.oldestPending());
        }
        try (AckFile acks = AckFile.open(path, directory.resolve("store"), schema)) {
            reader.next();
            acks.add(reader.values());
            acks.cut(9);
            acks.settle(9);
        }
        assertEquals("7\t\"a\"\n7\t\"q\\\"\\\\\\u000aé😀\"\n9\t\"d\"\n", Files.readString(path));
    }

    @Test
    void shouldWriteJsonKeyWhenKeyIsNotOneText() throws Exception {
        TableSchema columns = TableSchema.of(
                new Schema(List.of(TypeNames.field("a", "utf8", true), TypeNames.field("b", "int64", true))));
        String[] expected = {"1\tnull\n", "1\t7\n", "1\t[\"x\",7]\n"};
        TableSchema[] schemas = {columns, columns.key("b"), columns.key("a", "b")};
        for (int i = 0; i < schemas.length; i++) {
            Path path = directory.resolve("acks" + i);
            NdjsonReader reader = new NdjsonReader("x", new LineReader(stream("{\"a\":\"x\",\"b\":7}")), schemas[i]);
            assertTrue(reader.next());
            try (AckFile acks = AckFile.open(path, directory.resolve("store"), schemas[i])) {
                acks.add(reader.values());
                acks.cut(1);
                acks.settle(1);
            }
            assertEquals(expected[i], Files.readString(path));
            assertFalse(reader.next());
        }
    }
}
