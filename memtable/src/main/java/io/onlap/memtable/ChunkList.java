package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.ArrowBuf;

/**
 * The rows of one table in the order of writing. A row's id is {@code chunk << 16 | row}: ids ascend in the order of
 * writing, so sequences ascend with them. An end is the id after the last row.
 *
 * <p>Chunks grow from 4 KiB to 4 MiB, so that a table of a few rows costs a page. A row that is larger gets a chunk of its
 * own; one that does not fit into what is left ends the chunk early.
 *
 * <p>Threading: {@link #chunkFor} and {@link #free} by the writer. Readers may ask for any row published to them: the chunk
 * array is swapped whole by a volatile write before a row of the new chunk is written.
 */
final class ChunkList {
    private static final int CHUNK_BYTES_MIN = 4 * 1024;
    private static final int GROWTH = 4;
    private static final int ROW_BITS = 16;
    private static final int ROW_MASK = (1 << ROW_BITS) - 1;
    private static final int CHUNKS_MAX = 1 << (Integer.SIZE - 1 - ROW_BITS);
    /** A chunk is laid out for at least so many rows, whatever was in the one before: one large row must not fool it. */
    private static final int ROWS_WANTED_MIN = 64;

    private final ChunkLayout layout;
    private final ChunkPool pool;
    private final AtomicLong bytes;
    private volatile Chunk[] chunks = new Chunk[0];

    /** Adds what it allocates to {@code bytes}. */
    ChunkList(ChunkLayout layout, ChunkPool pool, AtomicLong bytes) {
        this.layout = layout;
        this.pool = pool;
        this.bytes = bytes;
    }

    static int id(int chunk, int row) {
        return (chunk << ROW_BITS) | row;
    }

    static int chunkOf(int id) {
        return id >>> ROW_BITS;
    }

    static int rowOf(int id) {
        return id & ROW_MASK;
    }

    ChunkLayout layout() {
        return layout;
    }

    Chunk[] chunks() {
        return chunks;
    }

    Chunk chunk(int id) {
        return chunks[id >>> ROW_BITS];
    }

    /** The chunk that takes the next row, which has so many var bytes: the last one or a new one after it. */
    Chunk chunkFor(int varBytes) {
        Chunk[] current = chunks;
        if (current.length > 0) {
            Chunk last = current[current.length - 1];
            if (last.hasRoom(varBytes)) {
                return last;
            }
        }
        return addChunk(current, varBytes);
    }

    private Chunk addChunk(Chunk[] current, int varBytes) {
        if (current.length == CHUNKS_MAX) {
            throw new StorageException(Kind.FATAL, "too many chunks in one generation: chunksMax=" + CHUNKS_MAX);
        }
        Chunk last = current.length == 0 ? null : current[current.length - 1];
        long wanted = last == null
                ? CHUNK_BYTES_MIN
                : Math.min(ChunkPool.CHUNK_BYTES_MAX, last.buffer().capacity() * GROWTH);
        long needed = Chunk.bytesFor(layout, 1, varBytes);
        ArrowBuf buffer = pool.take(Math.max(wanted, needed));
        bytes.addAndGet(buffer.capacity());
        long perRow = varBytes;
        if (last != null && last.rows() > 0) {
            long average = last.heapEnd() / last.rows();
            perRow = average + (average >>> 4); // a little heap to spare is cheaper than rows without heap
        }
        Chunk added = new Chunk(layout, buffer, capacity(buffer.capacity() - varBytes, perRow));
        Chunk[] more = Arrays.copyOf(current, current.length + 1);
        more[current.length] = added;
        chunks = more;
        return added;
    }

    /** Rows for a chunk of so many bytes, besides the var bytes of its first row. */
    private int capacity(long room, long varBytesPerRow) {
        long limited = Math.min(varBytesPerRow, room / ROWS_WANTED_MIN);
        long bitmapBits = layout.bitmapCount();
        long slack = Chunk.bytesFor(layout, 1, 0);
        long rows = (room - slack) * 8 / ((layout.fixedBytes + limited) * 8 + bitmapBits);
        return (int) Math.max(1, Math.min(Chunk.ROWS_MAX, rows));
    }

    /** Number of the last chunk. Only the writer. */
    int lastChunk() {
        return chunks.length - 1;
    }

    /** The id of the last row before {@code end}, which is not 0. */
    int last(int end) {
        return rowOf(end) > 0 ? end - 1 : id(chunkOf(end) - 1, chunks[chunkOf(end) - 1].rows() - 1);
    }

    /** Number of rows in {@code [from, end)}. */
    int count(int from, int end) {
        int count = 0;
        for (int c = chunkOf(from); c <= chunkOf(end) && id(c, 0) < end; c++) {
            count += rowsBelow(c, end) - (c == chunkOf(from) ? rowOf(from) : 0);
        }
        return count;
    }

    /** Rows of that chunk before {@code end}. */
    int rowsBelow(int chunk, int end) {
        return chunk == chunkOf(end) ? rowOf(end) : chunks[chunk].rows();
    }

    /** Is the row the newest of its key among those before {@code end}? */
    boolean isNewest(int id, int end) {
        int successor = chunk(id).successorAcquire(rowOf(id));
        return successor == 0 || successor >= end;
    }

    long keyAddress(int id) {
        return chunk(id).valueAddress(layout.keyLane, rowOf(id));
    }

    int keyLength(int id) {
        return chunk(id).valueLength(layout.keyLane, rowOf(id));
    }

    int compareKeys(int a, int b) {
        return KeyBytes.compare(keyAddress(a), keyLength(a), keyAddress(b), keyLength(b));
    }

    /** Gives all buffers back; nobody may read any more. */
    void free() {
        for (Chunk chunk : chunks) {
            pool.give(chunk.buffer());
        }
        chunks = new Chunk[0];
    }
}
