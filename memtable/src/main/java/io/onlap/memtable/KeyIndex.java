package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * From a key to the newest row that has it: open addressing with linear probing, at most half full. A slot is
 * {@code hash << 32 | id + 1}, 0 if free; the key itself is compared in the row, so a hash decides nothing.
 *
 * <p>Slots are never freed. When the table grows, the writer fills a larger one from the stored hashes and swaps it in whole;
 * a reader that still has the old one finds every row published before, which is all it may see.
 *
 * <p>Threading: {@link #put} by the writer, {@link #find} by any thread.
 */
final class KeyIndex {
    static final int NONE = -1;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SLOTS_MIN = 16;
    private static final long ID_SIGN = 0x8000_0000L;
    private static final long ID_MASK = 0xffff_ffffL;

    private final ChunkList rows;
    private final AtomicLong bytes;
    private volatile long[] slots;
    /** Plain: a volatile write per row would wait for all the row's stores. */
    private int used;

    /** Adds what it allocates to {@code bytes}. */
    KeyIndex(ChunkList rows, int keysExpected, AtomicLong bytes) {
        this.rows = rows;
        this.bytes = bytes;
        int wanted = Math.max(SLOTS_MIN, Math.min(keysExpected, 1 << 28) * 2);
        this.slots = new long[Integer.highestOneBit(wanted - 1) << 1];
        bytes.addAndGet((long) slots.length * Long.BYTES);
    }

    /** The newest row indexed for a key, or NONE. */
    int find(Object base, long key, int length) {
        int hash = RawBytes.hash(base, key, length);
        long[] table = slots;
        int mask = table.length - 1;
        for (int at = hash & mask; ; at = (at + 1) & mask) {
            long slot = (long) SLOT.getAcquire(table, at);
            if (slot == 0) {
                return NONE;
            }
            if ((int) (slot >>> 32) == hash && hasKey((int) (slot & ID_MASK) - 1, base, key, length)) {
                return (int) (slot & ID_MASK) - 1;
            }
        }
    }

    /** The slot's place for a key: its own, or the free one where it belongs. */
    private int place(long[] table, int hash, long key, int length) {
        int mask = table.length - 1;
        for (int at = hash & mask; ; at = (at + 1) & mask) {
            long slot = table[at];
            if (slot == 0 || ((int) (slot >>> 32) == hash && hasKey((int) (slot & ID_MASK) - 1, null, key, length))) {
                return at;
            }
        }
    }

    private boolean hasKey(int id, Object base, long key, int length) {
        Chunk chunk = rows.chunk(id);
        int row = ChunkList.rowOf(id);
        int lane = rows.layout().keyLane;
        return chunk.valueLength(lane, row) == length
                && RawBytes.areEqual(base, key, chunk.valueAddress(lane, row), length);
    }

    /** The hash of a row's key, for {@link #touch} and {@link #put}. */
    int hash(int id) {
        return RawBytes.hash(null, rows.keyAddress(id), rows.keyLength(id));
    }

    /**
     * Reads the slots that {@link #put} will need. Each is a cache miss, and put cannot go on before it knows the slot; here
     * nothing waits for them, so the misses overlap. Measured: 200 ns per row without.
     *
     * @throws StorageException FATAL if a slot has an id no row can have; also what keeps the compiler from dropping the reads
     */
    void touch(int[] hashes, int count) {
        long[] table = slots;
        int mask = table.length - 1;
        long seen = 0;
        for (int i = 0; i < count; i++) {
            seen |= table[hashes[i] & mask];
        }
        if ((seen & ID_SIGN) != 0) {
            throw new StorageException(Kind.FATAL, "key index is damaged: slots=" + table.length + ", used=" + used);
        }
    }

    /** Makes room for so many keys more. */
    void reserve(int keys) {
        while ((used + (long) keys) * 2 > slots.length) {
            grow();
        }
    }

    /**
     * Makes a written row the newest of its key: links it with the row before of the same key, and puts it into its slot, in
     * an order that a reader may meet at any point (see {@link TableMemtable}). There must be room.
     */
    void put(int id, int hash, long sequence) {
        Chunk chunk = rows.chunk(id);
        int row = ChunkList.rowOf(id);
        int lane = rows.layout().keyLane;
        long[] table = slots;
        int at = place(table, hash, chunk.valueAddress(lane, row), chunk.valueLength(lane, row));
        int predecessor = (int) (table[at] & ID_MASK) - 1;
        chunk.link(row, sequence, predecessor);
        if (predecessor == NONE) {
            used++;
        } else {
            rows.chunk(predecessor).successorRelease(ChunkList.rowOf(predecessor), id);
        }
        SLOT.setRelease(table, at, ((long) hash << 32) | (id + 1));
    }

    /** Distinct keys; to other threads than the writer only about so many. */
    int keyCount() {
        return used;
    }

    private void grow() {
        long[] old = slots;
        long[] table = new long[Math.multiplyExact(old.length, 2)];
        int mask = table.length - 1;
        for (long slot : old) {
            if (slot != 0) {
                int at = (int) (slot >>> 32) & mask;
                while (table[at] != 0) {
                    at = (at + 1) & mask;
                }
                table[at] = slot;
            }
        }
        slots = table; // volatile: whoever sees it sees its slots
        bytes.addAndGet((long) (table.length - old.length) * Long.BYTES);
    }
}
