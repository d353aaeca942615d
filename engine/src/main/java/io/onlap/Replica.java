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
 * <p>Invariant: the lease is taken first, then all log files are opened, then the head is read, then the generations at or
 * below its flushed one are left out. A log file that the owner cuts after that stays readable through its open channel; one
 * cut before is flushed in the head. So no row falls between the two.
 *
 * <p>Failure windows: a log file that vanishes between listing and opening means the owner flushed meanwhile: start over.
 *
 * <p>Threading: refreshes exclude each other; views are opened by any thread meanwhile.
 */
final class Replica implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 100;

    private final Env env;
    private final StoreLayout layout;
    private final Manifest manifest;
    private final RowMemory memory;
    private final BufferAllocator allocator;
    private final Lease lease;

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

    /** A reader that may not write takes none: then only the protection window keeps its files. */
    private static Lease leaseOrNull(Env env, StoreLayout layout) {
        try {
            return Lease.take(env, layout, 0);
        } catch (StorageException e) {
            if (Files.isWritable(layout.leases())) {
                throw e;
            }
            return null;
        }
    }

    /** Replays the log as it is now, and puts the result in the place of what was in memory. */
    synchronized void refresh() {
        for (int attempt = 1; ; attempt++) {
            try (WalReader reader = WalReader.open(env, layout.wal(), true)) {
                env.failPoints().reach(FailPoint.READER_BEFORE_HEAD);
                ManifestState head = manifest.refresh();
                replay(reader, head);
                return;
            } catch (StorageException e) {
                if (e.kind() != Kind.NOT_FOUND || attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private void replay(WalReader reader, ManifestState head) {
        List<Memtable> generations = new ArrayList<>();
        long last = head.lastSequence();
        try {
            reader.skipBelow(head.flushedGeneration() + 1);
            while (reader.next()) {
                Memtable newest = generations.isEmpty() ? null : generations.get(generations.size() - 1);
                if (newest == null || newest.generation() != reader.generation()) {
                    newest = new Memtable(reader.generation(), allocator);
                    generations.add(newest);
                }
                newest.apply(reader.sequence(), reader.buffer(), reader.offset(), reader.length(), this::schema);
                last = reader.sequence();
            }
        } catch (RuntimeException | Error failure) {
            generations.forEach(Memtable::release);
            throw failure;
        }
        memory.replace(generations);
        memory.publish(last);
    }

    /** A table newer than the head at hand is in a newer one: its record is durable before its first row is in the log. */
    private TableSchema schema(int tableId, int schemaId) {
        TableSchema schema = manifest.head().schema(tableId, schemaId);
        return schema == null ? manifest.refresh().schema(tableId, schemaId) : schema;
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }
}
