package io.onlap.manifest;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;

/**
 * Writes a state as the bytes of a checkpoint, see {@link CheckpointFormat}. Rows stand by table, then in the table's
 * order, so a reader only appends.
 *
 * <p>Threading: one thread, for one state.
 */
final class CheckpointWriter {
    private final VectorSchemaRoot root;
    private int rowCount;

    private CheckpointWriter(VectorSchemaRoot root) {
        this.root = root;
    }

    /** The whole file. */
    static byte[] write(ManifestState state) {
        List<TableEntry> tables = new ArrayList<>(state.tables());
        tables.sort(Comparator.comparingInt(TableEntry::tableId));
        String rest = new String(ManifestJson.bytes(rest(state, tables)), StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot root = VectorSchemaRoot.create(CheckpointFormat.schema(rest), allocator);
                ArrowFileWriter file = new ArrowFileWriter(root, null, Channels.newChannel(bytes))) {
            file.start();
            new CheckpointWriter(root).writeRows(tables, file);
            file.end();
        } catch (IOException e) {
            throw new StorageException(Kind.FATAL, "checkpoint not encoded: version=" + state.version(), e);
        }
        return seal(bytes.toByteArray());
    }

    private static CheckpointFormat.Rest rest(ManifestState state, List<TableEntry> tables) {
        return new CheckpointFormat.Rest(
                state.version(),
                state.commitId(),
                state.time(),
                state.epoch(),
                new CheckpointFormat.Flushed(state.flushedGeneration(), state.lastSequence(), state.bookmarks()),
                state.nextTableId(),
                tables.stream()
                        .map(table -> new CheckpointFormat.Table(
                                table.tableId(), table.path(), table.schema(), table.createdVersion()))
                        .toList());
    }

    private void writeRows(List<TableEntry> tables, ArrowFileWriter file) throws IOException {
        root.allocateNew();
        for (TableEntry table : tables) {
            for (SegmentFile segment : table.segments()) {
                add(table.path(), segment);
                if (rowCount == CheckpointFormat.ROWS_PER_BATCH) {
                    writeBatch(file);
                }
            }
        }
        if (rowCount > 0) {
            writeBatch(file);
        }
    }

    private void writeBatch(ArrowFileWriter file) throws IOException {
        root.setRowCount(rowCount);
        file.writeBatch();
        root.allocateNew();
        rowCount = 0;
    }

    private void add(String path, SegmentFile segment) {
        int row = rowCount++;
        setInt(CheckpointFormat.TABLE_ID, row, segment.tableId());
        setText(CheckpointFormat.PATH, row, path);
        setText(CheckpointFormat.NAME, row, segment.name());
        setInt(CheckpointFormat.SCHEMA_ID, row, segment.schemaId());
        setLong(CheckpointFormat.MIN_GENERATION, row, segment.minGeneration());
        setLong(CheckpointFormat.MAX_GENERATION, row, segment.maxGeneration());
        setLong(CheckpointFormat.ROWS, row, segment.rows());
        setLong(CheckpointFormat.TOMBSTONES, row, segment.tombstones());
        setLong(CheckpointFormat.BYTES, row, segment.bytes());
        setLong(CheckpointFormat.CHECKSUM, row, segment.checksum());
        setBinary(CheckpointFormat.MIN_KEY, row, segment.minKey());
        setBinary(CheckpointFormat.MAX_KEY, row, segment.maxKey());
        addColumns(row, segment.columns());
    }

    private void addColumns(int row, List<ColumnStats> columns) {
        ListVector list = (ListVector) root.getVector(CheckpointFormat.COLUMNS);
        StructVector struct = (StructVector) list.getDataVector();
        int first = list.startNewValue(row);
        for (int i = 0; i < columns.size(); i++) {
            ColumnStats column = columns.get(i);
            int index = first + i;
            struct.setIndexDefined(index);
            ((IntVector) struct.getChild(CheckpointFormat.COLUMN_ID)).setSafe(index, column.columnId());
            ((BigIntVector) struct.getChild(CheckpointFormat.NULLS)).setSafe(index, column.nulls());
            set((VarCharVector) struct.getChild(CheckpointFormat.MIN), index, column.min());
            set((VarCharVector) struct.getChild(CheckpointFormat.MAX), index, column.max());
        }
        list.endValue(row, columns.size());
    }

    private void setInt(String column, int row, int value) {
        ((IntVector) root.getVector(column)).setSafe(row, value);
    }

    private void setLong(String column, int row, long value) {
        ((BigIntVector) root.getVector(column)).setSafe(row, value);
    }

    private void setText(String column, int row, String value) {
        set((VarCharVector) root.getVector(column), row, value);
    }

    private void setBinary(String column, int row, byte[] value) {
        VarBinaryVector vector = (VarBinaryVector) root.getVector(column);
        if (value == null) {
            vector.setNull(row);
        } else {
            vector.setSafe(row, value);
        }
    }

    private static void set(VarCharVector vector, int row, String value) {
        if (value == null) {
            vector.setNull(row);
        } else {
            vector.setSafe(row, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Puts our seal before the footer: the footer finds batches by their place from the start, which stays. */
    private static byte[] seal(byte[] arrow) {
        int tail = arrow.length - CheckpointFormat.ARROW_TAIL_BYTES;
        int footer =
                tail - ByteBuffer.wrap(arrow).order(ByteOrder.LITTLE_ENDIAN).getInt(tail);
        ByteBuffer sealed =
                ByteBuffer.allocate(arrow.length + CheckpointFormat.SEAL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        sealed.put(arrow, 0, footer);
        sealed.put(CheckpointFormat.SEAL_MAGIC).put((byte) CheckpointFormat.FORMAT);
        sealed.putInt(0).putInt(0);
        sealed.put(arrow, footer, arrow.length - footer);
        sealed.putInt(footer + CheckpointFormat.SEAL_CRC_OFFSET, crc(sealed.array(), footer));
        return sealed.array();
    }

    /** Checksum of a checkpoint whose seal starts at {@code seal}, over all but the checksum's own bytes. */
    static int crc(byte[] file, int seal) {
        int crcStart = seal + CheckpointFormat.SEAL_CRC_OFFSET;
        int crcEnd = crcStart + Integer.BYTES;
        CRC32C crc = new CRC32C();
        crc.update(file, 0, crcStart);
        crc.update(file, crcEnd, file.length - crcEnd);
        return (int) crc.getValue();
    }
}
