package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.wal.Wal;
import io.onlap.wal.WalTail;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;

/**
 * The writing side of an engine: the lock, the log, and the write, force and flush threads.
 *
 * <p>Invariant: it exists only in the process whose OPEN record is the newest it knows; every acknowledgement re-checks
 * that. Its parts are closed in the reverse order of their opening.
 *
 * <p>Threading: any thread writes; open and close belong to the engine.
 */
final class Owner implements AutoCloseable {
    /** No write loop or force takes that long: who waits longer should look what the machine does. */
    private static final long ACKNOWLEDGE_MILLIS_MAX = 10L * 60 * 1_000;

    private static final long WAIT_MILLIS = 1_000;
    private static final long FLUSH_MILLIS_MAX = 24L * 60 * 60 * 1_000;

    private final OwnerParts parts;
    private final OwnerFiles files;
    private final Wal wal;
    private final WalTail droppedTail;
    private final WriteLoop loop;
    private final WriteRing ring;
    private final ForceThread forces;
    private final FlushThread flushes;

    /** Everything given is the owner's to close from here on. */
    Owner(OwnerParts parts, OwnerFiles files, Recovery.Recovered recovered, FlushThread flushes, Memtables memtables) {
        this.parts = parts;
        this.files = files;
        this.wal = recovered.wal();
        this.droppedTail = recovered.droppedTail();
        this.flushes = flushes;
        BatchBuffers buffers = new BatchBuffers();
        this.loop = new WriteLoop(
                parts,
                wal.writer(),
                recovered.active(),
                recovered.nextSequence(),
                buffers,
                memtables,
                this::afterFailureOrSeal);
        this.ring = new WriteRing(loop, buffers, parts);
        this.forces = new ForceThread(parts, wal);
    }

    /**
     * Starts the threads, {@code flushes} apart, which runs already. If one cannot be started the owner is poisoned, and to be
     * {@link #stop stopped} and closed as ever.
     */
    void start() {
        try {
            ring.start();
            forces.start();
            flushes.attach(loop, ring, forces);
        } catch (RuntimeException | Error failure) {
            parts.poison().set(failure);
            throw failure;
        }
    }

    OwnerParts parts() {
        return parts;
    }

    /** What the open dropped from the end of the log; null if nothing. */
    WalTail droppedTail() {
        return droppedTail;
    }

    /** Hands in an encoded batch; see {@link WriteRing#publish}. */
    long write(DirectBuffer batch, int length) {
        return ring.publish(batch, length);
    }

    void awaitVisible(long sequence) {
        ring.expect(sequence);
        waitFor(parts.acknowledged(), sequence, parts.fullDisk()::isAppendWaiting, ACKNOWLEDGE_MILLIS_MAX);
    }

    void awaitDurable(long sequence, Durability durability) {
        awaitVisible(sequence);
        if (durability == Durability.POWER) {
            forces.want(sequence);
            waitFor(parts.durable(), sequence, parts.fullDisk()::isAppendWaiting, ACKNOWLEDGE_MILLIS_MAX);
        }
    }

    CompletableFuture<Long> whenDurable(long sequence, Durability durability) {
        ring.expect(sequence);
        CompletableFuture<Long> visible = parts.acknowledged().reached(sequence);
        if (durability == Durability.PROCESS) {
            return visible;
        }
        return visible.thenCompose(reached -> {
            forces.want(reached);
            return parts.durable().reached(reached);
        });
    }

    /** Seals the active generation and waits until everything sealed is in the manifest. */
    void flush() {
        CompletableFuture<Long> seal = ring.seal();
        waitFor(
                millis -> Futures.endsWithin(seal, millis),
                "mark=sealed",
                parts.fullDisk()::isWaiting,
                FLUSH_MILLIS_MAX);
        long sealed = Futures.join(seal);
        waitFor(parts.flushed(), sealed, parts.fullDisk()::isWaiting, FLUSH_MILLIS_MAX);
    }

    private void waitFor(Watermark mark, long value, BooleanSupplier full, long limitMillis) {
        if (mark.get() < value) {
            waitFor(
                    millis -> mark.reaches(value, millis),
                    "mark=" + mark.name() + ", wanted=" + value,
                    full,
                    limitMillis);
        }
    }

    /**
     * Waits for {@code what} in pieces. It ends with the engine; on a disk too full for it with DISK_FULL once writers would
     * not wait longer either; and else, in the end, with BUSY. In both cases the work itself goes on, and may yet be done.
     */
    private void waitFor(LongPredicate doneWithinMillis, String what, BooleanSupplier full, long limitMillis) {
        long startNs = System.nanoTime();
        long stallMillis = Math.min(
                FullDisk.WAIT_MILLIS_MAX, parts.settings().stallTimeout().toMillis());
        long waitedMillis = 0;
        while (!doneWithinMillis.test(pieceMillis(waitedMillis, stallMillis, limitMillis))) {
            waitedMillis = (System.nanoTime() - startNs) / 1_000_000;
            if (waitedMillis >= (full.getAsBoolean() ? stallMillis : limitMillis)) {
                throw parts.fullDisk().timedOut("wait timed out: " + what + ", waitedMillis=" + waitedMillis);
            }
        }
    }

    private static long pieceMillis(long waitedMillis, long stallMillis, long limitMillis) {
        long end = waitedMillis < stallMillis ? stallMillis : limitMillis;
        return Math.max(1, Math.min(WAIT_MILLIS, end - waitedMillis));
    }

    /** Throws the poison's cause, if there is one. */
    void checkUsable() {
        parts.poison().check();
    }

    /** What it is trying again, or null. */
    StorageException lastFailure() {
        StorageException full = parts.fullDisk().cause();
        return full == null ? flushes.lastFailure() : full;
    }

    /** Intents of finished flushes that are still there. */
    long intentsLeft() {
        return flushes.intentsLeft();
    }

    /** Bytes of the log's segment files. */
    long walBytes() {
        return wal.bytes();
    }

    private void afterFailureOrSeal() {
        if (parts.poison().isSet()) {
            parts.wakeWaiters();
        }
        flushes.wake();
        forces.segmentBegun();
        forces.awaitRoom();
    }

    /**
     * Finishes the batches handed in before, forces the log, and ends the threads. What is not flushed stays in the log.
     *
     * @throws StorageException the first failure of ending them
     */
    void stop() {
        Closing closing = new Closing();
        closing.run(ring::stop);
        closing.run(() -> {
            if (!parts.poison().isSet()) {
                forces.want(parts.acknowledged().get());
            }
        });
        closing.run(() -> Futures.uninterruptibly(forces::stop));
        closing.run(() -> Futures.uninterruptibly(flushes::stop));
        closing.end();
    }

    /**
     * Ends all waits and frees everything; after {@link #stop}.
     *
     * @throws StorageException the first failure of this engine, or of closing it
     */
    @Override
    public void close() {
        Closing closing = new Closing();
        StorageException failure = parts.poison().cause();
        parts.poison().set(new StorageException(Kind.CLOSED, "engine closed"));
        parts.wakeWaiters();
        closing.run(parts.callbacks()::close);
        closing.run(wal::close);
        closing.run(parts.memory()::close);
        closing.run(parts.epochWord()::close);
        closing.run(files::close);
        if (failure != null) {
            closing.run(() -> {
                throw failure.again();
            });
        }
        closing.end();
    }
}
