package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.UnsafeApi;

/**
 * The rows of one table in one generation: written by one thread, read by any number of others, without a lock.
 *
 * <h2>Why a reader at sequence S sees exactly the rows with a sequence ≤ S</h2>
 *
 * <ul>
 *   <li><b>What a reader is given.</b> The engine publishes S by a release after {@link #append} of S has returned; a reader
 *       of S has acquired it. So all writes of batches ≤ S happen before the reader's reads; none of what follows needs
 *       a fence for those. The questions are only what it may meet of <em>later</em> batches, and that it takes none of it.
 *   <li><b>The end.</b> Ids ascend with sequences, so the rows ≤ S are the ids below one end, found once per view by
 *       {@link #endAt}. It starts at {@link #end}, which is released after the rows of a block: every row below
 *       it is whole, and its sequence may be read, also where it belongs to a batch that is not published yet. The engine may
 *       fail half-way through a batch: its rows have a sequence above every S that was published, so they stay
 *       above every end.
 *   <li><b>No torn row.</b> A row below the end was written completely before. The writer goes on only in places of their own
 *       (next row, next heap bytes), but for bitmaps: it rewrites a byte that also has bits of published rows, with the same
 *       values; a byte is never torn.
 *   <li><b>Get.</b> A slot of the index is released after the row it names was written and linked. The reader acquires the
 *       slot, so it may follow the row's predecessors, each written before the next, down to the first one below its
 *       end: the newest row it may see. The chunk array was swapped (volatile) before the first row of a new chunk,
 *       hence before the slot.
 *   <li><b>Growth of the index.</b> The larger table is filled before the volatile write. A reader that still holds the old one
 *       misses only rows that were put after the growth, all of them above its end; keys that it knew are in both,
 *       and the predecessors lead from either row to the same visible one.
 *   <li><b>Scan.</b> A row below the end is the newest of its key iff its successor is not below the end. The successor is
 *       written once, from 0 to an id. If that id is below the end, the write happened before S was published, so the
 *       reader cannot miss it. If not, 0 and the id mean the same to the reader. So the race is benign; release and
 *       acquire only keep the four bytes whole.
 * </ul>
 *
 * <p>Threading: {@link #append} and {@link #newestSequence} by the writer; the rest by any thread that keeps the memtable
 * from being freed.
 */
final class TableMemtable {
    /** Rows whose slots of the index are fetched together, so that their cache misses overlap. */
    private static final int GROUP_ROWS = 32;

    private final ChunkLayout layout;
    private final ChunkList rows;
    private final KeyIndex index;
    private final KeyOrder order;
    /** Of the group of rows that is being appended. */
    private final int[] groupIds = new int[GROUP_ROWS];

    private final int[] groupHashes = new int[GROUP_ROWS];
    private volatile int end;

    TableMemtable(TableSchema schema, int keysExpected, ChunkPool pool, AtomicLong bytes) {
        this.layout = new ChunkLayout(schema);
        this.rows = new ChunkList(layout, pool, bytes);
        this.index = schema.isKeyed() ? new KeyIndex(rows, keysExpected, bytes) : null;
        this.order = new KeyOrder(rows, bytes);
    }

    TableSchema schema() {
        return layout.schema;
    }

    ChunkList rows() {
        return rows;
    }

    KeyOrder order() {
        return order;
    }

    /**
     * Appends the rows of one block, which take up exactly {@code [source, source + bytes)}.
     *
     * @throws StorageException CORRUPT if they do not
     */
    void append(long sequence, Object base, long source, int bytes, int rowCount) {
        long at = source;
        long stop = source + bytes;
        int written = 0;
        while (written < rowCount) {
            int group = Math.min(GROUP_ROWS, rowCount - written);
            for (int i = 0; i < group; i++) {
                int length = rowLength(base, at, stop);
                if (length < 0) {
                    throw corrupt(sequence, rowCount, written + i, at - source, bytes);
                }
                groupIds[i] = write(base, at, length);
                at += length;
            }
            link(sequence, group);
            written += group;
        }
        if (at != stop) {
            throw corrupt(sequence, rowCount, rowCount, at - source, bytes);
        }
        end = groupIds[(rowCount - 1) % GROUP_ROWS] + 1;
    }

