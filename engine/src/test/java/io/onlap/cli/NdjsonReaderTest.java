package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.memtable.TableSchema;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NdjsonReaderTest {
    private static final TableSchema TURNS = TableSchema.of(new Schema(List.of(
                    TypeNames.field("id", "utf8", false),
                    TypeNames.field("turn", "int32", true),
                    TypeNames.field("score", "float64", true),
                    TypeNames.field("small", "float32", true),
                    TypeNames.field("done", "bool", true),
                    TypeNames.field("raw", "binary", true),
                    TypeNames.field("day", "date", true),
                    TypeNames.field("ts", "timestamp[ms]", true),
                    TypeNames.field("vec", "embedding[2]", true))))
            .key("id");

    private static NdjsonReader reader(byte[] bytes) {
        return new NdjsonReader("in.ndjson", new LineReader(new ByteArrayInputStream(bytes)), TURNS);
    }

    private static NdjsonReader reader(String text) {
        return reader(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String failure(String line) {
        return failure(line.getBytes(StandardCharsets.UTF_8));
    }

    private static String failure(byte[] line) {
        return assertThrows(BadLineException.class, () -> reader(line).next()).getMessage();
    }

    @Test
    void shouldReadEveryTypeWhenLineIsGood() throws Exception {
        NdjsonReader reader = reader(
                "{\"id\":\"a\\u00e9\\ud83d\\ude00\\n\",\"turn\":-7,\"score\":3,\"small\":0.5,\"done\":true,"
                        + "\"raw\":\"AAH/\",\"day\":\"1969-12-31\",\"ts\":\"2023-05-08T15:56:20.25+02:00\",\"vec\":[1,-2.5]}");
        assertTrue(reader.next());
        LineValues values = reader.values();
        assertEquals("aé😀\n", values.text(0));
        assertEquals(-7, values.integer(1));
        assertEquals(3.0, values.floating(2));
        assertEquals(0.5, values.floating(3));
        assertEquals(1, values.integer(4));
        assertEquals(3, values.bytesLength(5));
        assertEquals((byte) 0xff, values.bytes()[values.bytesStart(5) + 2]);
        assertEquals(-1, values.integer(6));
        assertEquals(1_683_554_180_250L, values.integer(7));
        assertArrayEquals(new float[] {1f, -2.5f}, values.floats(8));
        assertArrayEquals(new Object[] {"aé😀\n"}, values.key());
        assertFalse(reader.next());
    }

    @Test
    void shouldKeepNothingOfTheLineBeforeWhenNextOneIsShorter() throws Exception {
        NdjsonReader reader = reader("{\"id\":\"a\",\"turn\":1}\n{\"id\":\"b\",\"score\":null}\n");
        reader.next();
        reader.next();
        assertEquals("b", reader.values().text(0));
        assertEquals(LineValues.Kind.ABSENT, reader.values().kind(1));
        assertEquals(LineValues.Kind.NULL, reader.values().kind(2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'id':'a','turn':'x'}|18|turn|wrong type: expected=int32, found=string",
                "{'id':'a','turn':1.0}|18|turn|wrong type: expected=int32, found=number with a fraction or exponent",
                "{'id':'a','turn':2147483648}|18|turn|number out of range: type=int32",
                "{'id':'a','turn':99999999999999999999}|18|turn|number out of range: type=int32",
                "{'id':'a','score':1e999}|19|score|number out of range: type=float64",
                "{'id':'a','small':1e39}|19|small|number out of range: type=float32",
                "{'id':'a','score':'nan'}|19|score|wrong type: expected=float64, found=string",
                "{'id':'a','done':1}|18|done|wrong type: expected=bool, found=integer",
                "{'id':7}|7|id|wrong type: expected=utf8, found=integer",
                "{'id':null}|7|id|null key",
                "{'turn':1}|1|id|missing key",
                "`  {}`|3|id|missing key",
                "{'id':'a','id':'b'}|11|id|duplicate field",
                "{'id':'a','zip':1}|11|zip|unknown column",
                "{'id':'a','zip':{}}|11|zip|unknown column, and objects cannot be stored",
                "{'id':'a','day':'2023-13-01'}|17|day|not an ISO-8601 date",
                "{'id':'a','ts':'yesterday'}|16|ts|not an ISO-8601 timestamp",
                "{'id':'a','ts':'2023-01-01T00:00:00.0001Z'}|16|ts|time does not fit the column: type=timestamp[ms]",
                "{'id':'a','ts':5}|16|ts|wrong type: expected=timestamp, found=integer",
                "{'id':'a','raw':'A***'}|17|raw|not base64: Illegal base64 character 2a",
                "{'id':'a','vec':[1]}|17|vec|wrong number of floats: expected=2, found=1",
                "{'id':'a','vec':[1,2,3]}|17|vec|wrong number of floats: expected=2, found=3",
                "{'id':'a','vec':[1,null]}|20|vec|wrong type: expected=float32, found=null",
                "{'id':'\\ud800'}|7|id|escaped surrogate without its other half",
                "{'id':'a\\udc00\\ud800'}|7|id|escaped surrogate without its other half",
                "{'id':'a'} {'id':'b'}|12|-|more than one value on the line",
                "[1]|1|-|the line is not a JSON object",
                "{'_op':'drop','id':'a'}|8|_op|unknown operation, only \"delete\" is one",
                "{'_op':'delete','id':'a','turn':1}|26|turn|a delete holds nothing but its key",
                "{'_op':'delete'}|1|id|missing key",
            })
    void shouldNameThePlaceWhenLineIsBad(String line, int offset, String field, String reason) {
        String message = failure(line.replace('\'', '"'));
        assertEquals("in.ndjson:1:" + offset + " field=" + field + ": " + reason, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'id':'a',}|11|id",
                "{'id':'a'|10|id",
                "{'id' 'a'}|7|id",
                "{'id':'a'} xyz|12|-",
                "{'id':nul}|7|id",
                "{'id':'a','turn':01}|19|turn",
                "{'id':'a','score':NaN}|19|score",
            })
    void shouldNameTheByteWhenJsonIsBroken(String line, int offset, String field) {
        String message = failure(line.replace('\'', '"'));
        assertTrue(message.startsWith("in.ndjson:1:" + offset + " field=" + field + ": broken JSON: "), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void shouldRefuseControlCharacterWhenInsideText() {
        String message = failure("{\"id\":\"a\u0001b\"}");
        assertTrue(message.startsWith("in.ndjson:1:9 field=id: broken JSON: "), message);
    }

    @Test
    void shouldNameTheByteWhenUtf8IsInvalid() {
        byte[] line = "{\"id\":\"a..\"}".getBytes(StandardCharsets.UTF_8);
        line[8] = (byte) 0xc0;
        line[9] = (byte) 0xaf;
        assertEquals("in.ndjson:1:9 field=-: invalid UTF-8", failure(line));
    }

    @Test
    void shouldQuoteFieldWhenNameHasControlCharacters() {
        assertEquals("in.ndjson:1:2 field=\"a\\nb\": unknown column", failure("{\"a\\nb\":1}"));
    }

    @Test
    void shouldGoOnWithNextLineWhenOneIsBad() throws Exception {
        NdjsonReader reader = reader("\uFEFF{\"id\":\"a\"}\r\n\r\n  \nbad\n{\"id\":\"b\"}");
        assertTrue(reader.next());
        assertEquals("a", reader.values().text(0));
        BadLineException bad = assertThrows(BadLineException.class, reader::next);
        assertTrue(bad.getMessage().startsWith("in.ndjson:4:"), bad.getMessage());
        assertTrue(reader.next());
        assertEquals("b", reader.values().text(0));
        assertEquals(5, reader.line());
        assertFalse(reader.next());
    }

    @Test
    void shouldReadDeleteWhenOperationStandsAnywhere() throws Exception {
        NdjsonReader reader =
                reader("{\"_op\":\"delete\",\"id\":\"a\"}\n{\"id\":\"b\",\"_op\":\"delete\"}\n{\"id\":\"c\"}");
        reader.next();
        assertTrue(reader.values().isDelete());
        reader.next();
        assertTrue(reader.values().isDelete());
        assertArrayEquals(new Object[] {"b"}, reader.values().key());
        reader.next();
        assertFalse(reader.values().isDelete());
    }

    @Test
    void shouldReadNonFiniteWhenWrittenAsText() throws Exception {
        NdjsonReader reader = reader("{\"id\":\"a\",\"score\":\"-Infinity\",\"vec\":[\"NaN\",1e-3]}");
        reader.next();
        assertEquals(Double.NEGATIVE_INFINITY, reader.values().floating(2));
        assertTrue(Float.isNaN(reader.values().floats(8)[0]));
    }

    @Test
    void shouldPrependWhenInputIsRepeated() throws Exception {
        NdjsonReader reader = reader("{\"id\":\"s1/0001\"}");
        reader.next();
        reader.values().prepend(0, "r000002/".getBytes(StandardCharsets.UTF_8));
        assertEquals("r000002/s1/0001", reader.values().text(0));
    }

    /** 100 MB without an end of line, then a good one: the buffer must stay near the limit. */
    @Test
    void shouldSkipLineWithoutHoldingItWhenOverLimit() throws Exception {
        long size = 100L << 20;
        InputStream in = new InputStream() {
            private final InputStream tail =
                    new ByteArrayInputStream("\n{\"id\":\"b\"}".getBytes(StandardCharsets.UTF_8));
            private long given;

            @Override
            public int read() throws IOException {
                return given++ < size ? 'x' : tail.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (given >= size) {
                    return tail.read(target, offset, length);
                }
                int count = (int) Math.min(length, size - given);
                java.util.Arrays.fill(target, offset, offset + count, (byte) 'x');
                given += count;
                return count;
            }
        };
        LineReader lines = new LineReader(in);
        NdjsonReader reader = new NdjsonReader("big", lines, TURNS);
        BadLineException bad = assertThrows(BadLineException.class, reader::next);
        assertEquals("big:1:16777217 field=-: line too long: lineBytesMax=16777216", bad.getMessage());
        assertTrue(lines.buffer().length <= 2 * LineReader.LINE_BYTES_MAX, "buffer=" + lines.buffer().length);
        assertTrue(reader.next());
        assertEquals("b", reader.values().text(0));
        assertEquals(2, reader.line());
        assertFalse(reader.next());
    }

    /** Every size of a tiny buffer against every cut of the input by the stream. */
    @Test
    void shouldCutSameLinesWhenReadsAreTorn() throws Exception {
        String text = "\nab\r\n\nccc\ndddddddddd\n\r\nlast";
        List<String> expected = List.of("", "ab", "", "ccc", "dddddddddd", "", "last");
        for (int bufferBytes = 1; bufferBytes <= 40; bufferBytes++) {
            for (int read = 1; read <= 7; read++) {
                assertEquals(expected, lines(torn(text, read), bufferBytes), bufferBytes + "/" + read);
            }
        }
    }

    private static List<String> lines(InputStream in, int bufferBytes) throws IOException {
        List<String> lines = new ArrayList<>();
        LineReader reader = new LineReader(in, 100, bufferBytes);
        while (reader.next()) {
            lines.add(new String(reader.buffer(), reader.start(), reader.length(), StandardCharsets.UTF_8));
        }
        assertEquals(lines.size(), reader.number());
        return lines;
    }

    private static InputStream torn(String text, int bytesMax) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, bytesMax));
            }
        };
    }

    @Test
    void shouldGiveSameLinesAgainWhenRewound() throws Exception {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < 500; i++) {
            text.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
        }
        LineReader reader = new LineReader(new ByteArrayInputStream(text.toByteArray()), 100, 16);
        reader.mark(2_000);
        int sampled = 0;
        while (reader.next()) {
            sampled++;
        }
        assertTrue(sampled > 100 && sampled < 500, "sampled=" + sampled);
        reader.rewind();
        for (int i = 0; i < 500; i++) {
            assertTrue(reader.next());
            assertEquals(
                    "line " + i, new String(reader.buffer(), reader.start(), reader.length(), StandardCharsets.UTF_8));
            assertEquals(i + 1, reader.number());
        }
        assertFalse(reader.next());
    }
}
