package io.onlap.jmh;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * A plain Chronicle Queue, one document per row: a log without checksum, key or read path, so what an engine on top of such
 * a log cannot exceed with one document per row. A batch is its rows one after the other.
 *
 * <p>Threading: one thread.
 */
final class ChroniclePeer implements Peer {
    private static final int BLOCK_BYTES = 64 << 20;

    private ChronicleQueue queue;
    private ExcerptAppender appender;
    private PackedRow packed;

    @Override
    public String name() {
        return "chronicle";
    }

    @Override
    public String settings() {
        return "one document per row, blockSize=" + BLOCK_BYTES + ", never forced";
    }

    @Override
    public boolean isReadable() {
        return false;
    }

    @Override
    public void open(Path directory, Workload workload, PeerSettings settings) {
        packed = new PackedRow(workload.floats(), false);
        queue = SingleChronicleQueueBuilder.binary(directory)
                .blockSize(BLOCK_BYTES)
                .build();
        appender = queue.createAppender();
    }

    @Override
    public long put(RowStream row) {
        ByteBuffer bytes = packed.encode(row);
        try (DocumentContext document = appender.writingDocument()) {
            document.wire().bytes().write(bytes.array(), bytes.arrayOffset(), bytes.limit());
        }
        return row.index();
    }

    @Override
    public long putBatch(RowStream rows, int count) {
        for (int i = 0; i < count; i++) {
            put(rows.next());
        }
        return rows.index();
    }

    @Override
    public void awaitAcknowledged(long ticket) {}

    @Override
    public void drain() {}

    @Override
    public void settle() {}

    @Override
    public ScanSum scan() {
        throw new UnsupportedOperationException("chronicle: measured for ingestion only");
    }

    @Override
    public long get(String key) {
        throw new UnsupportedOperationException("chronicle: measured for ingestion only");
    }

    @Override
    public void close() {
        if (queue != null) {
            appender.close();
            queue.close();
            queue = null;
        }
    }
}
