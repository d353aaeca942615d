package io.onlap.manifest;

import io.onlap.io.MappedFile;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.KeyBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.agrona.UnsafeApi;

/**
 * A mapped sidecar, validated as a whole when opened: magic, format, checksum, lengths, and that it is the one its record
 * names. After that its numbers are trusted.
 *
 * <p>Threading: any thread, until closed.
 */
final class Sidecar implements AutoCloseable {
    private final MappedFile map;
    private final long address;
    private final int batches;
    private final long keys;
    private final long bloom;
    private final int bloomBlocks;
    /** Of the first keys of the batches. */
    private final KeyCuts cuts;

    /** Takes over {@code map}, of which the caller stays owner if this throws. */
    Sidecar(MappedFile map, Path path, SegmentFile file) {
        this.map = map;
        this.address = map.address();
        validate(map.buffer().order(ByteOrder.LITTLE_ENDIAN), path, file);
        this.batches = getInt(SidecarFormat.BATCHES_OFFSET);
        this.keys = address + SidecarFormat.keysOffset(batches);
        this.bloom = address + SidecarFormat.bloomOffset(batches, getInt(SidecarFormat.KEYS_BYTES_OFFSET));
        this.bloomBlocks = getInt(SidecarFormat.BLOOM_BLOCKS_OFFSET);
        int shared = batches == 0
                ? 0
                : KeyBytes.shared(firstKey(0), firstKeyLength(0), firstKey(batches - 1), firstKeyLength(batches - 1));
        this.cuts = new KeyCuts(
                batches == 0 ? 0 : firstKey(0),
                shared,
                batches,
                batch -> KeyBytes.window(firstKey(batch), firstKeyLength(batch), shared));
    }

    private static void validate(ByteBuffer bytes, Path path, SegmentFile file) {
        if (bytes.capacity() < SidecarFormat.HEADER_BYTES) {
            throw corrupt("sidecar too short", path, "bytes", bytes.capacity());
        }
        byte[] magic = new byte[SidecarFormat.MAGIC.length];
        bytes.get(0, magic);
        if (!Arrays.equals(magic, SidecarFormat.MAGIC)) {
            throw corrupt("sidecar has no magic", path, "offset", 0);
        }
        int crc = SidecarFormat.crc(bytes);
        if (crc != bytes.getInt(SidecarFormat.CRC_OFFSET)) {
            throw corrupt("sidecar checksum wrong", path, "crc", Integer.toHexString(crc));
        }
        int format = bytes.getInt(SidecarFormat.FORMAT_OFFSET);
        if (format != SidecarFormat.FORMAT) {
            throw new StorageException(
                    Kind.INVALID,
                    "newer format: path=" + path + ", format=" + format + ", formatMax=" + SidecarFormat.FORMAT);
        }
        check(path, "checksum", Integer.toUnsignedLong(crc), file.checksum());
        check(path, "sidecarBytes", bytes.getInt(SidecarFormat.LENGTH_OFFSET), bytes.capacity());
        check(path, "tableId", bytes.getInt(SidecarFormat.TABLE_ID_OFFSET), file.tableId());
        check(path, "schemaId", bytes.getInt(SidecarFormat.SCHEMA_ID_OFFSET), file.schemaId());
        check(path, "minGeneration", bytes.getLong(SidecarFormat.MIN_GENERATION_OFFSET), file.minGeneration());
        check(path, "maxGeneration", bytes.getLong(SidecarFormat.MAX_GENERATION_OFFSET), file.maxGeneration());
        check(path, "rows", bytes.getLong(SidecarFormat.ROWS_OFFSET), file.rows());
        check(path, "dataBytes", bytes.getLong(SidecarFormat.DATA_BYTES_OFFSET), file.bytes());
        long end = SidecarFormat.bloomOffset(
                        bytes.getInt(SidecarFormat.BATCHES_OFFSET), bytes.getInt(SidecarFormat.KEYS_BYTES_OFFSET))
                + (long) bytes.getInt(SidecarFormat.BLOOM_BLOCKS_OFFSET) * KeyBloom.BLOCK_BYTES;
        check(path, "sectionsEnd", end, bytes.capacity());
    }

    private static void check(Path path, String what, long stored, long expected) {
        if (stored != expected) {
            throw corrupt("sidecar does not match its record", path, what, stored + ", expected=" + expected);
        }
    }

    private static StorageException corrupt(String what, Path path, String name, Object value) {
        return new StorageException(Kind.CORRUPT, what + ": path=" + path + ", " + name + "=" + value);
    }

    private int getInt(int offset) {
        return UnsafeApi.getInt(address + offset);
    }

    private long entry(int batch) {
        return address + SidecarFormat.HEADER_BYTES + (long) batch * SidecarFormat.ENTRY_BYTES;
    }

    int batches() {
        return batches;
    }

    int frameCrc() {
        return getInt(SidecarFormat.FRAME_CRC_OFFSET);
    }

    /** Where the batch starts in the data file. */
    int offset(int batch) {
        return (int) UnsafeApi.getLong(entry(batch));
    }

    int length(int batch) {
        return UnsafeApi.getInt(entry(batch) + SidecarFormat.ENTRY_LENGTH);
    }

    int rows(int batch) {
        return UnsafeApi.getInt(entry(batch) + SidecarFormat.ENTRY_ROWS);
    }

    int tombstones(int batch) {
        return UnsafeApi.getInt(entry(batch) + SidecarFormat.ENTRY_TOMBSTONES);
    }

    int crc(int batch) {
        return UnsafeApi.getInt(entry(batch) + SidecarFormat.ENTRY_CRC);
    }

    boolean mayContain(long hash) {
        return bloomBlocks > 0 && KeyBloom.mayContain(bloom, bloomBlocks, hash);
    }

    private long firstKey(int batch) {
        return keys + UnsafeApi.getInt(entry(batch) + SidecarFormat.ENTRY_KEY);
    }

    private int firstKeyLength(int batch) {
        return UnsafeApi.getInt(entry(batch) + SidecarFormat.ENTRY_KEY_LENGTH);
    }

    /** The last batch whose first key is not above {@code key}; -1 if {@code key} is before all. */
    int batchOf(byte[] key) {
        int low = -1;
        int high = batches;
        if (cuts.covers(key)) {
            long cut = cuts.cut(key);
            int notBelow = cuts.firstNotBelow(cut);
            low = notBelow - 1;
            high = cuts.firstAbove(cut, notBelow);
        }
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (KeyBytes.compare(firstKey(middle), firstKeyLength(middle), key) <= 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public void close() {
        map.close();
    }
}
