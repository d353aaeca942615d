package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.Storage.OutputFile;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.BatchAppender;
import io.onlap.memtable.Bits;
import io.onlap.memtable.Column;
import io.onlap.memtable.KeyBytes;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.TableSchema;
import io.onlap.memtable.VectorCopier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * Writes the rows of a cursor as one segment file: the data as an Arrow IPC file, then its sidecar, each forced, then their
 * directory. Rows are gathered into full batches; keys are checked, hashed and measured where they then lie.
 *
 * <p>Invariant: keys strictly ascend over the whole file, or nothing is published: no {@link SegmentFile} is returned, and
 * without its record nobody reads a file.
 *
 * <p>Failure windows: killed or failed anywhere, what is left are files no record names, without a sidecar or with one;
 * the reaper takes them. A name is never written twice, so the next attempt has a new one.
 *
 * <p>Threading: one thread.
 */
public final class SegmentWriter {
    private final Env env;
    private final SegmentTarget target;
    private final TableSchema schema;
    private final SegmentOutput output;
    private final BatchAppender appender;
    private final KeyBloom bloom;
    private final SidecarBuilder sidecar = new SidecarBuilder();
    private final List<StatsCollector> stats = new ArrayList<>();

    private SegmentWriter(Env env, SegmentTarget target, SegmentOutput output, BatchAppender appender, KeyBloom bloom) {
        this.env = env;
        this.target = target;
        this.schema = target.schema();
        this.output = output;
        this.appender = appender;
        this.bloom = bloom;
        schema.columns().forEach(column -> stats.add(new StatsCollector(column)));
    }

    /**
     * Writes all rows of {@code rows}, which the caller closes.
     *
     * @param directory of segment files; exists
     * @param rows all columns in the order of the schema, keys ascending, tombstones included
     * @return empty if there are no rows: no file was made then
     * @throws StorageException FATAL if keys do not strictly ascend; whatever the storage throws
     */
    public static Optional<SegmentFile> write(
            Env env, BufferAllocator allocator, Path directory, SegmentTarget target, RunCursor rows) {
        if (!rows.next()) {
            return Optional.empty();
        }
        TableSchema schema = target.schema();
        int[] columns = schema.columns().stream().mapToInt(Column::index).toArray();
        Path data = directory.resolve(target.name() + SegmentFile.DATA_SUFFIX);
        try (OutputFile file = env.storage().create(data);
                BatchAppender appender = new BatchAppender(allocator, schema, columns, true, 1);
                KeyBloom bloom = new KeyBloom(allocator)) {
            SegmentOutput output = new SegmentOutput(file, schema.stored());
            SegmentWriter writer = new SegmentWriter(env, target, output, appender, bloom);
            do {
                writer.append(rows.batch());
            } while (rows.next());
            writer.writeBatch();
            output.finish();
            file.force();
            env.failPoints().reach(FailPoint.SEGMENT_BEFORE_SIDECAR);
            return Optional.of(writer.writeSidecar(directory));
        }
    }

    private void append(RowBatch batch) {
        appender.bind(0, batch);
        int row = batch.firstRow();
        while (row < batch.endRow()) {
            row += appender.add(0, row, batch.endRow() - row);
            if (row < batch.endRow() || appender.isFull()) {
                writeBatch();
            }
        }
        appender.apply();
    }

    /** Writes the gathered rows, if any, as one batch. */
    private void writeBatch() {
        appender.apply();
        int rows = appender.rows();
        if (rows == 0) {
            return;
        }
        byte[] firstKey = null;
        byte[] lastKey = null;
        if (schema.isKeyed()) {
            VectorCopier keys = appender.keyCopier();
            checkAndHashKeys(keys);
            firstKey = key(keys, 0);
            lastKey = key(keys, rows - 1);
        }
        for (int column = 0; column < stats.size(); column++) {
            stats.get(column).add(appender.copier(column));
        }
        VectorCopier deleted = appender.deletedCopier();
        int tombstones = deleted == null ? 0 : Bits.countSet(deleted.dataAddress(), rows);
        boolean first = sidecar.rows() == 0;
        try (ArrowRecordBatch record = record(rows)) {
            sidecar.addBatch(output.write(record), rows, tombstones, firstKey, lastKey);
        }
        appender.clear();
        if (first) {
            output.writeCollected();
            env.failPoints().reach(FailPoint.SEGMENT_HALF_WRITTEN);
        }
    }

