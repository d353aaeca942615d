package io.onlap.jmh;

import io.onlap.Engine;
import io.onlap.EngineSettings;
import io.onlap.Scan;
import io.onlap.Table;
import io.onlap.WriteBatch;
import io.onlap.Writer;
import io.onlap.memtable.Row;
import io.onlap.memtable.RowBuilder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.agrona.UnsafeApi;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * Onlap through its public door, as any user has it: one table, keyed, one writer, acknowledged at PROCESS.
 *
 * <p>Threading: one thread.
 */
final class OnlapPeer implements Peer {
    private static final String PATH = "bench/turns";
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
            table = engine.createTable(PATH, TurnRows.schema(workload.floats()));
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
        TurnRows.fill(builder, row);
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
        sums.addKey(texts(rows.getVector(TurnRows.KEY), count));
        sums.addTs(longs(rows.getVector(TurnRows.TS), count));
        sums.addRole(texts(rows.getVector(TurnRows.ROLE), count));
        sums.addText(texts(rows.getVector(TurnRows.TEXT), count));
        if (rows.getFieldVectors().size() > TurnRows.EMBEDDING) {
            sums.addEmbedding(embeddings((FixedSizeListVector) rows.getVector(TurnRows.EMBEDDING), count));
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
        sums.clear();
        TurnRows.addTo(sums, found.get());
        return sums.total();
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
