package io.onlap.manifest;

import io.onlap.memtable.Bits;
import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import io.onlap.memtable.KeyBytes;
import io.onlap.memtable.VectorCopier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.agrona.UnsafeApi;

/**
 * Collects the statistics of one column, a gathered batch at a time, by raw reads.
 *
 * <p>Threading: one thread.
 */
final class StatsCollector {
    /** Longer bounds of text and binary are cut: a manifest must stay small whatever users store. */
    static final int BOUND_BYTES_MAX = 64;

    private final Column column;
    private long nulls;
    private boolean hasValue;
    private long minLong = Long.MAX_VALUE;
    private long maxLong = Long.MIN_VALUE;
    private double minDouble = Double.POSITIVE_INFINITY;
    private double maxDouble = Double.NEGATIVE_INFINITY;
    private boolean hasNan;
    private byte[] minBytes;
    private byte[] maxBytes;
    private boolean unbounded;

    StatsCollector(Column column) {
        this.column = column;
    }

    /** Takes in all rows of {@code batch}. */
    void add(VectorCopier batch) {
        int batchNulls = batch.nullCount();
        nulls += batchNulls;
        if (batchNulls == batch.rows()) {
            return;
        }
        hasValue = true;
        // Without nulls the bitmap need not be read.
        long validity = batchNulls == 0 ? 0 : batch.validityAddress();
        switch (column.type()) {
            case FLOAT32, FLOAT64 -> addDoubles(batch, validity);
            case UTF8, BINARY -> addBytes(batch, validity);
            case EMBEDDING -> {}
            default -> addLongs(batch, validity);
        }
    }

