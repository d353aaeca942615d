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
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Turns one sealed generation into segment files of the tables written in it, part of the store by one FLUSH record.
 *
 * <p>Invariants: the intent is durable before the first file exists; every file is forced before the record; each attempt
 * uses new names, so a file half written by an earlier attempt is never read. The caller hands in generations in order and
 * drops a generation from memory only after this returned.
 *
 * <p>Failure windows: up to the record nothing is part of the store, and what was written is named by the intent, which the
 * next attempt or the next owner resolves. After the record the generation is flushed, whatever fails later; a repeated
 * FLUSH of it is recognised by the record.
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
     * Makes the generation durable as files.
     *
     * @return the head that holds it; its directory is forced, so the log may be cut
     * @throws StorageException FENCED if another owner has taken over; DISK_FULL; anything else as it came.
     *     The generation is not flushed then, unless a later attempt says so
     */
    public ManifestState flush(Memtable generation) {
        env.failPoints().reach(FailPoint.FLUSH_BEFORE_INTENT);
        Map<Integer, String> names = names(generation);
        Intent intent = new Intent(UUID.randomUUID().toString(), "FLUSH", epoch, null, List.copyOf(names.values()));
        intents.write(intent);
        ManifestState state;
        try {
            env.failPoints().reach(FailPoint.FLUSH_AFTER_INTENT);
            List<SegmentFile> files = writeFiles(generation, names);
            env.failPoints().reach(FailPoint.FLUSH_BEFORE_COMMIT);
            state = manifest.commit(
                    new Operation.Flush(epoch, generation.generation(), generation.lastSequence(), Map.of(), files));
            manifest.force();
            env.failPoints().reach(FailPoint.FLUSH_AFTER_COMMIT);
        } catch (StorageException failure) {
            resolveAfter(failure, intent);
            throw failure;
        }
        intents.remove(intent.id());
        return state;
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
