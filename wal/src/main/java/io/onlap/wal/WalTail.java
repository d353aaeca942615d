package io.onlap.wal;

import java.nio.file.Path;

/**
 * What recovery dropped from the end of a log: bytes that were never forced and are not whole frames in unbroken order.
 *
 * <p>Threading: immutable.
 *
 * @param file segment in which the dropped part begins
 * @param position its first byte there
 * @param bytes how many bytes up to the last one that is not zero, over all segments
 * @param frames whole frames among them, which follow a hole
 */
public record WalTail(Path file, long position, long bytes, long frames) {
    /** For messages. */
    public String describe() {
        return "path=" + file + ", position=" + position + ", bytes=" + bytes + ", frames=" + frames;
    }
}
