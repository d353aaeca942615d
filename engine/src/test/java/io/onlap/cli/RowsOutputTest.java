package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.onlap.io.StorageException;
import io.onlap.memtable.Row;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.TableSchema;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RowsOutputTest {
    private static final TableSchema SCHEMA = TableSchema.of(new Schema(List.of(
                    TypeNames.field("id", "utf8", false),
                    TypeNames.field("number", "int64", true),
                    TypeNames.field("tiny", "int8", true),
                    TypeNames.field("wide", "float64", true),
                    TypeNames.field("narrow", "float32", true),
                    TypeNames.field("done", "bool", true),
                    TypeNames.field("raw", "binary", true),
                    TypeNames.field("day", "date", true),
                    TypeNames.field("ts", "timestamp[us]", true),
                    TypeNames.field("vec", "embedding[2]", true))))
            .key("id");

    private BufferAllocator allocator;
    private VectorSchemaRoot root;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void allocate() {
        allocator = new RootAllocator();
        root = VectorSchemaRoot.create(SCHEMA.arrow(), allocator);
        root.allocateNew();
    }

    @AfterEach
    void close() {
        root.close();
        allocator.close();
    }

    private void row(int row, LineValues values) {
        for (int i = 0; i < SCHEMA.columns().size(); i++) {
            switch (values.kind(i)) {
                case ABSENT, NULL -> root.getVector(i).setNull(row);
                case INTEGER -> integer(i, row, values.integer(i));
                case FLOATING -> {
                    if (root.getVector(i) instanceof Float8Vector wide) {
                        wide.setSafe(row, values.floating(i));
                    } else {
                        ((Float4Vector) root.getVector(i)).setSafe(row, (float) values.floating(i));
                    }
                }
                case BYTES -> {
                    if (root.getVector(i) instanceof VarCharVector text) {
                        text.setSafe(row, values.bytes(), values.bytesStart(i), values.bytesLength(i));
                    } else {
                        ((VarBinaryVector) root.getVector(i))
                                .setSafe(row, values.bytes(), values.bytesStart(i), values.bytesLength(i));
                    }
                }
                case FLOATS -> {
                    FixedSizeListVector list = (FixedSizeListVector) root.getVector(i);
                    list.setNotNull(row);
                    for (int k = 0; k < 2; k++) {
                        ((Float4Vector) list.getDataVector()).setSafe(row * 2 + k, values.floats(i)[k]);
                    }
                }
            }
        }
        root.setRowCount(row + 1);
    }

    private void integer(int column, int row, long value) {
        if (root.getVector(column) instanceof BigIntVector vector) {
            vector.setSafe(row, value);
        } else if (root.getVector(column) instanceof TinyIntVector vector) {
            vector.setSafe(row, (byte) value);
        } else if (root.getVector(column) instanceof BitVector vector) {
            vector.setSafe(row, (int) value);
        } else if (root.getVector(column) instanceof DateDayVector vector) {
            vector.setSafe(row, (int) value);
        } else {
            ((TimeStampVector) root.getVector(column)).setSafe(row, value);
        }
    }

    private void rows(String ndjson) throws Exception {
        NdjsonReader reader = new NdjsonReader(
                "test", new LineReader(new ByteArrayInputStream(ndjson.getBytes(StandardCharsets.UTF_8))), SCHEMA);
        for (int row = 0; reader.next(); row++) {
            row(row, reader.values());
        }
    }

    private String written(RowsOutput output) throws IOException {
        output.write(root);
        output.end();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static final String FULL =
            "{\"id\":\"a\\\"\\\\\\n\\u0001é😀\",\"number\":-9223372036854775808,\"tiny\":-128,"
                    + "\"wide\":5.684341886080802E-14,\"narrow\":0.1,\"done\":true,\"raw\":\"AAH/\",\"day\":\"1969-12-31\","
                    + "\"ts\":\"1969-12-31T23:59:59.999999Z\",\"vec\":[1.0,-2.5]}\n";
    private static final String SPARSE =
            "{\"id\":\"\",\"wide\":\"-Infinity\",\"narrow\":\"NaN\",\"vec\":[\"NaN\",3.4028235E38]}\n";

    @Test
    void shouldReadBackTheSameWhenWrittenAsNdjson() throws Exception {
        String text = FULL + SPARSE + "{\"id\":\"whole\",\"wide\":3.0}\n";
        rows(text);
        assertEquals(text, written(new NdjsonWriter(SCHEMA.columns(), out)));
    }

    @Test
    void shouldWriteTheSameWhenRowWasCopied() throws Exception {
        rows(FULL + SPARSE);
        RowBatch batch = new RowBatch(root.getFieldVectors(), null, null, 0, 2);
        NdjsonWriter writer = new NdjsonWriter(SCHEMA.columns(), out);
        writer.write(Row.of(SCHEMA, batch, 0));
        writer.write(Row.of(SCHEMA, batch, 1));
        assertEquals(FULL + SPARSE, out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldTakeFewestDigitsWhenFloatIsWritten() {
        long seed = System.nanoTime();
        System.out.println("RowsOutputTest seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        assertEquals("2.2250738585072014E-308", CellText.floating(Double.MIN_NORMAL));
        assertEquals("2.0E23", CellText.floating(Double.parseDouble("2E23")));
        for (int i = 0; i < 10_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertEquals(value, Double.parseDouble(CellText.floating(value)), "seed=" + seed);
            }
        }
    }

    @Test
    void shouldQuoteWhenCellNeedsIt() throws Exception {
        rows("{\"id\":\"a,\\\"b\\\"\",\"number\":1}\n{\"id\":\"\"}\n{\"id\":\"x\\ny\",\"vec\":[1,2]}\n");
        assertEquals(
                "id,number,tiny,wide,narrow,done,raw,day,ts,vec\n"
                        + "\"a,\"\"b\"\"\",1,,,,,,,,\n"
                        + "\"\",,,,,,,,,\n"
                        + "\"x\ny\",,,,,,,,,\"[1.0,2.0]\"\n",
                written(new CsvWriter(SCHEMA.columns(), out)));
    }

    @Test
    void shouldAlignWhenWrittenAsTable() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        TextTable table = new TextTable(shown, new String[] {"id", "rows"}, new boolean[] {false, true});
        table.add("😀", "1");
        table.add("a\nb", "12345");
        table.add("x".repeat(100), null);
        table.end();
        String expected = "id" + " ".repeat(79) + "   rows\n"
                + "😀" + " ".repeat(80) + "      1\n"
                + "a\\nb" + " ".repeat(77) + "  12345\n"
                + "x".repeat(80) + "…" + "       \n";
        assertEquals(expected, shown.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldShowOneLinePerRowWhenWrittenAsTable() throws Exception {
        rows(FULL + SPARSE);
        String table = written(new TableWriter(SCHEMA.columns(), out));
        assertEquals(3, table.lines().count(), table);
        assertTrue(table.startsWith("id"), table);
        assertTrue(table.contains("-9223372036854775808"), table);
    }

    @Test
    void shouldWriteHeaderWhenThereAreNoRows() throws Exception {
        new CsvWriter(SCHEMA.columns(), out).end();
        assertEquals("id,number,tiny,wide,narrow,done,raw,day,ts,vec\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldBeReadableByArrowWhenWrittenAsArrow() throws Exception {
        rows(FULL + SPARSE);
        ArrowWriter writer = new ArrowWriter(SCHEMA.columns(), out);
        writer.write(root);
        writer.write(root);
        writer.end();
        try (ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(out.toByteArray()), allocator)) {
            assertEquals(SCHEMA.arrow(), reader.getVectorSchemaRoot().getSchema());
            for (int batch = 0; batch < 2; batch++) {
                assertTrue(reader.loadNextBatch());
                assertEquals(2, reader.getVectorSchemaRoot().getRowCount());
                assertTrue(reader.getVectorSchemaRoot().equals(root));
            }
            assertFalse(reader.loadNextBatch());
        }
    }

    private static ResultStream failing(String message) {
        return new ResultStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        });
    }

    @Test
    void shouldTellClosedFromFullWhenStdoutFails() throws Exception {
        ResultStream closed = failing("Broken pipe");
        closed.line("x");
        assertThrows(ClosedOutputException.class, closed::flush);
        ResultStream full = failing("No space left on device");
        full.line("x");
        StorageException e = assertThrows(StorageException.class, full::flush);
        assertEquals(StorageException.Kind.DISK_FULL, e.kind());
    }
}
