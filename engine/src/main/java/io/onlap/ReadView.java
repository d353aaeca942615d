package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.manifest.KeyBloom;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.SegmentFile;
import io.onlap.manifest.SegmentReader;
import io.onlap.manifest.TableEntry;
import io.onlap.memtable.Lookup;
import io.onlap.memtable.Memtable;
import io.onlap.memtable.MemtableView;
import io.onlap.memtable.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All tables at one moment: the generations in memory up to a sequence, and one manifest version.
 *
 * <p>Invariant: every generation is in exactly one of the two places, because the memory generations at or below the
 * version's flushed generation are left out. What it holds never changes: memtables and open files are referenced until
 * {@link #close}.
 *
 * <p>Threading: any thread; {@link #close} once, after the last read.
 */
final class ReadView implements AutoCloseable {
    private final long visible;
    private final List<Memtable> memtables;
    private final ManifestState state;
    private final SegmentCache segments;
    private final Map<String, SegmentReader> held = new HashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param memtables ascending, all above the flushed generation of {@code state}, one reference each taken */
    ReadView(long visible, List<Memtable> memtables, ManifestState state, SegmentCache segments) {
        this.visible = visible;
        this.memtables = memtables;
        this.state = state;
        this.segments = segments;
    }

    ManifestState state() {
        return state;
    }

    /** Newest sequence whose rows it holds. */
    long sequence() {
        return Math.max(visible, state.lastSequence());
    }

    /** The places that hold rows of the table, newest generation first. */
    List<Run> runs(TableEntry table) {
        List<Run> runs = new ArrayList<>();
        for (int i = memtables.size() - 1; i >= 0; i--) {
            MemtableView view = memtables.get(i).view(table.tableId(), visible);
            if (view != null) {
                runs.add(view);
            }
        }
        List<SegmentFile> files = table.segments();
        for (int i = files.size() - 1; i >= 0; i--) {
            runs.add(hold(files.get(i), table));
        }
        return runs;
    }

    /** The newest row of the key. */
    Lookup get(TableEntry table, byte[] key) {
        for (int i = memtables.size() - 1; i >= 0; i--) {
            MemtableView view = memtables.get(i).view(table.tableId(), visible);
            Lookup found = view == null ? Lookup.ABSENT : view.get(key);
            if (!found.isAbsent()) {
                return found;
            }
        }
        List<SegmentFile> files = table.segments();
        long hash = files.isEmpty() ? 0 : KeyBloom.hash(key);
        for (int i = files.size() - 1; i >= 0; i--) {
            if (mayContain(files.get(i), key)) {
                Lookup found = hold(files.get(i), table).get(key, hash);
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

    private SegmentReader hold(SegmentFile file, TableEntry table) {
        synchronized (held) {
            SegmentReader reader = held.get(file.name());
            if (reader == null) {
                reader = segments.acquire(file, table.schema());
                held.put(file.name(), reader);
            }
            return reader;
        }
    }

    /** Segment files it holds; each once, however often it is read. */
    int heldFiles() {
        synchronized (held) {
            return held.size();
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

    /** Throws CLOSED after {@link #close}. */
    void checkOpen() {
        if (closed.get()) {
            throw new StorageException(StorageException.Kind.CLOSED, "view closed: sequence=" + sequence());
        }
    }
}
