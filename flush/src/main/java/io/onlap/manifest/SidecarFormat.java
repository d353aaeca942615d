package io.onlap.manifest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The bytes of a sidecar, little-endian.
 *
 * <pre>
 *    0 +-------------------+-------------------+
 *      | magic "ONLAPSID"  (8 bytes)           |
 *    8 +-------------------+-------------------+
 *      | format            | crc32c (a)        |
 *   16 +-------------------+-------------------+
 *      | bytes of sidecar  | batches           |
 *   24 +-------------------+-------------------+
 *      | bytes of the data file                |
 *   32 +---------------------------------------+
 *      | rows                                  |
 *   40 +---------------------------------------+
 *      | tombstones                            |
 *   48 +---------------------------------------+
 *      | oldest generation                     |
 *   56 +---------------------------------------+
 *      | newest generation                     |
 *   64 +-------------------+-------------------+
 *      | tableId           | schemaId          |
 *   72 +-------------------+-------------------+
 *      | frame crc32c (b)  | keyed: 1 or 0     |
 *   80 +-------------------+-------------------+
 *      | last key offset   | last key length   |
 *   88 +-------------------+-------------------+
 *      | bytes of keys     | bloom blocks      |
 *   96 +-------------------+-------------------+
 *      | for each batch, 32 bytes:             |
 *      |   offset in the data file  (8 bytes)  |
 *      |   length          | rows              |
 *      |   tombstones      | crc32c (c)        |
 *      |   first key offset| first key length  |
 *      +---------------------------------------+
 *      | keys: first key of each batch, last   |
 *      |   key; offsets count from here        |
 *      +---------------------------------------+
 *      | zeros up to a multiple of 64          |
 *      +---------------------------------------+
 *      | bloom blocks of 64 bytes              |
 *      +---------------------------------------+
 * </pre>
 *
 * (a) of all bytes of the sidecar but these four. (b) of the bytes of the data file that lie before its first and after its
 * last batch. (c) of the batch as stored, message header and padding included. Magic, format and (a) keep their places in
 * every format, so that a newer format is told from damage.
 *
 * <p>Threading: stateless.
 */
final class SidecarFormat {
    static final byte[] MAGIC = "ONLAPSID".getBytes(StandardCharsets.US_ASCII);
    static final int FORMAT = 1;

    static final int FORMAT_OFFSET = 8;
    static final int CRC_OFFSET = 12;
    static final int LENGTH_OFFSET = 16;
    static final int BATCHES_OFFSET = 20;
    static final int DATA_BYTES_OFFSET = 24;
    static final int ROWS_OFFSET = 32;
    static final int TOMBSTONES_OFFSET = 40;
    static final int MIN_GENERATION_OFFSET = 48;
    static final int MAX_GENERATION_OFFSET = 56;
    static final int TABLE_ID_OFFSET = 64;
    static final int SCHEMA_ID_OFFSET = 68;
    static final int FRAME_CRC_OFFSET = 72;
    static final int KEYED_OFFSET = 76;
    static final int LAST_KEY_OFFSET = 80;
    static final int LAST_KEY_LENGTH_OFFSET = 84;
    static final int KEYS_BYTES_OFFSET = 88;
    static final int BLOOM_BLOCKS_OFFSET = 92;
    static final int HEADER_BYTES = 96;

    static final int ENTRY_BYTES = 32;
    static final int ENTRY_LENGTH = 8;
    static final int ENTRY_ROWS = 12;
    static final int ENTRY_TOMBSTONES = 16;
    static final int ENTRY_CRC = 20;
    static final int ENTRY_KEY = 24;
    static final int ENTRY_KEY_LENGTH = 28;

    private SidecarFormat() {}

    /** Where the keys start. */
    static long keysOffset(long batches) {
        return HEADER_BYTES + batches * ENTRY_BYTES;
    }

    /** Where the bloom starts. */
    static long bloomOffset(long batches, long keysBytes) {
        long end = keysOffset(batches) + keysBytes;
        return (end + KeyBloom.BLOCK_BYTES - 1) / KeyBloom.BLOCK_BYTES * KeyBloom.BLOCK_BYTES;
    }

    /** The checksum (a) of a whole sidecar. */
    static int crc(ByteBuffer sidecar) {
        CRC32C crc = new CRC32C();
        crc.update(sidecar.duplicate().position(0).limit(CRC_OFFSET));
        crc.update(sidecar.duplicate().position(CRC_OFFSET + Integer.BYTES).limit(sidecar.capacity()));
        return (int) crc.getValue();
    }
}
