package io.onlap.memtable;

import java.util.List;
import org.agrona.BitUtil;
import org.agrona.UnsafeApi;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Gathers ranges of rows of source vectors into one output vector by raw copies. The buffers are its own and grow by
 * doubling; they are kept from batch to batch, so that a scan allocates for its first batches only.
 *
 * <p>Invariant: rows {@code [0, rows)} of every buffer are written; what lies behind is undefined until {@link #vector} or
 * {@link #addBuffers} clears it as far as Arrow's padding reaches. Capacities are multiples of {@link #ALIGNMENT}.
 *
 * <p>Threading: one thread.
 */
public final class VectorCopier implements AutoCloseable {
    /** Arrow's recommended alignment and padding of buffers in files, bytes. */
    public static final int ALIGNMENT = 64;

    private static final int ROWS_MIN = 64;

    private final BufferAllocator allocator;
    private final ColumnType type;
    private final int valueBytes;
    private final int dimensions;
    private final FieldVector vector;
    private ArrowBuf validity;
    private ArrowBuf offsets;
    private ArrowBuf data;
    private ArrowBuf elementValidity;
    private int capacityRows;
    private int rows;
    private long dataBytes;

    /** A copier into a vector of {@code field}, of which no row is there yet. */
    public VectorCopier(BufferAllocator allocator, Field field) {
        this.allocator = allocator;
        this.type = ColumnType.of(field);
        Column column = new Column(0, 0, field, type);
        this.valueBytes = type.isVariableWidth() || type == ColumnType.BOOL ? 0 : column.valueBytes();
        this.dimensions = column.dimensions();
        this.vector = field.createVector(allocator);
        this.validity = allocator.getEmpty();
        this.offsets = allocator.getEmpty();
        this.data = allocator.getEmpty();
        this.elementValidity = allocator.getEmpty();
    }

    public ColumnType type() {
        return type;
    }

    public int rows() {
        return rows;
    }

    /** Forgets the rows, keeps the memory. */
    public void clear() {
        rows = 0;
        dataBytes = 0;
    }

    /** Appends the planned ranges of {@code views}, one view for each source of the plan. */
    void append(ColumnView[] views, CopyPlan plan) {
        ensureRows(rows + plan.rows());
        if (type.isVariableWidth()) {
            ensureData(dataBytes + plannedBytes(views, plan));
        }
        boolean hasNulls = hasNulls(views, plan);
        if (!hasNulls) {
            Bits.fill(validity.memoryAddress(), rows, plan.rows(), true);
        }
        for (int i = 0; i < plan.size(); i++) {
            ColumnView view = views[plan.source(i)];
            int from = plan.from(i);
            int count = plan.count(i);
            if (!view.isBound()) {
                appendFalse(count);
                continue;
            }
            if (hasNulls) {
                Bits.copy(view.validity(), from, validity.memoryAddress(), rows, count);
            }
            if (type == ColumnType.BOOL) {
                Bits.copy(view.data(), from, data.memoryAddress(), rows, count);
            } else if (type.isVariableWidth()) {
                appendVariable(view, from, count);
            } else {
                long width = valueBytes;
                Bits.copyBytes(view.data() + from * width, data.memoryAddress() + rows * width, count * width);
            }
            rows += count;
        }
    }

    /** Mostly not; then the bits of all ranges are set at once instead of being shifted in, range by range. */
    private static boolean hasNulls(ColumnView[] views, CopyPlan plan) {
        for (int i = 0; i < plan.size(); i++) {
            if (views[plan.source(i)].hasNulls()) {
                return true;
            }
        }
        return false;
    }

    private void appendFalse(int count) {
        Bits.fill(validity.memoryAddress(), rows, count, true);
        Bits.fill(data.memoryAddress(), rows, count, false);
        rows += count;
    }

    private void appendVariable(ColumnView view, int from, int count) {
        int start = view.offset(from);
        int bytes = view.offset(from + count) - start;
        Bits.copyBytes(view.data() + start, data.memoryAddress() + dataBytes, bytes);
        int shift = (int) dataBytes - start;
        long target = offsets.memoryAddress() + ((rows + 1L) << 2);
        for (int i = 1; i <= count; i++, target += Integer.BYTES) {
            UnsafeApi.putInt(target, view.offset(from + i) + shift);
        }
        dataBytes += bytes;
    }

    private static long plannedBytes(ColumnView[] views, CopyPlan plan) {
        long bytes = 0;
        for (int i = 0; i < plan.size(); i++) {
            ColumnView view = views[plan.source(i)];
            bytes += view.offset(plan.from(i) + plan.count(i)) - view.offset(plan.from(i));
        }
        return bytes;
    }

    /** The rows as a vector, which stays this copier's and is valid until the next call that changes it. */
    public FieldVector vector() {
        seal();
        ArrowFieldNode node = new ArrowFieldNode(rows, nullCount());
        if (type == ColumnType.EMBEDDING) {
            long elements = (long) rows * dimensions;
            vector.loadFieldBuffers(node, List.of(validity));
            FieldVector elementVector = ((FixedSizeListVector) vector).getDataVector();
            elementVector.loadFieldBuffers(new ArrowFieldNode(elements, 0), List.of(elementValidity, data));
        } else {
            vector.loadFieldBuffers(
                    node, type.isVariableWidth() ? List.of(validity, offsets, data) : List.of(validity, data));
        }
        return vector;
    }

    /** How many rows are null. */
    public int nullCount() {
        return rows - Bits.countSet(validity.memoryAddress(), rows);
    }

    /** Where the validity bitmap starts; valid until the next append. */
    public long validityAddress() {
        return validity.memoryAddress();
    }

    /** Where the values start; valid until the next append. */
    public long dataAddress() {
        return data.memoryAddress();
    }

    /** Where the offsets start, variable width only; valid until the next append. */
    public long offsetsAddress() {
        return offsets.memoryAddress();
    }

    /** Appends the Arrow field nodes and buffers of the rows, each padded with zeros to {@link #ALIGNMENT}. */
    public void addBuffers(List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        seal();
        nodes.add(new ArrowFieldNode(rows, nullCount()));
        buffers.add(padded(validity, Bits.bytes(rows)));
        if (type.isVariableWidth()) {
            buffers.add(padded(offsets, (rows + 1L) * Integer.BYTES));
            buffers.add(padded(data, dataBytes));
        } else if (type == ColumnType.EMBEDDING) {
            long elements = (long) rows * dimensions;
            nodes.add(new ArrowFieldNode(elements, 0));
            buffers.add(padded(elementValidity, Bits.bytes(elements)));
            buffers.add(padded(data, (long) rows * valueBytes));
        } else {
            buffers.add(padded(data, type == ColumnType.BOOL ? Bits.bytes(rows) : (long) rows * valueBytes));
        }
    }

    private static ArrowBuf padded(ArrowBuf buffer, long used) {
        long end = BitUtil.align(used, ALIGNMENT);
        UnsafeApi.setMemory(buffer.memoryAddress() + used, end - used, (byte) 0);
        return buffer.slice(0, end);
    }

    /** Completes the buffers: what is between the last row and the end of its byte is zero, element bits are one. */
    private void seal() {
        ensureRows(Math.max(rows, 1));
        long spare = Bits.bytes(rows) * Byte.SIZE - rows;
        Bits.fill(validity.memoryAddress(), rows, spare, false);
        if (type == ColumnType.BOOL) {
            Bits.fill(data.memoryAddress(), rows, spare, false);
        } else if (type == ColumnType.EMBEDDING) {
            long elements = (long) rows * dimensions;
            Bits.fill(elementValidity.memoryAddress(), 0, elements, true);
            Bits.fill(elementValidity.memoryAddress(), elements, Bits.bytes(elements) * Byte.SIZE - elements, false);
        }
    }

    private void ensureRows(int needed) {
        if (needed <= capacityRows) {
            return;
        }
        int capacity = Math.max(ROWS_MIN, BitUtil.findNextPositivePowerOfTwo(needed));
        validity = grow(validity, Bits.bytes(rows), Bits.bytes(capacity));
        if (type.isVariableWidth()) {
            offsets = grow(offsets, rows == 0 ? 0 : (rows + 1L) * Integer.BYTES, (capacity + 1L) * Integer.BYTES);
            UnsafeApi.putInt(offsets.memoryAddress(), 0);
        } else if (type == ColumnType.BOOL) {
            data = grow(data, Bits.bytes(rows), Bits.bytes(capacity));
        } else {
            data = grow(data, (long) rows * valueBytes, (long) capacity * valueBytes);
        }
        if (type == ColumnType.EMBEDDING) {
            elementValidity = grow(elementValidity, 0, Bits.bytes((long) capacity * dimensions));
        }
        capacityRows = capacity;
    }

    private void ensureData(long needed) {
        if (needed > data.capacity()) {
            data = grow(data, dataBytes, Math.max(needed, Math.min(2 * data.capacity(), Integer.MAX_VALUE)));
        }
    }

    /** A larger buffer with the first {@code used} bytes of {@code old}, which is given back. */
    private ArrowBuf grow(ArrowBuf old, long used, long capacity) {
        ArrowBuf grown = allocator.buffer(BitUtil.align(capacity, ALIGNMENT));
        Bits.copyBytes(old.memoryAddress(), grown.memoryAddress(), used);
        old.close();
        return grown;
    }

    @Override
    public void close() {
        vector.close();
        validity.close();
        offsets.close();
        data.close();
        elementValidity.close();
        validity = allocator.getEmpty();
        offsets = allocator.getEmpty();
        data = allocator.getEmpty();
        elementValidity = allocator.getEmpty();
        capacityRows = 0;
        clear();
    }
}
