package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import io.onlap.memtable.TableSchema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaInferenceTest {
    private static TableSchema infer(String text) throws IOException {
        SchemaInference inference = new SchemaInference();
        inference.sample(new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
        return inference.schema();
    }

    private static String shown(TableSchema schema) {
        return schema.columns().stream()
                .map(column -> column.name() + " " + column.typeName() + (column.nullable() ? "?" : ""))
                .collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':'x','b':1,'c':1.0,'d':true,'e':null}|a utf8?, b int64?, c float64?, d bool?, e utf8?",
                "{'a':1}~{'a':2e0}|a float64?",
                "{'a':2.5}~{'a':2}|a float64?",
                "{'a':null}~{'b':1}~{'a':7}|a int64?, b int64?",
                "{'a':[1,2.5,3]}~{'a':[0,0,0]}|a embedding[3]?",
                "{'a':1}~~broken~{'b':1}|a int64?",
                "{'a':1}~{'a':'x','b':1}|a int64?",
                "{'a':1}~{'b':{}}~{'c':1}|a int64?",
                "{'a':1}~{'b':['x']}~{'c':1}|a int64?",
                "{'a':1}~{'b':[]}~{'c':1}|a int64?",
                "{'a':[1]}~{'a':[1,2],'b':1}|a embedding[1]?",
                "{'a':1}~{'b':99999999999999999999}|a int64?",
                "{'a':1}~{'b':1,'b':2}|a int64?",
                "{'a':1}~{'b':1} x|a int64?",
                "{'_op':'delete','z':1}~{'a':1}|a int64?",
                "{'ts':'2023-05-08T13:56:20Z'}|ts utf8?",
            })
    void shouldGuessWhenLinesAre(String lines, String expected) throws IOException {
        assertEquals(expected, shown(infer(lines.replace('\'', '"').replace('~', '\n'))));
    }

    @Test
    void shouldGiveNothingWhenFirstLineIsBroken() throws IOException {
        assertNull(infer("x\n{\"a\":1}\n"));
        assertNull(infer(""));
    }

    @Test
    void shouldStopWhenThousandLinesWereSeen() throws IOException {
        assertEquals("a int64?", shown(infer("{\"a\":1}\n".repeat(1_000) + "{\"b\":1}\n")));
        assertEquals("a int64?, b int64?", shown(infer("{\"a\":1}\n".repeat(999) + "{\"b\":1}\n")));
    }

    @Test
    void shouldGuessRealTurnsWhenTheyAreThere() throws Exception {
        Path turns = Path.of("../../shared/data/turns.ndjson");
        Assumptions.assumeTrue(Files.exists(turns), "no shared turns beside the project");
        try (LineReader lines = new LineReader(Files.newInputStream(turns))) {
            SchemaInference inference = new SchemaInference();
            inference.sample(lines);
            assertEquals(
                    "id utf8?, conversation utf8?, session int64?, turn int64?, speaker utf8?, ts utf8?, text utf8?,"
                            + " image_caption utf8?",
                    shown(inference.schema()));
            NdjsonReader reader =
                    new NdjsonReader("turns", lines, inference.schema().key("id"));
            int rows = 0;
            while (reader.next()) {
                rows++;
            }
            assertEquals(2_760, rows);
        }
    }

    @Test
    void shouldReadSchemaFileWhenItIsGood(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("schema.json");
        Files.writeString(
                file,
                "[{\"name\":\"id\",\"type\":\"int64\",\"nullable\":false},{\"name\":\"ts\",\"type\":\"timestamp\"},"
                        + "{\"name\":\"v\",\"type\":\"float32[4]\"}]");
        assertEquals("id int64, ts timestamp[us]?, v embedding[4]?", shown(SchemaFile.read(file)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|not a JSON array",
                "[1]|a column is not a JSON object",
                "[{'name':'a'}]|name and type are text",
                "[{'name':'a','type':'text'}]|unknown column type: column=a, type=text",
                "[{'name':'a','type':'utf8','nulable':true}]|unknown property: property=nulable",
                "[{'name':'a','type':'utf8'}] x|broken JSON",
                "[{'name':'a','type':'utf8'},{'name':'a','type':'utf8'}]|column named twice",
                "[]|column count out of range",
                "[{'name':'a','type':'embedding[0]'}]|unsupported column type",
            })
    void shouldRefuseSchemaFileWhenItIsBad(String json, String reason, @TempDir Path directory) throws IOException {
        Path file = directory.resolve("schema.json");
        Files.writeString(file, json.replace('\'', '"'));
        StorageException e = assertThrows(StorageException.class, () -> SchemaFile.read(file));
        assertEquals(StorageException.Kind.INVALID, e.kind());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void shouldNameTheFileWhenSchemaFileIsMissing(@TempDir Path directory) {
        StorageException e =
                assertThrows(StorageException.class, () -> SchemaFile.read(directory.resolve("none.json")));
        assertEquals(StorageException.Kind.NOT_FOUND, e.kind());
    }
}
