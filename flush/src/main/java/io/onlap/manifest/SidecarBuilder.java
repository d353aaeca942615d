package io.onlap.manifest;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what a sidecar says while its data file is written, then lays it out as {@link SidecarFormat} draws it.
 *
 * <p>Threading: one thread.
 */
final class SidecarBuilder {
    private static final byte[] NO_KEY = {};

    private final List<Entry> entries = new ArrayList<>();
    private long rows;
    private long tombstones;
    private long keysBytes;
    private byte[] lastKey = NO_KEY;

    /** One batch. Threading: immutable. */
    @SuppressWarnings("ArrayRecordComponent") // entries are never compared
    private record Entry(long offset, int length, int rows, int tombstones, int crc, byte[] firstKey) {}

    /** Notes the next batch; keys are null in a table without key. */
    void addBatch(SegmentOutput.Batch batch, int batchRows, int batchTombstones, byte[] first, byte[] last) {
        byte[] firstKey = first == null ? NO_KEY : first;
        entries.add(new Entry(batch.offset(), batch.length(), batchRows, batchTombstones, batch.crc(), firstKey));
        rows += batchRows;
        tombstones += batchTombstones;
        keysBytes += firstKey.length;
        lastKey = last == null ? NO_KEY : last;
    }

    long rows() {
        return rows;
    }

    long tombstones() {
        return tombstones;
    }

    /** The first key of the file; null if there is no batch. */
    byte[] firstKey() {
        return entries.isEmpty() ? null : entries.get(0).firstKey();
    }

    byte[] lastKey() {
        return lastKey;
    }

    /** The whole sidecar. */
    byte[] build(SegmentTarget target, long dataBytes, int frameCrc, KeyBloom bloom) {
        boolean keyed = target.schema().isKeyed();
        int blocks = keyed ? bloom.blocks() : 0;
        long allKeysBytes = keysBytes + lastKey.length;
        long bloomOffset = SidecarFormat.bloomOffset(entries.size(), allKeysBytes);
        long length = bloomOffset + (long) blocks * KeyBloom.BLOCK_BYTES;
        if (length > Integer.MAX_VALUE) {
            throw new StorageException(
                    Kind.INVALID,
                    "sidecar too large: segment=" + target.name() + ", bytes=" + length + ", rows=" + rows);
        }
        byte[] bytes = new byte[(int) length];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put(0, SidecarFormat.MAGIC);
        out.putInt(SidecarFormat.FORMAT_OFFSET, SidecarFormat.FORMAT);
        out.putInt(SidecarFormat.LENGTH_OFFSET, bytes.length);
        out.putInt(SidecarFormat.BATCHES_OFFSET, entries.size());
        out.putLong(SidecarFormat.DATA_BYTES_OFFSET, dataBytes);
        out.putLong(SidecarFormat.ROWS_OFFSET, rows);
        out.putLong(SidecarFormat.TOMBSTONES_OFFSET, tombstones);
        out.putLong(SidecarFormat.MIN_GENERATION_OFFSET, target.minGeneration());
        out.putLong(SidecarFormat.MAX_GENERATION_OFFSET, target.maxGeneration());
        out.putInt(SidecarFormat.TABLE_ID_OFFSET, target.tableId());
        out.putInt(SidecarFormat.SCHEMA_ID_OFFSET, target.schema().schemaId());
        out.putInt(SidecarFormat.FRAME_CRC_OFFSET, frameCrc);
        out.putInt(SidecarFormat.KEYED_OFFSET, keyed ? 1 : 0);
        out.putInt(SidecarFormat.KEYS_BYTES_OFFSET, (int) allKeysBytes);
        out.putInt(SidecarFormat.BLOOM_BLOCKS_OFFSET, blocks);
        putEntries(out);
        if (keyed) {
            bloom.write(bytes, (int) bloomOffset);
        }
        out.putInt(SidecarFormat.CRC_OFFSET, SidecarFormat.crc(out));
        return bytes;
    }

    private void putEntries(ByteBuffer out) {
        int keys = (int) SidecarFormat.keysOffset(entries.size());
        int key = 0;
        int at = SidecarFormat.HEADER_BYTES;
        for (Entry entry : entries) {
            out.putLong(at, entry.offset());
            out.putInt(at + SidecarFormat.ENTRY_LENGTH, entry.length());
            out.putInt(at + SidecarFormat.ENTRY_ROWS, entry.rows());
            out.putInt(at + SidecarFormat.ENTRY_TOMBSTONES, entry.tombstones());
            out.putInt(at + SidecarFormat.ENTRY_CRC, entry.crc());
            out.putInt(at + SidecarFormat.ENTRY_KEY, key);
            out.putInt(at + SidecarFormat.ENTRY_KEY_LENGTH, entry.firstKey().length);
            out.put(keys + key, entry.firstKey());
            key += entry.firstKey().length;
            at += SidecarFormat.ENTRY_BYTES;
        }
        out.putInt(SidecarFormat.LAST_KEY_OFFSET, key);
        out.putInt(SidecarFormat.LAST_KEY_LENGTH_OFFSET, lastKey.length);
        out.put(keys + key, lastKey);
    }
}