    /** The length of the row at {@code at}, or -1 if it is not one that ends in time. */
    private int rowLength(Object base, long at, long stop) {
        int fixedBytes = layout.row.fixedBytes();
        int length = stop - at < fixedBytes ? 0 : UnsafeApi.getInt(base, at);
        return length < fixedBytes || length > stop - at ? -1 : length;
    }

    private int write(Object base, long at, int length) {
        Chunk chunk = rows.chunkFor(length - layout.row.fixedBytes());
        chunk.write(base, at, length);
        return ChunkList.id(rows.lastChunk(), chunk.rows() - 1);
    }

    private void link(long sequence, int group) {
        if (index == null) {
            for (int i = 0; i < group; i++) {
                rows.chunk(groupIds[i]).link(ChunkList.rowOf(groupIds[i]), sequence, KeyIndex.NONE);
            }
            return;
        }
        index.reserve(group);
        for (int i = 0; i < group; i++) {
            groupHashes[i] = index.hash(groupIds[i]);
        }
        index.touch(groupHashes, group);
        for (int i = 0; i < group; i++) {
            index.put(groupIds[i], groupHashes[i], sequence);
        }
    }

    private StorageException corrupt(long sequence, int rowCount, int row, long at, int bytes) {
        return new StorageException(
                Kind.CORRUPT,
                "block and rows disagree: sequence=" + sequence + ", rowCount=" + rowCount + ", row=" + row + ", at="
                        + at + ", bytes=" + bytes);
    }

    /** The end of the rows with a sequence ≤ {@code sequence}; 0 if there is none. */
    int endAt(long sequence) {
        int newest = end;
        if (newest == 0) {
            return 0;
        }
        Chunk[] chunks = rows.chunks();
        int last = rows.last(newest);
        if (chunks[ChunkList.chunkOf(last)].sequence(ChunkList.rowOf(last)) <= sequence) {
            return newest;
        }
        int c = ChunkList.chunkOf(last);
        while (chunks[c].sequence(0) > sequence) { // usually the last one or the one before
            if (c == 0) {
                return 0;
            }
            c--;
        }
        int low = 1;
        int high = c == ChunkList.chunkOf(last) ? ChunkList.rowOf(last) : chunks[c].rows();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (chunks[c].sequence(middle) > sequence) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return ChunkList.id(c, low);
    }

    /** The newest row of a key before {@code limit}, or {@link KeyIndex#NONE}. */
    int find(byte[] key, int limit) {
        int id = index.find(key, RawBytes.ARRAY_OFFSET, key.length);
        while (id >= limit) {
            id = rows.chunk(id).predecessor(ChunkList.rowOf(id));
        }
        return id;
    }

    /** The sequence of the newest row of a key, or -1. */
    long newestSequence(byte[] key) {
        int id = index == null ? KeyIndex.NONE : index.find(key, RawBytes.ARRAY_OFFSET, key.length);
        return id == KeyIndex.NONE ? -1 : rows.chunk(id).sequence(ChunkList.rowOf(id));
    }

    boolean isDeleted(int id) {
        return rows.chunk(id).bit(layout.columnCount(), ChunkList.rowOf(id));
    }

    /** A copy of a row. */
    Row row(int id) {
        Chunk chunk = rows.chunk(id);
        int row = ChunkList.rowOf(id);
        RowLayout target = layout.schema.layout();
        int varBytes = 0;
        for (int lane : target.variable()) {
            varBytes += chunk.bit(lane, row) ? 0 : chunk.valueLength(lane, row);
        }
        byte[] bytes = new byte[target.fixedBytes() + varBytes];
        int end = target.fixedBytes();
        for (int lane = 0; lane < layout.columnCount(); lane++) {
            int at = target.columnOffset(lane);
            if (chunk.bit(lane, row)) {
                RowLayout.setNull(bytes, lane);
            } else if (target.isVariable(lane)) {
                end = RowLayout.putBytes(bytes, at, end, chunk.valueAddress(lane, row), chunk.valueLength(lane, row));
            } else {
                int width = layout.widths[lane];
                RawBytes.copyOut(chunk.laneAddress(lane) + (long) row * width, bytes, at, width);
            }
        }
        return new Row(target, bytes);
    }

    int rowCount() {
        return rows.count(0, end);
    }

    /** Distinct keys so far; 0 in a table without key. */
    int keyCount() {
        return index == null ? 0 : index.keyCount();
    }

    void free() {
        rows.free();
    }
}
