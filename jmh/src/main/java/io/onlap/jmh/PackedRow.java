package io.onlap.jmh;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * A row as one byte string, for stores that know no columns: {@code int64 ts | int8 roleLength | role | int32 textLength |
 * text | floats}, little-endian, the key in front or apart.
 *
 * <p>Threading: one thread; the buffer is reused.
 */
public final class PackedRow {
    private final ByteBuffer buffer;

    /** @param isDirect in native memory or on the heap */
    public PackedRow(int floats, boolean isDirect) {
        int bytes = Keys.LENGTH
                + Long.BYTES
                + 1
                + Byte.MAX_VALUE
                + Integer.BYTES
                + Workload.TEXT_BYTES_MIN
                + Workload.TEXT_BYTES_SPREAD
                + floats * Float.BYTES;
        this.buffer = (isDirect ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The current row without its key, from position 0 to the limit; borrowed until the next call. */
    public ByteBuffer encodeValue(RowStream row) {
        buffer.clear();
        putValue(row);
        return buffer.flip();
    }

    /** The current row, its key first; borrowed until the next call. */
    public ByteBuffer encode(RowStream row) {
        buffer.clear();
        buffer.put(row.key());
        putValue(row);
        return buffer.flip();
    }

    private void putValue(RowStream row) {
        buffer.putLong(row.ts());
        buffer.put((byte) row.role().length);
        buffer.put(row.role());
        buffer.putInt(row.textLength());
        buffer.put(row.text(), row.textOffset(), row.textLength());
        if (row.embedding() != null) {
            for (float value : row.embedding()) {
                buffer.putFloat(value);
            }
        }
    }

    /** Consumes a packed value in native memory, of a row with so many floats. */
    public static void consume(long address, int floats, ColumnSums sums) {
        long at = address;
        sums.addTs(UnsafeApi.getLong(at));
        at += Long.BYTES;
        int roleLength = UnsafeApi.getByte(at);
        at++;
        sums.addRole(ColumnSums.value(at, roleLength));
        at += roleLength;
        int textLength = UnsafeApi.getInt(at);
        at += Integer.BYTES;
        sums.addText(ColumnSums.value(at, textLength));
        at += textLength;
        if (floats > 0) {
            sums.addEmbedding(ColumnSums.value(at, floats * Float.BYTES));
        }
    }
}
