package io.onlap.jmh;

import java.nio.charset.StandardCharsets;

/**
 * The rows of a {@link Workload}, one at a time and without allocation: the text is a slice of a pool made beforehand, so
 * that what a benchmark measures is the store. What the stream itself costs is measured with the store {@code none}.
 *
 * <p>Invariant: key, text and embedding are borrowed until the next {@link #next}.
 *
 * <p>Threading: one thread.
 */
public final class RowStream {
    private static final long FIRST_TS = 1_700_000_000_000L;
    private static final byte[][] ROLES = {
        "user".getBytes(StandardCharsets.US_ASCII),
        "assistant".getBytes(StandardCharsets.US_ASCII),
        "tool".getBytes(StandardCharsets.US_ASCII),
        "system".getBytes(StandardCharsets.US_ASCII)
    };

    private final Workload workload;
    private final Keys keys;
    private final byte[] key = new byte[Keys.LENGTH];
    private long index = -1;
    private long distinctKeys;
    private long keyNumber;
    private boolean isRewrite;
    private byte[] role = ROLES[0];
    private int textOffset;
    private int textLength;
    private float[] embedding;

    RowStream(Workload workload) {
        this.workload = workload;
        this.keys = workload.keys();
    }

    /** Moves to the next row; there is always one, the workload's number of rows is the caller's to count. */
    public RowStream next() {
        long hash = skip();
        keys.render(keyNumber, key);
        long other = Mix.mix(hash + Mix.GOLDEN);
        textLength = Workload.TEXT_BYTES_MIN + ((int) other & (Workload.TEXT_BYTES_SPREAD - 1));
        textOffset = (int) (other >>> 8) & (Workload.TEXT_POOL_BYTES - 1);
        role = ROLES[(int) (other >>> 62)];
        embedding = workload.floats() == 0 ? null : workload.embedding(other >>> 32);
        return this;
    }

    /** Moves on without making the row; returns its hash. */
    long skip() {
        index++;
        long hash = Mix.mix(workload.seed() + (index + 1) * Mix.GOLDEN);
        isRewrite = distinctKeys > 0 && ((hash >>> 32) * Workload.REWRITE_EVERY) >>> 32 == 0;
        keyNumber = isRewrite ? ((hash & 0xffff_ffffL) * distinctKeys) >>> 32 : distinctKeys++;
        return hash;
    }

    /** Number of this row, from 0. */
    public long index() {
        return index;
    }

    /** Different keys up to and with this row. */
    public long distinctKeys() {
        return distinctKeys;
    }

    /** Was the key of this row written before? */
    public boolean isRewrite() {
        return isRewrite;
    }

    /** ASCII, {@link Keys#LENGTH} bytes. */
    public byte[] key() {
        return key;
    }

    /** Milliseconds, one more with every row. */
    public long ts() {
        return FIRST_TS + index;
    }

    /** ASCII. */
    public byte[] role() {
        return role;
    }

    /** Holds the text, ASCII, from {@link #textOffset} on. */
    public byte[] text() {
        return workload.text();
    }

    public int textOffset() {
        return textOffset;
    }

    public int textLength() {
        return textLength;
    }

    /** Null if the workload has none. */
    public float[] embedding() {
        return embedding;
    }
}
