package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.RowEncoder;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Puts rows. Each call is one batch: it becomes durable and visible as a whole or not at all, in the order of the returned
 * sequences. A call returns when the batch is on its way; wait for {@link #awaitVisible} or {@link #awaitDurable} before
 * telling anybody.
 *
 * <p>A refused row (INVALID) changes nothing and leaves the writer usable. When memory or the ring is full a call waits, up
 * to the engine's {@code stallTimeout}, then fails with BUSY, or with DISK_FULL if that is why. The row is not in then.
 *
 * <p>Threading: one thread.
 */
public final class Writer implements AutoCloseable {
    private final Store store;
    private final Owner owner;
    private final Durability durability;
    private final RowEncoder encoder;
    private boolean closed;

    Writer(Store store) {
        this.store = store;
        this.owner = store.owner();
        this.durability = owner.parts().settings().durability();
        this.encoder = new RowEncoder(owner.parts().settings().batchBytesMax());
    }

    /**
     * Puts one row; in a keyed table it takes the place of the older row of its key.
     *
     * @return the sequence of the batch
     */
    public long put(Table table, Consumer<RowBuilder> row) {
        checkOpen();
        encoder.clear();
        row.accept(encoder.beginPut(table.of(store).tableId(), table.schema()));
        encoder.endRow();
        return owner.write(encoder.buffer(), encoder.length());
    }

    /**
     * Deletes the row of a key, if there is one.
     *
     * @param key a value per key column
     * @return the sequence of the batch
     */
    public long delete(Table table, Object... key) {
        checkOpen();
        encoder.clear();
        encoder.addDelete(table.of(store).tableId(), table.schema(), key);
        return owner.write(encoder.buffer(), encoder.length());
    }

    /** A batch to fill and give to {@link #write}, any number of times. */
    public WriteBatch batch() {
        return new WriteBatch(store, owner.parts().settings().batchBytesMax());
    }

    /**
     * Writes all rows of {@code batch}, or none. The batch stays as it is: {@link WriteBatch#clear} before filling it again.
     *
     * @return its sequence
     * @throws StorageException INVALID if it is empty or of another engine
     */
    public long write(WriteBatch batch) {
        checkOpen();
        RowEncoder rows = batch.of(store).encoder();
        if (rows.rowCount() == 0) {
            throw new StorageException(Kind.INVALID, "batch empty: rows=0");
        }
        return owner.write(rows.buffer(), rows.length());
    }

    /**
     * Waits until the batch of {@code sequence} is in the log and in every read that begins after this returns.
     *
     * @throws StorageException the failure of the engine; DISK_FULL when there is no room for the log for 5 s or
     *     {@code stallTimeout}, whichever is less: the batch is on its way and goes in when there is, so wait again; BUSY
     *     after an interrupt, or many minutes without an answer
     */
    public void awaitVisible(long sequence) {
        owner.awaitVisible(sequence);
    }

    /** Waits until the batch of {@code sequence} is visible, and durable as the engine's settings ask. */
    public void awaitDurable(long sequence) {
        owner.awaitDurable(sequence, durability);
    }

    /** As {@link #awaitDurable(long)}, for a durability of its own. */
    public void awaitDurable(long sequence, Durability asked) {
        owner.awaitDurable(sequence, asked);
    }

    /**
     * Completes with {@code sequence} when {@link #awaitDurable(long)} would return, or with the failure of the engine. What
     * hangs on to it runs on a thread that the engine has for that: it may write and wait, and delays others of its kind
     * meanwhile.
     */
    public CompletionStage<Long> whenDurable(long sequence) {
        return owner.whenDurable(sequence, durability).minimalCompletionStage();
    }

    private void checkOpen() {
        if (closed) {
            throw new StorageException(Kind.CLOSED, "writer closed");
        }
    }

    /** Ends this writer; what it wrote goes its way. Idempotent. */
    @Override
    public void close() {
        closed = true;
    }
}
