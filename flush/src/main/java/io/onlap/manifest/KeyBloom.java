package io.onlap.manifest;

import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A blocked bloom filter over encoded keys: all bits of a key lie in one block of 64 bytes, so that a question costs one
 * cache line. About {@link #BITS_PER_KEY} bits a key give about 1.5 % false positives. (Putze, Sanders, Singler: Cache-,
 * Hash- and Space-Efficient Bloom Filters, 2007.)
 *
 * <p>Invariant: a key that was added is never denied. The hash is part of the sidecar's format.
 *
 * <p>Threading: the static methods any; a builder one thread.
 */
public final class KeyBloom implements AutoCloseable {
    static final int BITS_PER_KEY = 10;
    static final int BLOCK_BYTES = 64;

    private static final int BLOCK_BITS = BLOCK_BYTES * Byte.SIZE;
    private static final int PROBES = 6;
    private static final int PROBE_BITS = 9;
    private static final int HASHES_MIN = 1_024;

    private final BufferAllocator allocator;
    private ArrowBuf hashes;
    private long count;

    /** A builder that keeps the hashes until the number of keys is known. */
    public KeyBloom(BufferAllocator allocator) {
        this.allocator = allocator;
        this.hashes = allocator.buffer(HASHES_MIN * (long) Long.BYTES);
    }

    /** Adds the key of that {@link #hash}. */
    public void add(long hash) {
        long end = count * Long.BYTES;
        if (end == hashes.capacity()) {
            ArrowBuf grown = allocator.buffer(2 * hashes.capacity());
            UnsafeApi.copyMemory(hashes.memoryAddress(), grown.memoryAddress(), end);
            hashes.close();
            hashes = grown;
        }
        UnsafeApi.putLong(hashes.memoryAddress() + end, hash);
        count++;
    }

    /** Blocks of the filter of all keys so far. */
    public int blocks() {
        return Math.toIntExact((count * BITS_PER_KEY + BLOCK_BITS - 1) / BLOCK_BITS);
    }

    /** Sets the bits of all keys in {@link #blocks} zeroed blocks, the first at {@code offset}. */
    public void write(byte[] target, int offset) {
        int blocks = blocks();
        for (long i = 0; i < count; i++) {
            long hash = UnsafeApi.getLong(hashes.memoryAddress() + i * Long.BYTES);
            int block = offset + block(hash, blocks) * BLOCK_BYTES;
            long probes = probes(hash);
            for (int probe = 0; probe < PROBES; probe++, probes >>>= PROBE_BITS) {
                int bit = (int) (probes & (BLOCK_BITS - 1));
                target[block + (bit >>> 3)] |= (byte) (1 << (bit & 7));
            }
        }
    }

    /** May the key of that hash be in the filter of {@code blocks} blocks at {@code address}? */
    public static boolean mayContain(long address, int blocks, long hash) {
        long block = address + (long) block(hash, blocks) * BLOCK_BYTES;
        long probes = probes(hash);
        for (int probe = 0; probe < PROBES; probe++, probes >>>= PROBE_BITS) {
            int bit = (int) (probes & (BLOCK_BITS - 1));
            if (((UnsafeApi.getByte(block + (bit >>> 3)) >>> (bit & 7)) & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    /** The block by the upper half, scaled instead of divided. */
    private static int block(long hash, int blocks) {
        return (int) (((hash >>> Integer.SIZE) * blocks) >>> Integer.SIZE);
    }

    /** Places within the block, mixed again so that they do not depend on the block. */
    private static long probes(long hash) {
        return finish(hash * 0x9e3779b97f4a7c15L);
    }

    /**
     * 64-bit hash of the bytes at {@code offset} of {@code base}, or at the address {@code offset} if {@code base} is null.
     * Word mixing and finish are MurmurHash3's (Austin Appleby, public domain), with one lane.
     */
    public static long hash(Object base, long offset, int length) {
        long hash = length;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            hash = mix(hash, UnsafeApi.getLong(base, offset + i));
        }
        if (i < length) {
            long tail = 0;
            for (int shift = 0; i < length; i++, shift += Byte.SIZE) {
                tail |= (UnsafeApi.getByte(base, offset + i) & 0xffL) << shift;
            }
            hash = mix(hash, tail);
        }
        return finish(hash);
    }

    /** As {@link #hash(Object, long, int)} of a whole array. */
    public static long hash(byte[] key) {
        return hash(key, BufferUtil.ARRAY_BASE_OFFSET, key.length);
    }

    private static long mix(long hash, long word) {
        long mixed = Long.rotateLeft(word * 0x87c37b91114253d5L, 31) * 0x4cf5ad432745937fL;
        return Long.rotateLeft(hash ^ mixed, 27) * 5 + 0x52dce729;
    }

    private static long finish(long hash) {
        long h = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }

    @Override
    public void close() {
        hashes.close();
        hashes = allocator.getEmpty();
        count = 0;
    }
}
