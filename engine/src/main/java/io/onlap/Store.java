package io.onlap;

import io.onlap.flush.Flusher;
import io.onlap.io.Env;
import io.onlap.io.EpochWord;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.StoreLayout;
import io.onlap.memtable.Memtable;
import io.onlap.wal.WalTail;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * What lies behind an {@link Engine}: the manifest, the generations in memory and the open files that reads need, and
 * either an {@link Owner} or a {@link Replica} that keeps them current.
 *
 * <p>Invariant: parts are opened in the order lock, manifest, memory, threads and closed in the reverse; an open that fails
 * half-way closes what it opened.
 *
 * <p>Threading: any thread; views and scans that are still open at close keep what they hold until they are closed.
 */
final class Store implements AutoCloseable {
    private final Env env;
    private final StoreLayout layout;
    private final Manifest manifest;
    private final RowMemory memory;
    private final BufferAllocator allocator;
    private final SegmentCache segments;
    private final Reads reads;
    private final Poison poison;
    private final AtomicBoolean closed = new AtomicBoolean();
    private Memtables memtables;
    private Owner owner;
    private Replica replica;
    private OwnerCounters counters;
    private StorageException countersFailure;
    private volatile long walBytes;

    private Store(Env env, StoreLayout layout, Manifest manifest, Poison poison) {
        this.env = env;
        this.layout = layout;
        this.manifest = manifest;
        this.poison = poison;
        this.memory = new RowMemory();
        this.allocator = new RootAllocator();
        this.segments = new SegmentCache(env, layout, allocator);
        this.reads = new Reads(memory, manifest, segments, env.failPoints());
    }

    static Store openOwner(Path directory, EngineSettings settings, Env env) {
        StoreLayout layout = new StoreLayout(directory.toAbsolutePath());
        Manifest.checkUsable(env, layout.root());
        env.storage().createDirectories(layout.root());
        OwnerFiles files = OwnerFiles.lock(env, layout);
        try {
            Manifest manifest = Manifest.create(env, layout.root());
            Store store = new Store(env, layout, manifest, new Poison());
            store.becomeOwner(settings, files);
            return store;
        } catch (RuntimeException | Error failure) {
            closeAfter(failure, files);
            throw failure;
        }
    }

    private void becomeOwner(EngineSettings settings, OwnerFiles files) {
        EpochWord word = EpochWord.open(env.storage(), layout.epoch());
        memtables = new Memtables(allocator, settings.generationBytes());
        Callbacks callbacks = new Callbacks();
        FullDisk fullDisk = new FullDisk();
        FlushThread flushes = null;
        Recovery.Recovered recovered = null;
        try {
            ManifestState opened = Recovery.takeOver(env, layout, manifest, word, files);
            OwnerParts parts = new OwnerParts(
                    env,
                    settings,
                    manifest,
                    word,
                    opened.epoch(),
                    memory,
                    new MemoryBudget(memory, poison, fullDisk, settings),
                    poison,
                    new Watermark("acknowledged", opened.lastSequence(), poison, callbacks),
                    new Watermark("durable", opened.lastSequence(), poison, callbacks),
                    new Watermark("flushed", opened.flushedGeneration(), poison, callbacks),
                    callbacks,
                    fullDisk);
            poison.blame(parts::fencedOrNull);
            flushes = new FlushThread(parts, new Flusher(env, layout, manifest, allocator, opened.epoch()));
            flushes.start();
            recovered = new Recovery(parts, layout, flushes, memtables).run(opened);
            owner = new Owner(parts, files, recovered, flushes, memtables);
            owner.start();
            startCounters();
        } catch (RuntimeException | Error failure) {
            if (owner == null) {
                closeParts(failure, flushes, recovered, callbacks, word);
            } else {
                closeAfter(failure, owner::stop);
                closeAfter(failure, owner);
            }
            closeAfter(failure, memtables);
            closeAfter(failure, segments);
            closeAfter(failure, allocator);
            throw failure;
        }
    }

