package io.onlap;

import io.onlap.manifest.SegmentFile;
import io.onlap.manifest.SegmentReader;
import io.onlap.manifest.TableEntry;
import io.onlap.memtable.Lookup;
import io.onlap.memtable.Run;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The segment files of one table at one manifest version, opened when they are first read.
 *
 * <p>Invariant: it has one reference to each reader in it, taken when the reader is put in, given back by {@link #release}.
 *
 * <p>Threading: any thread; {@link #release} once, after the last read.
 */
final class TableFiles {
    private final TableEntry table;
    private final SegmentCache segments;
    /** Newest first. */
    private final SegmentFile[] files;

    private final AtomicReferenceArray<SegmentReader> readers;
    private final AtomicInteger heldFiles;

    /** @param heldFiles counts the files that are opened */
    TableFiles(TableEntry table, SegmentCache segments, AtomicInteger heldFiles) {
        this.heldFiles = heldFiles;
        this.table = table;
        this.segments = segments;
        this.files = new SegmentFile[table.segments().size()];
        int place = files.length;
        for (SegmentFile file : table.segments()) {
            files[--place] = file;
        }
        this.readers = new AtomicReferenceArray<>(files.length);
    }

    TableEntry table() {
        return table;
    }

    boolean isEmpty() {
        return files.length == 0;
    }

    /** The newest row of the key; {@code hash} as {@link SegmentReader#get(byte[], long)} takes it. */
    Lookup get(byte[] key, long hash) {
        for (int i = 0; i < files.length; i++) {
            if (mayContain(files[i], key)) {
                Lookup found = reader(i).get(key, hash);
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

    /** Adds all of them, newest first. */
    void addTo(List<Run> runs) {
        for (int i = 0; i < files.length; i++) {
            runs.add(reader(i));
        }
    }

    private SegmentReader reader(int place) {
        SegmentReader reader = readers.get(place);
        return reader != null ? reader : open(place);
    }

    private synchronized SegmentReader open(int place) {
        SegmentReader reader = readers.get(place);
        if (reader == null) {
            reader = segments.acquire(files[place], table.schema());
            readers.set(place, reader);
            heldFiles.incrementAndGet();
        }
        return reader;
    }

    void release() {
        for (int i = 0; i < files.length; i++) {
            SegmentReader reader = readers.getAndSet(i, null);
            if (reader != null) {
                reader.release();
            }
        }
    }
}
