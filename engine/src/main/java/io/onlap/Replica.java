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
import io.onlap.memtable.TableSchema;
import io.onlap.wal.WalReader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Keeps the memory of a read-only engine: the generations of the log above the manifest's flushed one, replayed.
 *
 * <p>Invariant: the lease is taken first, then the log is read, then the head, then the generations at or below its flushed
 * one are left out. The owner clears and uses a log file again only after the record that flushed it is durable, so a
 * generation above the head that was read last was whole all the time it was read; one at or below it is in that head's
 * files. So no row falls between the two.
 *
 * <p>Failure windows: a log file that vanishes, or is cleared, while it is read means that the owner flushed meanwhile; what
 * follows it in the log is then left out by the reader, whose frames name their predecessors: start over, above what is
 * flushed now. Damage counts as damage only if the head did not move.
 *
 * <p>Threading: refreshes and {@link #close} exclude each other, so no refresh fills a memory that was given back already;
 * views are opened by any thread meanwhile.
 */
final class Replica implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 100;

    private final Env env;
    private final StoreLayout layout;
    private final Manifest manifest;
    private final RowMemory memory;
    private final BufferAllocator allocator;
    private final Lease lease;
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
        for (int attempt = 1; ; attempt++) {
            long flushedBefore = manifest.refresh().flushedGeneration();
            try (WalReader reader = WalReader.open(env, layout.wal(), true)) {
                reader.skipBelow(flushedBefore + 1);
                List<Memtable> generations = replay(reader);
                ManifestState head = headAfter(generations);
                if (!reader.isBroken() || head.flushedGeneration() == flushedBefore) {
                    show(generations, head);
                    return;
                }
                generations.forEach(Memtable::release);
                if (attempt == ATTEMPTS_MAX) {
                    throw new StorageException(
                            Kind.BUSY, "owner flushes faster than its log can be read: attempts=" + ATTEMPTS_MAX);
                }
            } catch (StorageException e) {
                boolean overtaken =
                        e.kind() == Kind.NOT_FOUND || manifest.refresh().flushedGeneration() > flushedBefore;
                if (!overtaken || attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private List<Memtable> replay(WalReader reader) {
        List<Memtable> generations = new ArrayList<>();
        try {
            while (reader.next()) {
                Memtable newest = generations.isEmpty() ? null : generations.get(generations.size() - 1);
                if (newest == null || newest.generation() != reader.generation()) {
                    env.failPoints().reach(FailPoint.READER_BEFORE_REPLAY);
                    newest = new Memtable(reader.generation(), allocator);
                    generations.add(newest);
                }
                newest.apply(reader.sequence(), reader.buffer(), reader.offset(), reader.length(), this::schema);
            }
            return generations;
        } catch (RuntimeException | Error failure) {
            generations.forEach(Memtable::release);
            throw failure;
        }
    }

    /** The head as it is behind the replay; where it cannot be read the replayed rows are given back. */
    private ManifestState headAfter(List<Memtable> generations) {
        try {
            env.failPoints().reach(FailPoint.READER_BEFORE_HEAD);
            return manifest.refresh();
        } catch (RuntimeException | Error failure) {
            generations.forEach(Memtable::release);
            throw failure;
        }
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

    /** A table newer than the head at hand is in a newer one: its record is durable before its first row is in the log. */
    private TableSchema schema(int tableId, int schemaId) {
        TableSchema schema = manifest.head().schema(tableId, schemaId);
        return schema == null ? manifest.refresh().schema(tableId, schemaId) : schema;
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
