package io.onlap.jmh;

import io.onlap.io.Env;
import io.onlap.manifest.KeyBloom;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.SegmentFile;
import io.onlap.manifest.SegmentReader;
import io.onlap.manifest.TableEntry;
import io.onlap.memtable.KeyCodec;
import io.onlap.memtable.Lookup;
import io.onlap.memtable.Memtable;
import io.onlap.memtable.MemtableView;
import io.onlap.memtable.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Gets through a view that is made anew for each of them: it copies the list of generations, takes a reference of its own
 * to each, and to each file it looks into, through the lock of the cache of files and a locked map of its own.
 *
 * <p>The rejected variant of what the engine's views share (docs/adr, decision 3), step by step as the engine's view did it,
 * over the rooms below the engine: the files are those of an engine's store, at the version it had when this was opened; the
 * memtable is its own, to be filled with what the engine has in memory, because nobody but the engine reads the engine's.
 * Files and memtables are searched as they are today, in both variants. See {@link ViewPerGetBenchmark}.
 *
 * <p>Threading: one thread fills the memtable, then any thread gets.
 */
final class ViewPerGet implements AutoCloseable {
    private final Env env = Env.system();
    private final BufferAllocator allocator;
    private final Path segments;
    private final ManifestState head;
    private final int tableId;
    private final List<Memtable> sealed = List.of();
    private final Memtable active;
    /** In the order of their last use, as the engine's cache of open files; under its own lock. */
    private final Map<String, SegmentReader> readers = new LinkedHashMap<>(64, 0.75f, true);

    private volatile long visible;

    /** The files of a table of the store in {@code directory}, and an empty memtable. */
    ViewPerGet(BufferAllocator allocator, Path directory, String table) {
        this.allocator = allocator;
        Manifest manifest = Manifest.open(env, directory);
        this.segments = manifest.layout().segments();
        this.head = manifest.head();
        this.tableId = head.table(table).tableId();
        this.active = new Memtable(head.flushedGeneration() + 1, allocator);
    }

    /** The table as the store's manifest has it. */
    TableEntry table() {
        return head.table(tableId);
    }

    /** The active generation, to be filled. */
    Memtable active() {
        return active;
    }

    /** Lets views see the batches up to {@code sequence}. */
    void publish(long sequence) {
        visible = sequence;
    }

    /** The row of a key. */
    Optional<Row> get(Object... key) {
        try (View view = open()) {
            Lookup found = view.get(KeyCodec.encode(view.table.schema(), key));
            return found.isAbsent() || found.isDeleted() ? Optional.empty() : Optional.of(found.row());
        }
    }

    private View open() {
        List<Memtable> held = new ArrayList<>(sealed.size() + 1);
        for (Memtable memtable : generations()) {
            if (!memtable.retain()) {
                held.forEach(Memtable::release);
                throw new IllegalStateException("generation is freed: generation=" + memtable.generation());
            }
            held.add(memtable);
        }
        return new View(leaveOutFlushed(held));
    }

    private List<Memtable> generations() {
        List<Memtable> all = new ArrayList<>(sealed);
        all.add(active);
        return all;
    }

    private List<Memtable> leaveOutFlushed(List<Memtable> held) {
        List<Memtable> kept = new ArrayList<>(held.size());
        for (Memtable memtable : held) {
            if (memtable.generation() > head.flushedGeneration()) {
                kept.add(memtable);
            } else {
                memtable.release();
            }
        }
        return kept;
    }

    private SegmentReader acquire(SegmentFile file, TableEntry table) {
        synchronized (readers) {
            SegmentReader reader = readers.get(file.name());
            if (reader == null) {
                reader = SegmentReader.open(env, allocator, segments, file, table.schema());
                readers.put(file.name(), reader);
            }
            if (!reader.retain()) {
                throw new IllegalStateException("file released too often: segment=" + file.name());
            }
            return reader;
        }
    }

    /** Fails if a view kept anything. */
    @Override
    public void close() {
        synchronized (readers) {
            for (SegmentReader reader : readers.values()) {
                reader.release();
                if (reader.retain()) {
                    throw new IllegalStateException(
                            "a view kept a file: segment=" + reader.file().name());
                }
            }
            readers.clear();
        }
        active.close();
    }

    /** What one get stands on; it has one reference to each memtable and to each file that it looked into, until its close. */
    private final class View implements AutoCloseable {
        private final TableEntry table = table();
        private final long upTo = visible;
        private final List<Memtable> memtables;
        private final Map<String, SegmentReader> held = new HashMap<>();
        private final AtomicBoolean closed = new AtomicBoolean();

        View(List<Memtable> memtables) {
            this.memtables = memtables;
        }

        private Lookup get(byte[] key) {
            for (int i = memtables.size() - 1; i >= 0; i--) {
                MemtableView view = memtables.get(i).view(table.tableId(), upTo);
                Lookup found = view == null ? Lookup.ABSENT : view.get(key);
                if (!found.isAbsent()) {
                    return found;
                }
            }
            List<SegmentFile> files = table.segments();
            long hash = files.isEmpty() ? 0 : KeyBloom.hash(key);
            for (int i = files.size() - 1; i >= 0; i--) {
                if (mayContain(files.get(i), key)) {
                    Lookup found = hold(files.get(i)).get(key, hash);
                    if (!found.isAbsent()) {
                        return found;
                    }
                }
            }
            return Lookup.ABSENT;
        }

        private static boolean mayContain(SegmentFile file, byte[] key) {
            return Arrays.compareUnsigned(key, file.minKey()) >= 0 && Arrays.compareUnsigned(key, file.maxKey()) <= 0;
        }

        private SegmentReader hold(SegmentFile file) {
            synchronized (held) {
                SegmentReader reader = held.get(file.name());
                if (reader == null) {
                    reader = acquire(file, table);
                    held.put(file.name(), reader);
                }
                return reader;
            }
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                memtables.forEach(Memtable::release);
                synchronized (held) {
                    held.values().forEach(SegmentReader::release);
                    held.clear();
                }
            }
        }
    }
}
