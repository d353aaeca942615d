package io.onlap;

import io.onlap.io.FailPoint;
import io.onlap.io.FailPoints;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestState;
import io.onlap.memtable.Memtable;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens read views.
 *
 * <p>Invariant: a view takes the visible sequence, then the generations in memory, then the manifest version, in this
 * order. Rows only ever move forward along it, published → in memory → flushed and in the manifest → dropped from memory,
 * and each step happens before the one it replaces ends; so what was published when the view began is found in memory, or,
 * if it was dropped before the view looked, in the version it takes after. What both hold is left out of memory.
 *
 * <p>A view that finds the very generations and the very version that an earlier one found stands on what that one made of
 * them ({@link Footing}); a drop takes the footing out of {@link RowMemory}, so that nobody keeps dropped memory for views to
 * come.
 *
 * <p>Threading: any thread.
 */
final class Reads {
    private static final int ATTEMPTS_MAX = 10_000;

    private final RowMemory memory;
    private final Manifest manifest;
    private final SegmentCache segments;
    private final FailPoints failPoints;

    Reads(RowMemory memory, Manifest manifest, SegmentCache segments, FailPoints failPoints) {
        this.memory = memory;
        this.manifest = manifest;
        this.segments = segments;
        this.failPoints = failPoints;
    }

    ReadView open() {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            long visible = memory.visible();
            Generations generations = memory.get();
            Footing current = memory.footing();
            if (current != null && current.suits(generations, manifest.head()) && current.retain()) {
                return new ReadView(visible, current);
            }
            List<Memtable> held = retain(generations);
            if (held == null) {
                // A generation was dropped between the look and the hold: it is in the manifest now.
                continue;
            }
            failPoints.reach(FailPoint.VIEW_AFTER_MEMORY);
            ManifestState state = manifest.head();
            Footing made = new Footing(generations, state, leaveOutFlushed(held, state.flushedGeneration()), segments);
            memory.keep(current, made);
            return new ReadView(visible, made);
        }
        throw new StorageException(Kind.BUSY, "no stable view of memory: attempts=" + ATTEMPTS_MAX);
    }

    /** All or none: null if one was already freed. */
    private static List<Memtable> retain(Generations generations) {
        List<Memtable> held = new ArrayList<>(generations.sealed().size() + 1);
        for (Memtable memtable : generations.all()) {
            if (!memtable.retain()) {
                held.forEach(Memtable::release);
                return null;
            }
            held.add(memtable);
        }
        return held;
    }

    private static List<Memtable> leaveOutFlushed(List<Memtable> held, long flushedGeneration) {
        List<Memtable> kept = new ArrayList<>(held.size());
        for (Memtable memtable : held) {
            if (memtable.generation() > flushedGeneration) {
                kept.add(memtable);
            } else {
                memtable.release();
            }
        }
        return kept;
    }
}