    /** Before there is an owner that would close them. What is null was not opened. */
    private void closeParts(
            Throwable failure, FlushThread flushes, Recovery.Recovered recovered, Callbacks callbacks, EpochWord word) {
        if (flushes != null) {
            poison.set(failure);
            flushes.wake();
            Futures.uninterruptibly(flushes::stop);
        }
        if (recovered != null) {
            closeAfter(failure, recovered.wal());
        }
        closeAfter(failure, callbacks);
        closeAfter(failure, memory::close);
        closeAfter(failure, word);
    }

    /** Without them the store works as well: the failure shows in its health. */
    private void startCounters() {
        long openedMillis = env.clock().wallMillis();
        try {
            counters = OwnerCounters.start(env, layout, values -> {
                values.put(Counter.OPENED_MILLIS, openedMillis);
                putCounters(values);
            });
        } catch (StorageException e) {
            countersFailure = e;
        }
    }

    @SuppressWarnings("EnumOrdinal") // numbers are all that counters hold
    private void putCounters(Map<Counter, Long> values) {
        EngineStats stats = stats();
        Generations now = memory.get();
        EngineSettings settings = owner.parts().settings();
        values.put(Counter.PID, ProcessHandle.current().pid());
        values.put(Counter.EPOCH, owner.parts().epoch());
        values.put(Counter.UPDATED_MILLIS, env.clock().wallMillis());
        values.put(Counter.UPDATED_NS, env.clock().monotonicNs());
        values.put(Counter.ROWS, memory.rows());
        values.put(Counter.VISIBLE_SEQUENCE, stats.visibleSequence());
        values.put(Counter.DURABLE_SEQUENCE, stats.durableSequence());
        values.put(Counter.ACTIVE_GENERATION, stats.activeGeneration());
        values.put(Counter.ACTIVE_BYTES, now.active() == null ? 0 : now.active().bytes());
        values.put(Counter.SEALED_GENERATIONS, (long) now.sealed().size());
        values.put(
                Counter.SEALED_BYTES,
                now.sealed().stream().mapToLong(Memtable::bytes).sum());
        values.put(Counter.FLUSHED_GENERATION, stats.flushedGeneration());
        values.put(Counter.IN_FLIGHT_BYTES, owner.parts().budget().inFlightBytes());
        values.put(Counter.MEMORY_BUDGET_BYTES, stats.memoryBudgetBytes());
        values.put(Counter.ALLOCATED_BYTES, stats.allocatedBytes());
        values.put(Counter.WAL_BYTES, stats.walBytes());
        values.put(Counter.MANIFEST_VERSION, stats.manifestVersion());
        values.put(Counter.TABLES, (long) stats.tables());
        values.put(Counter.SEGMENT_FILES, stats.segmentFiles());
        values.put(Counter.STALLS, stats.stalls());
        values.put(Counter.STALLED_NS, stats.stalledNs());
        values.put(Counter.STALLED, stats.stalled() ? 1L : 0L);
        values.put(Counter.HEALTH, (long) health().state().ordinal());
        values.put(Counter.GENERATION_BYTES, settings.generationBytes());
        values.put(Counter.GENERATION_ROWS, settings.generationRows());
        values.put(Counter.GENERATION_AGE_MILLIS, settings.generationAge().toMillis());
        values.put(Counter.DURABILITY, (long) settings.durability().ordinal());
        values.put(Counter.STALL_TIMEOUT_MILLIS, settings.stallTimeout().toMillis());
        values.put(Counter.ACKNOWLEDGED_SEQUENCE, stats.acknowledgedSequence());
    }

    static Store openReader(Path directory, Env env) {
        StoreLayout layout = new StoreLayout(directory.toAbsolutePath());
        Manifest manifest = Manifest.open(env, layout.root());
        Store store = new Store(env, layout, manifest, new Poison());
        try {
            store.replica = Replica.open(env, layout, manifest, store.memory, store.allocator);
            return store;
        } catch (RuntimeException | Error failure) {
            closeAfter(failure, store.memory::close);
            closeAfter(failure, store.segments);
            closeAfter(failure, store.allocator);
            throw failure;
        }
    }

