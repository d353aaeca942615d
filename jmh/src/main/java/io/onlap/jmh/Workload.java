package io.onlap.jmh;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * What every store is given: rows {key of 26 characters, ts int64, role of 4 to 9 bytes, text of 137 to 264 bytes}, about
 * 240 bytes, and on demand an embedding. One row in ten rewrites a key that was written before, chosen evenly among them.
 *
 * <p>Invariant: a pure function of its four values: the same rows in the same order, whoever asks.
 *
 * <p>Threading: immutable; each {@link RowStream} belongs to one thread.
 */
public final class Workload {
    /** One row in so many rewrites an earlier key. */
    static final int REWRITE_EVERY = 10;

    static final int TEXT_BYTES_MIN = 137;
    static final int TEXT_BYTES_SPREAD = 128;
    static final int TEXT_POOL_BYTES = 1 << 20;
    private static final int EMBEDDINGS = 1 << 10;
    private static final String WORDS = "tea train blue agent prefers meeting tomorrow with the of a and window reads "
            + "memory layer older newest question answer weather garden ticket seat morning doctor remember "
            + "budget laptop invoice river music learned cooking because never again finally yes no maybe";

    private final long rows;
    private final int floats;
    private final long seed;
    private final KeyOrder order;
    private final byte[] text;
    private final float[][] embeddings;
    private final Keys keys;

    /**
     * A workload.
     *
     * @param rows number of rows, rewrites included
     * @param floats length of the embedding of each row, 0 for none
     * @param seed of everything that looks random
     */
    public Workload(long rows, int floats, long seed, KeyOrder order) {
        this.rows = rows;
        this.floats = floats;
        this.seed = seed;
        this.order = order;
        this.keys = new Keys(seed, order);
        SplittableRandom random = new SplittableRandom(seed);
        this.text = textPool(random);
        this.embeddings = new float[floats == 0 ? 0 : EMBEDDINGS][floats];
        for (float[] embedding : embeddings) {
            for (int i = 0; i < floats; i++) {
                embedding[i] = (float) (random.nextDouble() * 2 - 1);
            }
        }
    }

    private static byte[] textPool(SplittableRandom random) {
        String[] words = WORDS.split(" ", -1);
        int bytes = TEXT_POOL_BYTES + TEXT_BYTES_MIN + TEXT_BYTES_SPREAD;
        StringBuilder pool = new StringBuilder(bytes + 16);
        while (pool.length() < bytes) {
            pool.append(words[random.nextInt(words.length)]).append(' ');
        }
        return pool.substring(0, bytes).getBytes(StandardCharsets.US_ASCII);
    }

    public long rows() {
        return rows;
    }

    /** Length of the embedding of each row, 0 for none. */
    public int floats() {
        return floats;
    }

    public long seed() {
        return seed;
    }

    public KeyOrder order() {
        return order;
    }

    /** The rows, from the first one. */
    public RowStream stream() {
        return new RowStream(this);
    }

    /** How many different keys the rows have. */
    public long distinctKeys() {
        RowStream stream = stream();
        for (long i = 0; i < rows; i++) {
            stream.skip();
        }
        return stream.distinctKeys();
    }

    /** Keys that were written, drawn evenly with repetition. */
    public String[] presentKeys(int count) {
        long distinct = distinctKeys();
        SplittableRandom random = new SplittableRandom(seed + 1);
        byte[] key = new byte[Keys.LENGTH];
        String[] drawn = new String[count];
        for (int i = 0; i < count; i++) {
            keys.render(random.nextLong(distinct), key);
            drawn[i] = new String(key, StandardCharsets.US_ASCII);
        }
        return drawn;
    }

    /** Keys that were never written, each the neighbour of one that was, so that no range excludes them. */
    public String[] absentKeys(int count) {
        String[] drawn = presentKeys(count);
        for (int i = 0; i < count; i++) {
            drawn[i] = drawn[i].substring(0, Keys.LENGTH - 1) + 'x';
        }
        return drawn;
    }

    Keys keys() {
        return keys;
    }

    byte[] text() {
        return text;
    }

    float[] embedding(long hash) {
        return embeddings[(int) (hash & (EMBEDDINGS - 1))];
    }
}
