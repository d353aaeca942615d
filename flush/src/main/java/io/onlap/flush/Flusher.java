package io.onlap.flush;

import io.onlap.io.Env;
import io.onlap.io.FailPoint;
import io.onlap.io.StorageException;
import io.onlap.manifest.Intent;
import io.onlap.manifest.Intents;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.Operation;
import io.onlap.manifest.SegmentFile;
import io.onlap.manifest.SegmentTarget;
import io.onlap.manifest.SegmentWriter;
import io.onlap.manifest.StoreLayout;
import io.onlap.memtable.KeyRange;
import io.onlap.memtable.Memtable;
import io.onlap.memtable.MemtableView;
import io.onlap.memtable.RunCursor;
import io.onlap.memtable.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Turns one sealed generation into segment files of the tables written in it, part of the store by one FLUSH record.
 *
 * <p>Invariants: the intent is durable before the first file exists; every file is forced before the record; each attempt
 * uses new names, so a file half written by an earlier attempt is never read. The caller hands in generations in order and
 * drops a generation from memory only after it was settled.
 *
 * <p>Failure windows: up to the record nothing is part of the store, and what was written is named by the intent, which the
 * failed attempt or the next owner resolves. After the record the generation is flushed, whatever fails later; if it is the
 * force of the record that fails, nobody may act upon it until the store is opened again.
 *
 * <p>Threading: the flush thread.
 */
public final class Flusher {
    private final Env env;
    private final StoreLayout layout;
    private final Manifest manifest;
    private final Intents intents;
    private final Reaper reaper;
    private final BufferAllocator allocator;
    private final long epoch;
    private final LongAdder intentsLeft = new LongAdder();

    public Flusher(Env env, StoreLayout layout, Manifest manifest, BufferAllocator allocator, long epoch) {
        this.env = env;
        this.layout = layout;
        this.manifest = manifest;
        this.intents = new Intents(env, layout);
        this.reaper = new Reaper(env, layout, manifest);
        this.allocator = allocator;
        this.epoch = epoch;
    }

    /**
     * A generation that is part of the store, and the intent that still names its files.
     *
     * <p>Threading: immutable.
     *
     * @param state the head that holds it
     */
    public record Flushed(ManifestState state, Intent intent) {}

    /**
     * Makes the generation part of the store, as files that are forced. {@link #settle} comes next.
     *
     * @throws StorageException FENCED if another owner has taken over; DISK_FULL; anything else as it came. The generation
     *     is not flushed then, and the call may be repeated
     */
    public Flushed flush(Memtable generation) {
        env.failPoints().reach(FailPoint.FLUSH_BEFORE_INTENT);
        Map<Integer, String> names = names(generation);
        Intent intent = new Intent(UUID.randomUUID().toString(), "FLUSH", epoch, null, List.copyOf(names.values()));
        intents.write(intent);
        try {
            env.failPoints().reach(FailPoint.FLUSH_AFTER_INTENT);
            List<SegmentFile> files = writeFiles(generation, names);
            env.failPoints().reach(FailPoint.FLUSH_BEFORE_COMMIT);
            ManifestState state = manifest.commit(
                    new Operation.Flush(epoch, generation.generation(), generation.lastSequence(), Map.of(), files));
            return new Flushed(state, intent);
        } catch (StorageException failure) {
            resolveAfter(failure, intent);
            throw failure;
        }
    }

    /**
     * Makes the record durable and removes the intent: after that the generation may leave memory and the log be cut.
     *
     * @throws StorageException as the force of the manifest failed. Whether the record survives power loss is unknown then:
     *     no second force may be trusted, and no other flush of the generation is possible
     */
    public void settle(Flushed flushed) {
        manifest.force();
        try {
            env.failPoints().reach(FailPoint.FLUSH_AFTER_COMMIT);
            intents.remove(flushed.intent().id());
        } catch (StorageException e) {
            // The generation is flushed all the same; the next owner finds the intent and removes it.
            intentsLeft.increment();
        }
    }

    /** How many intents of finished flushes could not be removed. Any thread. */
    public long intentsLeft() {
        return intentsLeft.sum();
    }

    /** The files of a failed attempt go at once where the head can be read; else the next owner finds the intent. */
    private void resolveAfter(StorageException failure, Intent intent) {
        try {
            reaper.resolve(intent);
        } catch (StorageException e) {
            failure.addSuppressed(e);
        }
    }

    private Map<Integer, String> names(Memtable generation) {
        Map<Integer, String> names = new TreeMap<>();
        for (int tableId : generation.tableIds()) {
            names.put(tableId, UUID.randomUUID().toString());
        }
        return names;
    }

    private List<SegmentFile> writeFiles(Memtable generation, Map<Integer, String> names) {
        ManifestState head = manifest.head();
        List<SegmentFile> files = new ArrayList<>();
        names.forEach((tableId, name) -> {
            TableSchema schema = head.table(tableId).schema();
            MemtableView rows = generation.view(tableId, generation.lastSequence());
            int[] columns = IntStream.range(0, schema.columns().size()).toArray();
            try (RunCursor cursor = rows.open(KeyRange.ALL, false, columns)) {
                long number = generation.generation();
                SegmentTarget target = new SegmentTarget(name, tableId, schema, number, number);
                SegmentWriter.write(env, allocator, layout.segments(), target, cursor)
                        .ifPresent(files::add);
            }
        });
        return files;
    }
}
