package io.onlap;

import io.onlap.memtable.Memtable;
import java.util.ArrayList;
import java.util.List;

/**
 * The generations in memory, an immutable value: the active one and the sealed ones whose flush is not yet dropped.
 *
 * @param active the newest generation, null before the first and in a reader
 * @param sealed ascending, each older than the active one
 */
record Generations(Memtable active, List<Memtable> sealed) {
    static final Generations NONE = new Generations(null, List.of());

    Generations {
        sealed = List.copyOf(sealed);
    }

    /** The active generation becomes the newest sealed one. */
    Generations seal(Memtable nextActive) {
        List<Memtable> grown = new ArrayList<>(sealed);
        if (active != null) {
            grown.add(active);
        }
        return new Generations(nextActive, grown);
    }

    /** A generation that comes sealed, from replay. */
    Generations withSealed(Memtable memtable) {
        List<Memtable> grown = new ArrayList<>(sealed);
        grown.add(memtable);
        return new Generations(active, grown);
    }

    Generations without(Memtable flushed) {
        return new Generations(
                active, sealed.stream().filter(memtable -> memtable != flushed).toList());
    }

    /** All of them, ascending. */
    List<Memtable> all() {
        if (active == null) {
            return sealed;
        }
        List<Memtable> all = new ArrayList<>(sealed);
        all.add(active);
        return all;
    }
}