    private static void closeAfter(Throwable failure, AutoCloseable part) {
        try {
            part.close();
        } catch (Exception | Error e) {
            failure.addSuppressed(e);
        }
    }

    Env env() {
        return env;
    }

    SegmentCache segments() {
        return segments;
    }

    Manifest manifest() {
        return manifest;
    }

    Reads reads() {
        return reads;
    }

    BufferAllocator allocator() {
        return allocator;
    }

    StoreLayout layout() {
        return layout;
    }

    /** Of the lease this engine itself holds; null if none. */
    String leaseId() {
        return replica == null ? null : replica.leaseId();
    }

    boolean isReadOnly() {
        return replica != null;
    }

    /** The writing side; INVALID in a reader, CLOSED after close. */
    Owner owner() {
        checkOpen();
        if (owner == null) {
            throw new StorageException(Kind.INVALID, "store opened read-only: path=" + layout.root());
        }
        return owner;
    }

    void refresh() {
        checkOpen();
        if (replica != null) {
            replica.refresh();
        }
    }

    void checkOpen() {
        if (closed.get()) {
            throw new StorageException(Kind.CLOSED, "engine closed: path=" + layout.root());
        }
    }

    EngineStats stats() {
        ManifestState head = manifest.head();
        Generations now = memory.get();
        OwnerParts parts = owner == null ? null : owner.parts();
        return new EngineStats(
                head.version(),
                head.epoch(),
                memory.visible(),
                parts == null ? memory.visible() : parts.acknowledged().get(),
                parts == null ? head.lastSequence() : parts.durable().get(),
                now.active() == null ? 0 : now.active().generation(),
                head.flushedGeneration(),
                now.sealed().size(),
                parts == null ? memory.bytes() : parts.budget().usedBytes(),
                parts == null ? 0 : parts.budget().budgetBytes(),
                allocator.getAllocatedMemory(),
                walBytes(),
                head.tables().size(),
                head.tables().stream()
                        .mapToLong(table -> table.segments().size())
                        .sum(),
                segments.size(),
                parts == null ? 0 : parts.budget().stalls(),
                parts == null ? 0 : parts.budget().stalledNs(),
                parts != null && parts.budget().isStalled(),
                owner == null ? 0 : owner.intentsLeft());
    }

    /** The last that is known: this one is asked of the disk, and numbers stay readable when the disk fails. */
    private long walBytes() {
        if (owner != null) {
            try {
                walBytes = owner.walBytes();
            } catch (StorageException e) {
                // Whoever writes or flushes meets the failure too, and health tells of it.
                return walBytes;
            }
        }
        return walBytes;
    }

    /** See {@link Engine#droppedTail}. */
    Optional<String> droppedTail() {
        WalTail tail = owner == null ? replica.droppedTail() : owner.droppedTail();
        return Optional.ofNullable(tail).map(dropped -> "log ended torn, dropped: " + dropped.describe());
    }

    Health health() {
        if (closed.get()) {
            return new Health(Health.State.CLOSED, "");
        }
        StorageException cause = poison.cause();
        if (cause != null) {
            return new Health(Health.State.POISONED, cause.kind() + ": " + cause.getMessage());
        }
        StorageException last = owner == null ? null : owner.lastFailure();
        if (last == null) {
            last = countersFailure;
        }
        return last == null
                ? new Health(Health.State.OK, "")
                : new Health(Health.State.DEGRADED, last.kind() + ": " + last.getMessage());
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Closing closing = new Closing();
        if (owner != null) {
            closing.run(owner::stop);
            if (counters != null) {
                closing.run(counters::close); // the numbers of the end: behind the last force, before memory is freed
            }
            closing.run(owner::close);
            closing.run(memtables::close);
        } else {
            closing.run(replica::close);
            closing.run(memory::close);
        }
        closing.run(segments::close);
        closing.run(this::closeAllocator);
        closing.end();
    }

    private void closeAllocator() {
        long held = allocator.getAllocatedMemory();
        if (held > 0) {
            throw new StorageException(
                    Kind.BUSY,
                    "views or scans still open at close: heldBytes=" + held + ": close them before the engine");
        }
        allocator.close();
    }
}
