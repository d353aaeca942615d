package io.onlap.manifest;

import io.onlap.io.MappedFile;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OwnershipTransferResult;
import org.apache.arrow.memory.ReferenceManager;

/**
 * The mapped data file as the memory behind Arrow buffers: every buffer that anyone retains, also beyond its cursor (an
 * export to other code), keeps the map. Mapped bytes are not charged to the allocator: they are page cache, which the
 * system takes back when it likes.
 *
 * <p>Invariant: unmapped exactly when the count falls to zero; it starts at 1 for the reader.
 *
 * <p>Threading: any thread.
 */
final class SegmentMap implements ReferenceManager {
    private final MappedFile map;
    private final BufferAllocator allocator;
    private final AtomicInteger references = new AtomicInteger(1);

    SegmentMap(MappedFile map, BufferAllocator allocator) {
        this.map = map;
        this.allocator = allocator;
    }

    MappedFile map() {
        return map;
    }

    /** A buffer over {@code length} bytes at {@code offset}, whose first reference is the caller's to release. */
    ArrowBuf buffer(long offset, long length) {
        retain();
        ArrowBuf buffer = new ArrowBuf(this, null, length, map.address() + offset);
        buffer.writerIndex(length);
        return buffer;
    }

    @Override
    public int getRefCount() {
        return references.get();
    }

    @Override
    public boolean release() {
        return release(1);
    }

    @Override
    public boolean release(int decrement) {
        int left = references.addAndGet(-decrement);
        if (left < 0) {
            throw new IllegalStateException("mapped segment released too often: references=" + left);
        }
        if (left == 0) {
            map.close();
        }
        return left == 0;
    }

    @Override
    public void retain() {
        retain(1);
    }

    @Override
    public void retain(int increment) {
        if (references.getAndAdd(increment) <= 0) {
            throw new IllegalStateException("mapped segment retained after it was unmapped");
        }
    }

    @Override
    public ArrowBuf retain(ArrowBuf source, BufferAllocator target) {
        retain();
        return deriveBuffer(source, 0, source.capacity());
    }

    @Override
    public ArrowBuf deriveBuffer(ArrowBuf source, long index, long length) {
        ArrowBuf derived = new ArrowBuf(this, null, length, source.memoryAddress() + index);
        derived.writerIndex(length);
        return derived;
    }

    @Override
    public OwnershipTransferResult transferOwnership(ArrowBuf source, BufferAllocator target) {
        ArrowBuf transferred = retain(source, target);
        return new Transferred(transferred);
    }

    @Override
    public BufferAllocator getAllocator() {
        return allocator;
    }

    @Override
    public long getSize() {
        return map.length();
    }

    @Override
    public long getAccountedSize() {
        return 0;
    }

    /** A transfer that always fits, because nothing is charged. Threading: immutable. */
    private record Transferred(ArrowBuf buffer) implements OwnershipTransferResult {
        @Override
        public boolean getAllocationFit() {
            return true;
        }

        @Override
        public ArrowBuf getTransferredBuffer() {
            return buffer;
        }
    }
}
