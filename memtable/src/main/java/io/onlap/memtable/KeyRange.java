package io.onlap.memtable;

import java.util.Arrays;

/**
 * A range of encoded keys: from {@code from} (inclusive, null: the first) to {@code to} (exclusive, null: past the last).
 *
 * <p>Threading: immutable; callers never change the arrays.
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare contents
public record KeyRange(byte[] from, byte[] to) {
    public static final KeyRange ALL = new KeyRange(null, null);

    /** All keys that start with {@code prefix}. */
    public static KeyRange prefix(byte[] prefix) {
        return new KeyRange(prefix, successor(prefix));
    }

    /** Only {@code key}. */
    public static KeyRange only(byte[] key) {
        return new KeyRange(key, Arrays.copyOf(key, key.length + 1));
    }

    /** The part of this range that is also in {@code other}. */
    public KeyRange intersect(KeyRange other) {
        byte[] first = from == null || (other.from != null && Arrays.compareUnsigned(other.from, from) > 0)
                ? other.from
                : from;
        byte[] end = to == null || (other.to != null && Arrays.compareUnsigned(other.to, to) < 0) ? other.to : to;
        return new KeyRange(first, end);
    }

    public boolean isAll() {
        return from == null && to == null;
    }

    /** Can no key be in it? */
    public boolean isEmpty() {
        return from != null && to != null && Arrays.compareUnsigned(from, to) >= 0;
    }

    public boolean contains(byte[] key) {
        return (from == null || Arrays.compareUnsigned(key, from) >= 0)
                && (to == null || Arrays.compareUnsigned(key, to) < 0);
    }

    public boolean contains(long address, int length) {
        return (from == null || KeyBytes.compare(address, length, from) >= 0)
                && (to == null || KeyBytes.compare(address, length, to) < 0);
    }

    /** The first byte string after all those that start with {@code prefix}; null if there is none. */
    private static byte[] successor(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xff) {
                byte[] next = Arrays.copyOf(prefix, i + 1);
                next[i]++;
                return next;
            }
        }
        return null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyRange that && Arrays.equals(from, that.from) && Arrays.equals(to, that.to);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(from) + Arrays.hashCode(to);
    }

    @Override
    public String toString() {
        return "[" + Arrays.toString(from) + ", " + Arrays.toString(to) + ")";
    }
}
