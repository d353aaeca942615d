package io.onlap.manifest;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePVector;

/**
 * Reads back what {@link CheckpointWriter} wrote. Every byte is checked before Arrow sees one, so that damage is CORRUPT
 * and never a wild offset.
 *
 * <p>Threading: stateless.
 */
final class CheckpointReader {
    private CheckpointReader() {}

    /**
     * The state in a checkpoint.
     *
     * @param file named in failures
     * @throws StorageException CORRUPT if it is damaged, INVALID for a newer format
     */
    static ManifestState read(Path file, byte[] bytes) {
        check(file, bytes);
        try (BufferAllocator allocator = new RootAllocator();
                ArrowFileReader reader =
                        new ArrowFileReader(new ByteArrayReadableSeekableByteChannel(bytes), allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            String json = root.getSchema().getCustomMetadata().get(CheckpointFormat.STATE_KEY);
            if (json == null) {
                throw SealedJson.corrupt(file, "no state in the metadata", 0);
            }
            Map<Integer, List<SegmentFile>> segments = new HashMap<>();
            while (reader.loadNextBatch()) {
                for (int row = 0; row < root.getRowCount(); row++) {
                    SegmentFile segment = segment(root, row);
                    segments.computeIfAbsent(segment.tableId(), id -> new ArrayList<>())
                            .add(segment);
                }
            }
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            return state(ManifestJson.value(file, body, CheckpointFormat.Rest.class), segments);
        } catch (IOException e) {
            throw new StorageException(Kind.CORRUPT, "checkpoint not decoded: path=" + file, e);
        }
    }

    private static void check(Path file, byte[] bytes) {
        int tail = bytes.length - CheckpointFormat.ARROW_TAIL_BYTES;
        int footerBytes = tail < 0
                ? -1
                : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(tail);
        long seal = (long) tail - footerBytes - CheckpointFormat.SEAL_BYTES;
        if (footerBytes < 0 || seal < 0) {
            throw SealedJson.corrupt(file, "torn checkpoint: bytes=" + bytes.length, Math.max(0, tail));
        }
        int start = (int) seal;
        byte[] magic = Arrays.copyOfRange(bytes, start, start + CheckpointFormat.SEAL_FORMAT_OFFSET);
        if (!Arrays.equals(magic, CheckpointFormat.SEAL_MAGIC)) {
            throw SealedJson.corrupt(file, "no seal of a checkpoint", start);
        }
        int format = bytes[start + CheckpointFormat.SEAL_FORMAT_OFFSET];
        int expected =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(start + CheckpointFormat.SEAL_CRC_OFFSET);
        int actual = CheckpointWriter.crc(bytes, start);
        if (expected != actual) {
            throw SealedJson.corrupt(
                    file,
                    String.format(Locale.ROOT, "bad checksum: expected=%08x, actual=%08x", expected, actual),
                    start);
        }
        if (format != CheckpointFormat.FORMAT) {
            throw SealedJson.newerFormat(file, "format=" + format + ", formatMax=" + CheckpointFormat.FORMAT);
        }
    }

    private static ManifestState state(CheckpointFormat.Rest rest, Map<Integer, List<SegmentFile>> segments) {
        Namespace namespace = Namespace.EMPTY;
        for (CheckpointFormat.Table table : rest.tables()) {
            namespace = namespace.with(new TableEntry(
                    table.tableId(),
                    table.path(),
                    table.schema(),
                    TreePVector.from(segments.getOrDefault(table.tableId(), List.of())),
                    table.createdVersion()));
        }
        return new ManifestState(
                new ManifestState.Stamp(rest.version(), rest.commitId(), rest.time()),
                rest.epoch(),
                rest.flushed().generation(),
                rest.flushed().lastSequence(),
                HashTreePMap.from(rest.flushed().bookmarks()),
                namespace.withNextTableId(rest.nextTableId()));
    }

    private static SegmentFile segment(VectorSchemaRoot root, int row) {
        return new SegmentFile(
                text((VarCharVector) root.getVector(CheckpointFormat.NAME), row),
                ((IntVector) root.getVector(CheckpointFormat.TABLE_ID)).get(row),
                ((IntVector) root.getVector(CheckpointFormat.SCHEMA_ID)).get(row),
                number(root, CheckpointFormat.MIN_GENERATION, row),
                number(root, CheckpointFormat.MAX_GENERATION, row),
                number(root, CheckpointFormat.ROWS, row),
                number(root, CheckpointFormat.TOMBSTONES, row),
                number(root, CheckpointFormat.BYTES, row),
                ((VarBinaryVector) root.getVector(CheckpointFormat.MIN_KEY)).getObject(row),
                ((VarBinaryVector) root.getVector(CheckpointFormat.MAX_KEY)).getObject(row),
                columns((ListVector) root.getVector(CheckpointFormat.COLUMNS), row),
                number(root, CheckpointFormat.CHECKSUM, row));
    }

    private static List<ColumnStats> columns(ListVector list, int row) {
        StructVector struct = (StructVector) list.getDataVector();
        IntVector ids = (IntVector) struct.getChild(CheckpointFormat.COLUMN_ID);
        BigIntVector nulls = (BigIntVector) struct.getChild(CheckpointFormat.NULLS);
        VarCharVector mins = (VarCharVector) struct.getChild(CheckpointFormat.MIN);
        VarCharVector maxs = (VarCharVector) struct.getChild(CheckpointFormat.MAX);
        List<ColumnStats> columns = new ArrayList<>();
        for (int i = list.getElementStartIndex(row); i < list.getElementEndIndex(row); i++) {
            columns.add(new ColumnStats(ids.get(i), nulls.get(i), text(mins, i), text(maxs, i)));
        }
        return columns;
    }

    private static long number(VectorSchemaRoot root, String column, int row) {
        return ((BigIntVector) root.getVector(column)).get(row);
    }

    private static String text(VarCharVector vector, int row) {
        return vector.isNull(row) ? null : new String(vector.get(row), StandardCharsets.UTF_8);
    }
}
