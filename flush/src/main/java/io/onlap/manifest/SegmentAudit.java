package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.KeyBytes;
import io.onlap.memtable.RowBatch;
import io.onlap.memtable.TableSchema;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * Reads one segment file whole and checks it against its sidecar and its record: every batch's checksum, that keys strictly
 * ascend through the file, that first and last key, rows and tombstones are those of the record, and that bloom and index
 * lead to every key.
 *
 * <p>Threading: stateless; changes nothing.
 */
final class SegmentAudit {
    private SegmentAudit() {}

    /** @throws StorageException CORRUPT naming file and place, NOT_FOUND if the file is gone */
    static void check(Env env, Path directory, SegmentFile file, TableSchema schema) {
        try (BufferAllocator allocator = new RootAllocator();
                SegmentReader reader = SegmentReader.open(env, allocator, directory, file, schema)) {
            Sidecar sidecar = reader.sidecar();
            byte[] last = null;
            long rows = 0;
            long tombstones = 0;
            for (int place = 0; place < sidecar.batches(); place++) {
                RowBatch batch = reader.batch(place).rows();
                rows += batch.rowCount();
                for (int row = batch.firstRow(); row < batch.endRow(); row++) {
                    tombstones += batch.isDeleted(row) ? 1 : 0;
                }
                if (schema.isKeyed()) {
                    last = checkKeys(file, sidecar, batch, place, last);
                }
            }
            same(file, "rows", rows, file.rows());
            same(file, "tombstones", tombstones, file.tombstones());
            if (schema.isKeyed() && !Arrays.equals(last, file.maxKey())) {
                throw corrupt(file, "last key is not the record's", "batches=" + sidecar.batches());
            }
        }
    }

    /** The batch's last key. */
    private static byte[] checkKeys(SegmentFile file, Sidecar sidecar, RowBatch batch, int place, byte[] before) {
        byte[] first = key(batch, batch.firstRow());
        if (before == null ? !Arrays.equals(first, file.minKey()) : Arrays.compareUnsigned(before, first) >= 0) {
            throw corrupt(
                    file,
                    before == null ? "first key is not the record's" : "keys do not ascend",
                    "batch=" + place + ", row=0");
        }
        for (int row = batch.firstRow(); row < batch.endRow(); row++) {
            if (row > batch.firstRow() && !ascends(batch, row)) {
                throw corrupt(file, "keys do not ascend", "batch=" + place + ", row=" + row);
            }
            byte[] key = key(batch, row);
            if (!sidecar.mayContain(KeyBloom.hash(key)) || sidecar.batchOf(key) != place) {
                throw corrupt(file, "index does not lead to a key", "batch=" + place + ", row=" + row);
            }
        }
        return key(batch, batch.endRow() - 1);
    }

    private static boolean ascends(RowBatch batch, int row) {
        return KeyBytes.compare(
                        batch.keyAddress(row - 1),
                        batch.keyLength(row - 1),
                        batch.keyAddress(row),
                        batch.keyLength(row))
                < 0;
    }

    private static byte[] key(RowBatch batch, int row) {
        return KeyBytes.copy(batch.keyAddress(row), batch.keyLength(row));
    }

    private static void same(SegmentFile file, String what, long found, long recorded) {
        if (found != recorded) {
            throw corrupt(file, what + " are not the record's", "found=" + found + ", recorded=" + recorded);
        }
    }

    private static StorageException corrupt(SegmentFile file, String what, String place) {
        return new StorageException(Kind.CORRUPT, what + ": segment=" + file.name() + ", " + place);
    }
}
