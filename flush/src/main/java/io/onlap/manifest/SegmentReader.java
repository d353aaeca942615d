package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.MappedFile;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.KeyBytes;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.Lookup;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.RowCopier;
import io.onlap.memtable.Run;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.TableSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.CRC32C;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * One open segment file: mapped, its batches' vectors laid over the mapped bytes without a copy. Opening reads the sidecar,
 * schema and footer; a batch is read, checked against its checksum and given vectors at its first touch, once for all
 * cursors and lookups.
 *
 * <p>Invariants: no row leaves a batch before its checksum was right; nothing is unmapped while anybody holds a reference
 * (cursors take their own, lookups rely on their caller's, exported buffers keep the data mapped by theirs).
 *
 * <p>Threading: any thread; each cursor one.
 */
public final class SegmentReader implements Run, AutoCloseable {
    private static final int MESSAGE_PREFIX_BYTES = 8;

    private final BufferAllocator allocator;
    private final Path path;
    private final SegmentFile file;
    private final TableSchema schema;
    private final Schema arrow;
    private final Sidecar sidecar;
    private final SegmentMap map;
    private final AtomicReferenceArray<SegmentBatch> batches;
    private final List<VectorSchemaRoot> roots = new ArrayList<>();
    private final AtomicInteger references = new AtomicInteger(1);
    private final AtomicInteger owned = new AtomicInteger(1);

    private SegmentReader(
            BufferAllocator allocator,
            Path path,
            SegmentFile file,
            TableSchema schema,
            Sidecar sidecar,
            MappedFile data) {
        this.allocator = allocator;
        this.path = path;
        this.file = file;
        this.schema = schema;
        this.sidecar = sidecar;
        this.map = new SegmentMap(data, allocator);
        this.batches = new AtomicReferenceArray<>(sidecar.batches());
        // The user's own fields where there are any, so that a batch looks the same from file and memory.
        List<Field> fields = new ArrayList<>(schema.arrow().getFields());
        List<Field> stored = schema.stored().getFields();
        fields.addAll(stored.subList(fields.size(), stored.size()));
        this.arrow = new Schema(fields);
    }

    /**
     * Maps and validates the file.
     *
     * @param directory of segment files
     * @param schema the one the file was written with
     * @throws StorageException CORRUPT naming the place; INVALID for a newer format; NOT_FOUND
     */
    public static SegmentReader open(
            Env env, BufferAllocator allocator, Path directory, SegmentFile file, TableSchema schema) {
        Path path = directory.resolve(file.name() + SegmentFile.DATA_SUFFIX);
        Path sidecarPath = directory.resolve(file.name() + SegmentFile.SIDECAR_SUFFIX);
        if (schema.schemaId() != file.schemaId()) {
            throw new StorageException(
                    Kind.INVALID,
                    "schema is not the file's: path=" + path + ", schemaId=" + schema.schemaId() + ", fileSchemaId="
                            + file.schemaId());
        }
        MappedFile sidecarMap = env.storage().map(sidecarPath);
        MappedFile data = null;
        try {
            Sidecar sidecar = new Sidecar(sidecarMap, sidecarPath, file);
            data = env.storage().map(path);
            checkFrame(path, file, sidecar, data);
            return new SegmentReader(allocator, path, file, schema, sidecar, data);
        } catch (RuntimeException | Error e) {
            sidecarMap.close();
            if (data != null) {
                data.close();
            }
            throw e;
        }
    }

    /** Size, and the bytes around the batches: magic, schema, footer. */
    private static void checkFrame(Path path, SegmentFile file, Sidecar sidecar, MappedFile data) {
        if (data.length() != file.bytes()) {
            throw new StorageException(
                    Kind.CORRUPT,
                    "segment file has another size: path=" + path + ", bytes=" + data.length() + ", expected="
                            + file.bytes());
        }
        int count = sidecar.batches();
        int head = count == 0 ? data.length() : sidecar.offset(0);
        int tail = count == 0 ? data.length() : sidecar.offset(count - 1) + sidecar.length(count - 1);
        CRC32C crc = new CRC32C();
        crc.update(data.buffer().limit(head));
        crc.update(data.buffer().position(tail));
        if ((int) crc.getValue() != sidecar.frameCrc()) {
            throw new StorageException(
                    Kind.CORRUPT,
                    "segment file checksum wrong outside its batches: path=" + path + ", headBytes=" + head
                            + ", tailOffset=" + tail);
        }
    }

    public SegmentFile file() {
        return file;
    }

    TableSchema schema() {
        return schema;
    }

    BufferAllocator allocator() {
        return allocator;
    }

    Sidecar sidecar() {
        return sidecar;
    }

    @Override
    public long generation() {
        return file.maxGeneration();
    }

    @Override
    public RunCursor open(KeyRange range, boolean reverse, int[] columns) {
        retainOrThrow();
        try {
            return new SegmentCursor(this, range, reverse, columns);
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /**
     * What this file knows of the encoded key. The caller holds a reference: a lookup takes none of its own, because two
     * contended writes to one counter would cost more than the lookup.
     *
     * @throws StorageException CORRUPT naming file, batch and offset; CLOSED
     */
    public Lookup get(byte[] key) {
        return get(key, KeyBloom.hash(key));
    }

    /**
     * As {@link #get(byte[])} for a caller that asks several files and hashes its key once.
     *
     * @param hash {@link KeyBloom#hash(byte[])} of {@code key}; any other denies keys that are there
     */
    public Lookup get(byte[] key, long hash) {
        if (references.get() <= 0) {
            throw closed();
        }
        int place = sidecar.mayContain(hash) ? sidecar.batchOf(key) : -1;
        if (place < 0) {
            return Lookup.ABSENT;
        }
        SegmentBatch batch = batch(place);
        RowBatch rows = batch.rows();
        int row = batch.keys().firstNotBefore(key);
        if (row == rows.endRow() || !KeyBytes.areEqual(rows.keyAddress(row), rows.keyLength(row), key)) {
            return Lookup.ABSENT;
        }
        return rows.isDeleted(row)
                ? Lookup.DELETED
                : Lookup.found(batch.copier().copy(row));
    }

    /** Batch {@code place}; valid while the caller holds a reference. */
    SegmentBatch batch(int place) {
        SegmentBatch batch = batches.get(place);
        return batch != null ? batch : load(place);
    }

    private SegmentBatch load(int place) {
        synchronized (roots) {
            SegmentBatch loaded = batches.get(place);
            if (loaded == null) {
                checkBatch(place);
                loaded = lay(place);
                batches.set(place, loaded);
            }
            return loaded;
        }
    }

    private void checkBatch(int place) {
        int offset = sidecar.offset(place);
        CRC32C crc = new CRC32C();
        crc.update(map.map().buffer().position(offset).limit(offset + sidecar.length(place)));
        if ((int) crc.getValue() != sidecar.crc(place)) {
            throw corrupt("batch checksum wrong", place, null);
        }
    }

    private SegmentBatch lay(int place) {
        int offset = sidecar.offset(place);
        ByteBuffer bytes = map.map()
                .buffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(offset)
                .limit(offset + sidecar.length(place));
        int messageBytes = bytes.getInt(offset + Integer.BYTES);
        Message message = Message.getRootAsMessage(
                bytes.slice(offset + MESSAGE_PREFIX_BYTES, messageBytes).order(ByteOrder.LITTLE_ENDIAN));
        int headerBytes = MESSAGE_PREFIX_BYTES + messageBytes;
        VectorSchemaRoot root = VectorSchemaRoot.create(arrow, allocator);
        try (ArrowRecordBatch record = MessageSerializer.deserializeRecordBatch(
                message, map.buffer(offset + (long) headerBytes, sidecar.length(place) - (long) headerBytes))) {
            new VectorLoader(root).load(record);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            root.close();
            throw corrupt("batch not of its schema", place, e);
        }
        if (root.getRowCount() != sidecar.rows(place)) {
            root.close();
            throw corrupt("batch has another number of rows", place, null);
        }
        roots.add(root);
        RowBatch rows = view(root, place);
        return new SegmentBatch(rows, schema.isKeyed() ? new KeySamples(rows) : null, new RowCopier(schema, rows));
    }

    private RowBatch view(VectorSchemaRoot root, int place) {
        List<FieldVector> columns =
                root.getFieldVectors().subList(0, schema.columns().size());
        BaseVariableWidthVector key = null;
        BitVector deleted = null;
        if (schema.isKeyed()) {
            key = (BaseVariableWidthVector)
                    (schema.isKeyOwnBytes()
                            ? columns.get(schema.keyColumns().get(0).index())
                            : root.getVector(TableSchema.KEY_FIELD));
            deleted = sidecar.tombstones(place) == 0 ? null : (BitVector) root.getVector(TableSchema.DELETED_FIELD);
        }
        return new RowBatch(columns, key, deleted, 0, root.getRowCount());
    }

    private StorageException corrupt(String what, int place, Throwable cause) {
        return new StorageException(
                Kind.CORRUPT,
                what + ": path=" + path + ", batch=" + place + ", offset=" + sidecar.offset(place) + ", bytes="
                        + sidecar.length(place),
                cause);
    }

    private void retainOrThrow() {
        if (!retain()) {
            throw closed();
        }
    }

    private StorageException closed() {
        return new StorageException(Kind.CLOSED, "segment file is closed: path=" + path);
    }

    /** Takes a reference; false if the file was already given back. */
    public boolean retain() {
        int held = references.get();
        while (held > 0 && !references.compareAndSet(held, held + 1)) {
            held = references.get();
        }
        return held > 0;
    }

    /** Gives a reference back; the last one unmaps. */
    public void release() {
        int left = references.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("segment file released too often: path=" + path + ", references=" + left);
        }
        if (left == 0) {
            synchronized (roots) {
                roots.forEach(VectorSchemaRoot::close);
                roots.clear();
            }
            sidecar.close();
            map.release();
        }
    }

    /** Gives back the reference the opener has; idempotent. Cursors go on. */
    @Override
    public void close() {
        if (owned.compareAndSet(1, 0)) {
            release();
        }
    }
}
