package io.onlap;

import io.onlap.memtable.Memtable;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Which generations are in memory right now: one volatile reference to a value, swapped whole.
 *
 * <p>Invariant: a generation is here from the moment it can hold a published row until the flush that covers it is durable
 * in the manifest, so the union of this and the manifest always holds every live row. The kept footing is one of the
 * generations that are here: whoever takes a generation out also takes the footing out, after it, and whoever puts a
 * footing in looks at the generations again, after it; so one of the two sees the other and no dropped memory is kept.
 *
 * <p>Threading: the write loop seals, the flush thread drops, any thread reads. Each generation carries one reference of
 * its own, given back by the drop.
 */
final class RowMemory {
    private final AtomicReference<Generations> generations = new AtomicReference<>(Generations.NONE);
    /** What views of these generations share, or null. */
    private final AtomicReference<Footing> footing = new AtomicReference<>();

    private volatile boolean closed;
    private volatile long visible;
    private long droppedRows;

    Generations get() {
        return generations.get();
    }

    /** Sequence of the newest published batch: views hold exactly the batches up to it. */
    long visible() {
        return visible;
    }

    /** Publishes every batch up to {@code sequence}; all of them are applied. */
    void publish(long sequence) {
        visible = sequence;
    }

    /** Seals the active generation, if any, and opens {@code nextActive}. */
    void seal(Memtable nextActive) {
        generations.updateAndGet(now -> now.seal(nextActive));
    }

    void addSealed(Memtable memtable) {
        generations.updateAndGet(now -> now.withSealed(memtable));
    }

    /** Forgets a flushed generation; its memory goes back when the last view of it closes. */
    synchronized void drop(Memtable flushed) {
        droppedRows += flushed.rows();
        generations.updateAndGet(now -> now.without(flushed));
        flushed.release();
        dropFooting();
    }

    /** Puts other generations in the place of all; for readers, which replay. */
    void replace(List<Memtable> sealed) {
        Generations before = generations.getAndSet(new Generations(null, sealed));
        before.all().forEach(Memtable::release);
        dropFooting();
    }

    /** What the newest view stands on, or null; to be retained before use. */
    Footing footing() {
        return footing.get();
    }

    /** Keeps {@code made} for views to come, in the place of {@code before}, if that is still the one kept. */
    void keep(Footing before, Footing made) {
        made.retain();
        if (!footing.compareAndSet(before, made)) {
            made.release();
            return;
        }
        if (before != null) {
            before.release();
        }
        if ((closed || !made.isOf(generations.get())) && footing.compareAndSet(made, null)) {
            made.release();
        }
    }

    private void dropFooting() {
        Footing kept = footing.getAndSet(null);
        if (kept != null) {
            kept.release();
        }
    }

    /** Oldest generation waiting for its flush, or null. */
    Memtable oldestSealed() {
        List<Memtable> sealed = generations.get().sealed();
        return sealed.isEmpty() ? null : sealed.get(0);
    }

    /** Rows and deletes of all generations that are or were here. */
    synchronized long rows() {
        return droppedRows
                + generations.get().all().stream().mapToLong(Memtable::rows).sum();
    }

    /** Bytes of all generations here. */
    long bytes() {
        long bytes = 0;
        Generations now = generations.get();
        for (int i = 0; i < now.sealed().size(); i++) {
            bytes += now.sealed().get(i).bytes();
        }
        return now.active() == null ? bytes : bytes + now.active().bytes();
    }

    void close() {
        closed = true;
        replace(List.of());
    }
}
