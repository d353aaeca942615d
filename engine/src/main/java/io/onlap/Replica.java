package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Lease;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.StoreLayout;
import io.onlap.memtable.Memtable;
import io.onlap.wal.WalReader;
import io.onlap.wal.WalTail;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Keeps the memory of a read-only engine: the generations of the log above the manifest's flushed one, replayed.
 *
 * <p>Invariant: the lease is taken first, then the log is read, then the head, then the generations at or below its flushed
 * one are left out: they are in that head's files. So no row falls between the two; {@link UnflushedLog} says why.
 *
 * <p>Threading: refreshes and {@link #close} exclude each other, so no refresh fills a memory that was given back already;
 * views are opened by any thread meanwhile.
 */
final class Replica implements AutoCloseable {
    private final Env env;
    private final StoreLayout layout;
    private final Manifest manifest;
    private final RowMemory memory;
    private final BufferAllocator allocator;
    private final Lease lease;
    private volatile WalTail droppedTail;
    private boolean closed;

    private Replica(
            Env env, StoreLayout layout, Manifest manifest, RowMemory memory, BufferAllocator allocator, Lease lease) {
        this.env = env;
        this.layout = layout;
        this.manifest = manifest;
        this.memory = memory;
        this.allocator = allocator;
        this.lease = lease;
    }

    static Replica open(Env env, StoreLayout layout, Manifest manifest, RowMemory memory, BufferAllocator allocator) {
        Replica replica = new Replica(env, layout, manifest, memory, allocator, leaseOrNull(env, layout));
        try {
            env.failPoints().reach(FailPoint.READER_AFTER_LEASE);
            replica.refresh();
            return replica;
        } catch (RuntimeException | Error failure) {
            replica.close();
            throw failure;
        }
    }

    /** A reader that may not or cannot write takes none: then only the protection window keeps its files. */
    private static Lease leaseOrNull(Env env, StoreLayout layout) {
        try {
            return Lease.take(env, layout, 0);
        } catch (StorageException e) {
            if (e.kind() != Kind.DISK_FULL && Files.isWritable(layout.leases())) {
                throw e;
            }
            return null;
        }
    }

    /** Null where it may not write one. */
    String leaseId() {
        return lease == null ? null : lease.id();
    }

    /** Replays the log as it is now, and puts the result in the place of what was in memory. */
    synchronized void refresh() {
        if (closed) {
            throw new StorageException(Kind.CLOSED, "engine closed: path=" + layout.root());
        }
        List<Memtable> generations = new ArrayList<>();
        UnflushedLog.End end;
        try {
            end = UnflushedLog.read(env, layout, manifest, reader -> {
                release(generations);
                replay(reader, generations);
            });
        } catch (RuntimeException | Error failure) {
            release(generations);
            throw failure;
        }
        droppedTail = end.droppedTail();
        show(generations, end.head());
    }

    private void replay(WalReader reader, List<Memtable> generations) {
        Memtable newest = null;
        while (reader.next()) {
            if (newest == null || newest.generation() != reader.generation()) {
                env.failPoints().reach(FailPoint.READER_BEFORE_REPLAY);
                newest = new Memtable(reader.generation(), allocator);
                generations.add(newest);
            }
            newest.apply(reader.sequence(), reader.buffer(), reader.offset(), reader.length(), manifest::schema);
        }
    }

    private static void release(List<Memtable> generations) {
        generations.forEach(Memtable::release);
        generations.clear();
    }

    /** What the head has flushed by now is left out: its log files may have been used again while they were read. */
    private void show(List<Memtable> generations, ManifestState head) {
        List<Memtable> kept = new ArrayList<>();
        for (Memtable generation : generations) {
            if (generation.generation() > head.flushedGeneration()) {
                kept.add(generation);
            } else {
                generation.release();
            }
        }
        long last =
                kept.isEmpty() ? head.lastSequence() : kept.get(kept.size() - 1).lastSequence();
        memory.replace(kept);
        memory.publish(last);
        if (lease != null) {
            lease.moveTo(head.version());
        }
    }

    /** What the last refresh dropped from the end of a log nobody writes; null if nothing. */
    WalTail droppedTail() {
        return droppedTail;
    }

    /** Waits for a refresh in hand; the memory it filled may be given back then. */
    @Override
    public synchronized void close() {
        closed = true;
        if (lease != null) {
            lease.close();
        }
    }
}