    private void addLongs(VectorCopier batch, long validity) {
        ColumnType type = column.type();
        long data = batch.dataAddress();
        long min = minLong;
        long max = maxLong;
        for (int row = 0; row < batch.rows(); row++) {
            if (validity == 0 || Bits.get(validity, row)) {
                long value = readLong(type, data, row);
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
        }
        minLong = min;
        maxLong = max;
    }

    private static long readLong(ColumnType type, long data, int row) {
        return switch (type) {
            case BOOL -> Bits.get(data, row) ? 1 : 0;
            case INT8 -> UnsafeApi.getByte(data + row);
            case INT16 -> UnsafeApi.getShort(data + 2L * row);
            case INT32, DATE -> UnsafeApi.getInt(data + 4L * row);
            default -> UnsafeApi.getLong(data + 8L * row);
        };
    }

    private void addDoubles(VectorCopier batch, long validity) {
        boolean single = column.type() == ColumnType.FLOAT32;
        long data = batch.dataAddress();
        for (int row = 0; row < batch.rows(); row++) {
            if (validity == 0 || Bits.get(validity, row)) {
                double value = single ? UnsafeApi.getFloat(data + 4L * row) : UnsafeApi.getDouble(data + 8L * row);
                if (Double.isNaN(value)) {
                    hasNan = true;
                } else {
                    minDouble = Math.min(minDouble, value);
                    maxDouble = Math.max(maxDouble, value);
                }
            }
        }
    }

    private void addBytes(VectorCopier batch, long validity) {
        long data = batch.dataAddress();
        long offsets = batch.offsetsAddress();
        int min = -1;
        int max = -1;
        long minPrefix = 0;
        long maxPrefix = 0;
        for (int row = 0; row < batch.rows(); row++) {
            if (validity != 0 && !Bits.get(validity, row)) {
                continue;
            }
            // Nearly every value is told from both bounds by its first bytes.
            long prefix = KeyBytes.window(data + KeyBytes.offset(offsets, row), length(offsets, row), 0);
            if (min < 0 || isBelow(prefix, minPrefix, data, offsets, row, min)) {
                min = row;
                minPrefix = prefix;
            }
            if (max < 0 || isBelow(maxPrefix, prefix, data, offsets, max, row)) {
                max = row;
                maxPrefix = prefix;
            }
        }
        lower(data + KeyBytes.offset(offsets, min), length(offsets, min));
        raise(data + KeyBytes.offset(offsets, max), length(offsets, max));
    }

    private static boolean isBelow(long aPrefix, long bPrefix, long data, long offsets, int a, int b) {
        return aPrefix == bPrefix ? compare(data, offsets, a, b) < 0 : Long.compareUnsigned(aPrefix, bPrefix) < 0;
    }

    private static int compare(long data, long offsets, int a, int b) {
        return KeyBytes.compare(
                data + KeyBytes.offset(offsets, a),
                length(offsets, a),
                data + KeyBytes.offset(offsets, b),
                length(offsets, b));
    }

    private static int length(long offsets, int row) {
        return KeyBytes.offset(offsets, row + 1) - KeyBytes.offset(offsets, row);
    }

    private void lower(long address, int length) {
        if (minBytes == null || KeyBytes.compare(address, length, minBytes) < 0) {
            minBytes = KeyBytes.copy(address, kept(address, length));
        }
    }

    private void raise(long address, int length) {
        if (unbounded || (maxBytes != null && KeyBytes.compare(address, length, maxBytes) <= 0)) {
            return;
        }
        int kept = kept(address, length);
        maxBytes = KeyBytes.copy(address, kept);
        if (kept < length) {
            maxBytes = column.type() == ColumnType.UTF8 ? nextText(maxBytes) : nextBytes(maxBytes);
            unbounded = maxBytes == null;
        }
    }

    /** How much of a value a bound keeps: never half a character of text. */
    private int kept(long address, int length) {
        if (length <= BOUND_BYTES_MAX) {
            return length;
        }
        int kept = BOUND_BYTES_MAX;
        while (column.type() == ColumnType.UTF8 && kept > 0 && (UnsafeApi.getByte(address + kept) & 0xc0) == 0x80) {
            kept--;
        }
        return kept;
    }

    /** The shortest byte string above everything that starts with {@code prefix}; null if there is none. */
    private static byte[] nextBytes(byte[] prefix) {
        int end = prefix.length;
        while (end > 0 && prefix[end - 1] == (byte) 0xff) {
            end--;
        }
        if (end == 0) {
            return null;
        }
        byte[] above = Arrays.copyOf(prefix, end);
        above[end - 1]++;
        return above;
    }

    /** A text above everything that starts with {@code prefix}; null if there is none. */
    private static byte[] nextText(byte[] prefix) {
        int[] characters =
                new String(prefix, StandardCharsets.UTF_8).codePoints().toArray();
        for (int i = characters.length - 1; i >= 0; i--) {
            if (characters[i] < Character.MAX_CODE_POINT) {
                int next = characters[i] + 1;
                // Surrogates are no characters: the one after them follows in order.
                characters[i] = next == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : next;
                return new String(characters, 0, i + 1).getBytes(StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    ColumnStats stats() {
        String min = null;
        String max = null;
        if (hasValue) {
            switch (column.type()) {
                case FLOAT32, FLOAT64 -> {
                    min = hasNan ? null : Double.toString(minDouble);
                    max = hasNan ? null : Double.toString(maxDouble);
                }
                case UTF8, BINARY -> {
                    min = text(minBytes);
                    max = text(maxBytes);
                }
                case EMBEDDING -> {}
                case BOOL -> {
                    min = Boolean.toString(minLong == 1);
                    max = Boolean.toString(maxLong == 1);
                }
                default -> {
                    min = Long.toString(minLong);
                    max = Long.toString(maxLong);
                }
            }
        }
        return new ColumnStats(column.id(), nulls, min, max);
    }

    private String text(byte[] bound) {
        if (bound == null) {
            return null;
        }
        if (column.type() == ColumnType.BINARY) {
            return Base64.getEncoder().encodeToString(bound);
        }
        String text = new String(bound, StandardCharsets.UTF_8);
        // Bytes that are no UTF-8 would come back as others: then nothing is known.
        return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bound) ? text : null;
    }
}
