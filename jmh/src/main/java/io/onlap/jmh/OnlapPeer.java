package io.onlap.jmh;

import io.onlap.Engine;
import io.onlap.EngineSettings;
import io.onlap.Scan;
import io.onlap.Table;
import io.onlap.WriteBatch;
import io.onlap.Writer;
import io.onlap.memtable.Row;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.TableSchema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.agrona.UnsafeApi;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Onlap through its public door, as any user has it: one table, keyed, one writer, acknowledged at PROCESS.
 *
 * <p>Threading: one thread.
 */
final class OnlapPeer implements Peer {
    private static final String PATH = "bench/turns";
    private static final int KEY = 0;
    private static final int TS = 1;
    private static final int ROLE = 2;
    private static final int TEXT = 3;
    private static final int EMBEDDING = 4;
    /** As many full generations as the other stores have write buffers. */
    private static final int GENERATIONS_IN_MEMORY = 4;

    private final ColumnSums sums = new ColumnSums();
    private final Consumer<RowBuilder> fill = this::fill;
    private EngineSettings settings = EngineSettings.defaults();
    private Engine engine;
    private Table table;
    private Writer writer;
    private WriteBatch batch;
    private RowStream row;

    @Override
    public String name() {
        return "onlap";
    }

    @Override
    public String settings() {
        return settings.toString();
    }

    @Override
    public boolean isReadable() {
        return true;
    }

    @Override
    public void open(Path directory, Workload workload, PeerSettings asked) {
        long generationBytes = (long) asked.bufferMiB() << 20;
        settings = EngineSettings.defaults()
                .withGenerationBytes(generationBytes)
                .withMemoryBytes(GENERATIONS_IN_MEMORY * generationBytes);
        engine = Engine.open(directory, settings);
        try {
            table = engine.createTable(PATH, schema(workload.floats()));
            writer = engine.writer();
            batch = writer.batch();
        } catch (RuntimeException | Error failure) {
            try {
                close();
            } catch (RuntimeException later) {
                failure.addSuppressed(later);
            }
            throw failure;
        }
    }

    private static TableSchema schema(int floats) {
        List<Field> fields = new ArrayList<>(List.of(
                Field.notNullable("id", ArrowType.Utf8.INSTANCE),
                Field.notNullable("ts", new ArrowType.Int(Long.SIZE, true)),
                Field.notNullable("role", ArrowType.Utf8.INSTANCE),
                Field.notNullable("text", ArrowType.Utf8.INSTANCE)));
        if (floats > 0) {
            Field item = Field.notNullable("item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
            fields.add(
                    new Field("embedding", FieldType.notNullable(new ArrowType.FixedSizeList(floats)), List.of(item)));
        }
        return TableSchema.of(new Schema(fields)).key("id");
    }

    @Override
    public long put(RowStream current) {
        row = current;
        return writer.put(table, fill);
    }

    @Override
    public long putBatch(RowStream rows, int count) {
        row = rows;
        batch.clear();
        for (int i = 0; i < count; i++) {
            rows.next();
            batch.put(table, fill);
        }
        return writer.write(batch);
    }

    private void fill(RowBuilder builder) {
        builder.setUtf8(KEY, row.key(), 0, Keys.LENGTH);
        builder.setLong(TS, row.ts());
        builder.setUtf8(ROLE, row.role(), 0, row.role().length);
        builder.setUtf8(TEXT, row.text(), row.textOffset(), row.textLength());
        if (row.embedding() != null) {
            builder.setFloats(EMBEDDING, row.embedding());
        }
    }

    @Override
    public void awaitAcknowledged(long ticket) {
        writer.awaitDurable(ticket);
    }

    @Override
    public void drain() {
        engine.flush();
    }

    /** Nothing works in the background once everything is flushed. */
    @Override
    public void settle() {}

    @Override
    public ScanSum scan() {
        sums.clear();
        try (Scan scan = table.scan().open()) {
            while (scan.next()) {
                consume(scan.batch());
            }
        }
        return sums.toScanSum();
    }

    private void consume(VectorSchemaRoot rows) {
        int count = rows.getRowCount();
        sums.addRows(count);
        sums.addKey(texts(rows.getVector(KEY), count));
        sums.addTs(longs(rows.getVector(TS), count));
        sums.addRole(texts(rows.getVector(ROLE), count));
        sums.addText(texts(rows.getVector(TEXT), count));
        if (rows.getFieldVectors().size() > EMBEDDING) {
            sums.addEmbedding(embeddings((FixedSizeListVector) rows.getVector(EMBEDDING), count));
        }
    }

    private static long texts(FieldVector vector, int count) {
        long offsets = vector.getOffsetBuffer().memoryAddress();
        long data = vector.getDataBuffer().memoryAddress();
        long sum = 0;
        int start = UnsafeApi.getInt(offsets);
        for (int i = 1; i <= count; i++) {
            int end = UnsafeApi.getInt(offsets + (long) i * Integer.BYTES);
            sum += ColumnSums.value(data + start, end - start);
            start = end;
        }
        return sum;
    }

    private static long longs(FieldVector vector, int count) {
        long data = vector.getDataBuffer().memoryAddress();
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += UnsafeApi.getLong(data + (long) i * Long.BYTES);
        }
        return sum;
    }

    private static long embeddings(FixedSizeListVector vector, int count) {
        long data = vector.getDataVector().getDataBuffer().memoryAddress();
        int bytes = vector.getListSize() * Float.BYTES;
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += ColumnSums.value(data + (long) i * bytes, bytes);
        }
        return sum;
    }

    @Override
    public long get(String key) {
        Optional<Row> found = table.get(key);
        if (found.isEmpty()) {
            return MISS;
        }
        Row values = found.get();
        sums.clear();
        sums.addKey(text(values, KEY));
        sums.addTs(values.getLong(TS));
        sums.addRole(text(values, ROLE));
        sums.addText(text(values, TEXT));
        if (values.schema().columns().size() > EMBEDDING) {
            sums.addEmbedding(ColumnSums.value((float[]) values.get(EMBEDDING)));
        }
        return sums.total();
    }

    private static long text(Row values, int ordinal) {
        return ColumnSums.value(values.bytes(ordinal));
    }

    @Override
    public void close() {
        if (engine != null) {
            if (writer != null) {
                writer.close();
            }
            Engine closing = engine;
            engine = null;
            writer = null;
            closing.close();
        }
    }
}
