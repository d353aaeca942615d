package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.TableEntry;
import io.onlap.memtable.Lookup;
import io.onlap.memtable.Run;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All tables at one moment: what a {@link Footing} holds, up to a sequence. It never changes.
 *
 * <p>Invariant: it has one use of its footing until {@link #close}.
 *
 * <p>Threading: any thread; {@link #close} once, after the last read.
 */
final class ReadView implements AutoCloseable {
    private final long visible;
    private final Footing footing;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over the caller's use of the footing. */
    ReadView(long visible, Footing footing) {
        this.visible = visible;
        this.footing = footing;
    }

    ManifestState state() {
        return footing.state();
    }

    /** Newest sequence whose rows it holds. */
    long sequence() {
        return Math.max(visible, state().lastSequence());
    }

    /** The table as this view's version lists it; a table newer than that has rows only in memory. */
    TableEntry entry(TableEntry table) {
        return footing.entry(table);
    }

    /** The places that hold rows of the table, newest generation first. */
    List<Run> runs(TableEntry table) {
        return footing.runs(table, visible);
    }

    /** The newest row of the key. */
    Lookup get(TableEntry table, byte[] key) {
        return footing.get(table, key, visible);
    }

    /** Segment files that are held for it and the views that share its footing. */
    int heldFiles() {
        return footing.heldFiles();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            footing.release();
        }
    }

    /** Throws CLOSED after {@link #close}. */
    void checkOpen() {
        if (closed.get()) {
            throw new StorageException(StorageException.Kind.CLOSED, "view closed: sequence=" + sequence());
        }
    }
}
