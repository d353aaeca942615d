package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.apache.arrow.memory.BufferAllocator;

/**
 * All rows of one generation, by table ({@link TableMemtable} says why readers need no lock).
 *
 * <p>If {@link #apply} fails half-way, what it has written belongs to a sequence that was never published, so no view shows
 * it; but the writer must not go on with this memtable.
 *
 * <p>Threading: {@link #apply} and {@link #newestSequence} by the write loop; the rest by any thread that holds a use of it
 * ({@link #retain}), but {@link #retain} itself, which any thread may try.
 */
public final class Memtable implements AutoCloseable {
    private static final long NO_SEQUENCE = -1;

    private final long generation;
    private final BufferAllocator readers;
    private final BufferAllocator allocator;
    private final ChunkPool pool;
    private final Lifetime lifetime = new Lifetime(this::free);
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    /** The writer's own map, without boxing; readers have the other one. */
    private final Int2ObjectHashMap<TableMemtable> tables = new Int2ObjectHashMap<>();

    private final Map<Integer, TableMemtable> published = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> keysExpected;
    private volatile long firstSequence = NO_SEQUENCE;
    private volatile long lastSequence = NO_SEQUENCE;

    /** A memtable that returns its memory to the allocator; cursors over it allocate from {@code parent} too. */
    public Memtable(long generation, BufferAllocator parent) {
        this(generation, parent, null, null);
    }

    /**
     * A memtable after another one.
     *
     * @param readers where cursors allocate their batches; must outlive them
     * @param pool where chunks come from and go back to; null: from {@code readers}
     * @param before the generation before, whose sizes are expected again; null if there is none. It is not kept
     */
    public Memtable(long generation, BufferAllocator readers, ChunkPool pool, Memtable before) {
        this.generation = generation;
        this.readers = readers;
        this.allocator = pool == null ? readers.newChildAllocator("memtable-" + generation, 0, Long.MAX_VALUE) : null;
        this.pool = pool == null ? new ChunkPool(allocator, 0) : pool;
        this.keysExpected = new ConcurrentHashMap<>();
        if (before != null) {
            before.published.forEach((tableId, table) -> keysExpected.put(tableId, table.keyCount()));
        }
    }

    /**
     * Adds all rows of a batch, which get this sequence; sequences ascend. Nothing of it shows in views of earlier
     * sequences, whether this returns or throws.
     *
     * @throws StorageException CORRUPT if the bytes are no batch, FATAL if a table's schema is not the one of its rows before
     */
    public void apply(long sequence, DirectBuffer batch, int offset, int length, SchemaLookup schemas) {
        batch.boundsCheck(offset, length);
        Object base = batch.byteArray();
        int at = offset;
        int stop = offset + length;
        long rowCount = 0;
        while (at < stop) {
            if (stop - at < RowBlock.HEADER_BYTES) {
                throw corrupt(sequence, at - offset, length);
            }
            int rowsInBlock = batch.getInt(at + RowBlock.ROW_COUNT_OFFSET, ByteOrder.LITTLE_ENDIAN);
            int blockBytes = batch.getInt(at + RowBlock.BYTES_OFFSET, ByteOrder.LITTLE_ENDIAN);
            int first = at + RowBlock.HEADER_BYTES;
            if (rowsInBlock <= 0 || blockBytes < 0 || blockBytes > stop - first) {
                throw corrupt(sequence, at - offset, length);
            }
            int tableId = batch.getInt(at + RowBlock.TABLE_ID_OFFSET, ByteOrder.LITTLE_ENDIAN);
            int schemaId = batch.getInt(at + RowBlock.SCHEMA_ID_OFFSET, ByteOrder.LITTLE_ENDIAN);
            table(tableId, schemaId, schemas)
                    .append(sequence, base, batch.addressOffset() + first, blockBytes, rowsInBlock);
            rowCount += rowsInBlock;
            at = first + blockBytes;
        }
        rows.lazySet(rows.get() + rowCount);
        if (firstSequence == NO_SEQUENCE) {
            firstSequence = sequence;
        }
        lastSequence = sequence;
    }

    private TableMemtable table(int tableId, int schemaId, SchemaLookup schemas) {
        TableMemtable table = tables.get(tableId);
        if (table == null) {
            table = new TableMemtable(
                    schemas.schema(tableId, schemaId), keysExpected.getOrDefault(tableId, 0), pool, bytes);
            tables.put(tableId, table);
            published.put(tableId, table);
        }
        if (table.schema().schemaId() != schemaId) {
            throw new StorageException(
                    Kind.FATAL,
                    "schema changed inside a generation: generation=" + generation + ", tableId=" + tableId
                            + ", schemaId=" + table.schema().schemaId() + ", given=" + schemaId);
        }
        return table;
    }

    private static StorageException corrupt(long sequence, int at, int length) {
        return new StorageException(
                Kind.CORRUPT, "not a batch of rows: sequence=" + sequence + ", at=" + at + ", length=" + length);
    }

    public long generation() {
        return generation;
    }

    /** Bytes allocated: buffers, key indexes, kept orders. Never shrinks before the memory is freed; then 0. */
    public long bytes() {
        return bytes.get();
    }

    /** Rows applied, tombstones and superseded ones included. */
    public long rows() {
        return rows.get();
    }

    /** The sequence of the first batch, -1 if there is none. */
    public long firstSequence() {
        return firstSequence;
    }

    /** The sequence of the last batch, -1 if there is none. */
    public long lastSequence() {
        return lastSequence;
    }

    /** Tables with applied rows. */
    public Set<Integer> tableIds() {
        return Collections.unmodifiableSet(published.keySet());
    }

    /** The sequence of the newest row of a key, tombstones included; -1 if this generation has none. */
    public long newestSequence(int tableId, byte[] encodedKey) {
        TableMemtable table = tables.get(tableId);
        return table == null ? -1 : table.newestSequence(encodedKey);
    }

    /** The rows of a table with a sequence ≤ {@code sequence}; null if there are none. The caller holds a use. */
    public MemtableView view(int tableId, long sequence) {
        if (lifetime.isFreed()) {
            throw new StorageException(Kind.CLOSED, "memtable is freed: generation=" + generation);
        }
        TableMemtable table = published.get(tableId);
        int end = table == null ? 0 : table.endAt(sequence);
        return end == 0 ? null : new MemtableView(generation, table, end, readers, lifetime);
    }

    /** One use more, to be given back by {@link #release}; false if the memory was freed already. */
    public boolean retain() {
        return lifetime.retain();
    }

    /** Gives a use back; the last one frees the memory. */
    public void release() {
        lifetime.release();
    }

    /** Gives back the use that the constructor gave. */
    @Override
    public void close() {
        release();
    }

    private void free() {
        published.values().forEach(TableMemtable::free);
        bytes.set(0);
        if (allocator != null) {
            pool.close();
            allocator.close();
        }
    }
}
