package io.onlap;

import io.onlap.manifest.KeyBloom;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.TableEntry;
import io.onlap.memtable.Lookup;
import io.onlap.memtable.Memtable;
import io.onlap.memtable.MemtableView;
import io.onlap.memtable.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What views stand on: some generations in memory and one manifest version. Between two seals, flushes or commits all views
 * share one, so that opening a view is one reference more and a lookup takes no lock and no reference at all.
 *
 * <p>Invariants: every generation is in exactly one of the two places, because the memory generations at or below the
 * version's flushed generation are left out. It has one use for {@link RowMemory}, as long as it is the current one, and one
 * for each open view; as long as there is any it holds one reference to each of its memtables and to each file that was
 * read through it, once. So nothing that a view reads is freed or unmapped before the view is closed.
 *
 * <p>Threading: any thread that has a use; {@link #retain} any thread.
 */
final class Footing {
    /** After so many files views get a new footing, so that a long life does not keep every file mapped. */
    private static final int FILES_MAX = 4_096;

    private final Generations generations;
    private final ManifestState state;
    /** Newest first. */
    private final Memtable[] memtables;

    private final SegmentCache segments;
    private final ConcurrentHashMap<Integer, TableFiles> tables = new ConcurrentHashMap<>();
    private final AtomicInteger uses = new AtomicInteger(1);
    private final AtomicInteger heldFiles = new AtomicInteger();

    /**
     * Has one use, the caller's.
     *
     * @param generations where the memtables are from: as long as these are the current ones this footing is, too
     * @param memtables ascending, all above the flushed generation of {@code state}, one reference each taken over
     */
    Footing(Generations generations, ManifestState state, List<Memtable> memtables, SegmentCache segments) {
        this.generations = generations;
        this.state = state;
        this.segments = segments;
        this.memtables = new Memtable[memtables.size()];
        for (int i = 0; i < this.memtables.length; i++) {
            this.memtables[i] = memtables.get(memtables.size() - 1 - i);
        }
    }

    /** Is it made of these generations? */
    @SuppressWarnings("ReferenceEquality") // they are swapped whole
    boolean isOf(Generations found) {
        return generations == found;
    }

    ManifestState state() {
        return state;
    }

    /** May views stand on it that found these generations and this version? */
    boolean suits(Generations found, ManifestState head) {
        return isOf(found) && state == head && heldFiles.get() < FILES_MAX;
    }

    /** One use more, to be given back by {@link #release}; false if the last one was given back already. */
    boolean retain() {
        int held = uses.get();
        while (held > 0 && !uses.compareAndSet(held, held + 1)) {
            held = uses.get();
        }
        return held > 0;
    }

    /** Gives a use back; the last one gives back memtables and files. */
    void release() {
        int left = uses.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("footing released too often: uses=" + left);
        }
        if (left == 0) {
            for (Memtable memtable : memtables) {
                memtable.release();
            }
            tables.values().forEach(TableFiles::release);
        }
    }

    /** The places that hold rows of the table up to {@code visible}, newest generation first. */
    List<Run> runs(TableEntry table, long visible) {
        List<Run> runs = new ArrayList<>();
        for (Memtable memtable : memtables) {
            MemtableView view = memtable.view(table.tableId(), visible);
            if (view != null) {
                runs.add(view);
            }
        }
        files(table).addTo(runs);
        return runs;
    }

    /** The newest row of the key up to {@code visible}. */
    Lookup get(TableEntry table, byte[] key, long visible) {
        for (Memtable memtable : memtables) {
            MemtableView view = memtable.view(table.tableId(), visible);
            Lookup found = view == null ? Lookup.ABSENT : view.get(key);
            if (!found.isAbsent()) {
                return found;
            }
        }
        TableFiles files = files(table);
        return files.isEmpty() ? Lookup.ABSENT : files.get(key, KeyBloom.hash(key));
    }

    /** The table as this version lists it; a table newer than that has rows only in memory. */
    TableEntry entry(TableEntry table) {
        return files(table).table();
    }

    private TableFiles files(TableEntry table) {
        TableFiles known = tables.get(table.tableId());
        return known != null
                ? known
                : tables.computeIfAbsent(table.tableId(), tableId -> {
                    TableEntry listed = state.table(tableId);
                    return new TableFiles(listed == null ? table.withoutSegments() : listed, segments, heldFiles);
                });
    }

    /** Segment files it holds; each once, however often it is read. */
    int heldFiles() {
        return heldFiles.get();
    }
}