    /** One pass over the keys while they are in cache. */
    private void checkAndHashKeys(VectorCopier keys) {
        long data = keys.dataAddress();
        long offsets = keys.offsetsAddress();
        byte[] last = sidecar.lastKey();
        int start = KeyBytes.offset(offsets, 0);
        int end = KeyBytes.offset(offsets, 1);
        if (sidecar.rows() > 0 && KeyBytes.compare(data + start, end - start, last) <= 0) {
            throw unordered(0, last, key(keys, 0));
        }
        bloom.add(KeyBloom.hash(null, data + start, end - start));
        for (int row = 1; row < keys.rows(); row++) {
            int next = KeyBytes.offset(offsets, row + 1);
            if (KeyBytes.compare(data + start, end - start, data + end, next - end) >= 0) {
                throw unordered(row, key(keys, row - 1), key(keys, row));
            }
            bloom.add(KeyBloom.hash(null, data + end, next - end));
            start = end;
            end = next;
        }
    }

    private StorageException unordered(int row, byte[] before, byte[] key) {
        return new StorageException(
                Kind.FATAL,
                "keys of a segment file do not ascend: segment=" + target.name() + ", row=" + (sidecar.rows() + row)
                        + ", key=" + HexFormat.of().formatHex(key) + ", keyBefore="
                        + HexFormat.of().formatHex(before));
    }

    private static byte[] key(VectorCopier keys, int row) {
        int start = KeyBytes.offset(keys.offsetsAddress(), row);
        return KeyBytes.copy(keys.dataAddress() + start, KeyBytes.offset(keys.offsetsAddress(), row + 1) - start);
    }

    /** The gathered rows in the order of {@link TableSchema#stored}. */
    private ArrowRecordBatch record(int rows) {
        List<ArrowFieldNode> nodes = new ArrayList<>();
        List<ArrowBuf> buffers = new ArrayList<>();
        for (int column = 0; column < stats.size(); column++) {
            appender.copier(column).addBuffers(nodes, buffers);
        }
        if (schema.isKeyed()) {
            appender.deletedCopier().addBuffers(nodes, buffers);
            if (!schema.isKeyOwnBytes()) {
                appender.keyCopier().addBuffers(nodes, buffers);
            }
        }
        return new ArrowRecordBatch(rows, nodes, buffers);
    }

    private SegmentFile writeSidecar(Path directory) {
        byte[] bytes = sidecar.build(target, output.bytes(), output.frameCrc(), bloom);
        Path path = directory.resolve(target.name() + SegmentFile.SIDECAR_SUFFIX);
        try (OutputFile sidecarFile = env.storage().create(path)) {
            sidecarFile.write(ByteBuffer.wrap(bytes));
            sidecarFile.force();
        }
        env.storage().forceDirectory(directory);
        int checksum = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(SidecarFormat.CRC_OFFSET);
        return new SegmentFile(
                target.name(),
                target.tableId(),
                schema.schemaId(),
                target.minGeneration(),
                target.maxGeneration(),
                sidecar.rows(),
                sidecar.tombstones(),
                output.bytes(),
                schema.isKeyed() ? sidecar.firstKey() : null,
                schema.isKeyed() ? sidecar.lastKey() : null,
                stats.stream().map(StatsCollector::stats).toList(),
                Integer.toUnsignedLong(checksum));
    }
}
