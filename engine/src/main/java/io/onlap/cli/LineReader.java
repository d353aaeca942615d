package io.onlap.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines, in place. A line longer than the limit is reported and skipped without ever being held
 * whole. Between {@link #mark} and {@link #rewind} what was read stays in the buffer, so that a schema can be inferred
 * from a pipe.
 *
 * <p>Invariant: {@code start <= scan <= limit <= buffer.length}; all before {@code position} has been handed out.
 *
 * <p>Threading: one thread.
 */
final class LineReader implements Closeable {
    /** Longest line, without its end. */
    static final int LINE_BYTES_MAX = 16 << 20;

    private static final int NO_MARK = -1;
    private static final int BUFFER_BYTES = 1 << 17;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final InputStream in;
    private final int lineBytesMax;
    private byte[] buffer;
    private int start;
    private int length;
    private int position;
    private int scan;
    private int limit;
    private long number;
    private long bytesRead;
    private boolean tooLong;
    private boolean ended;
    private int mark = NO_MARK;
    private int sampleBytesMax;

    LineReader(InputStream in) {
        this(in, LINE_BYTES_MAX, BUFFER_BYTES);
    }

    LineReader(InputStream in, int lineBytesMax, int bufferBytes) {
        this.in = in;
        this.lineBytesMax = lineBytesMax;
        this.buffer = new byte[bufferBytes];
    }

    /** Moves to the next line; false at the end, or when a marked sample is full. */
    boolean next() throws IOException {
        start = position;
        scan = position;
        tooLong = false;
        while (true) {
            while (scan < limit && buffer[scan] != '\n') {
                scan++;
            }
            if (scan - start > lineBytesMax) {
                return overlong();
            }
            if (scan < limit) {
                return line(scan + 1);
            }
            if (!fill()) {
                return ended && scan > start && line(scan);
            }
        }
    }

    /** Keeps what is read from here on, up to about {@code bytesMax}; then {@link #next} says false. */
    void mark(int bytesMax) {
        mark = position;
        sampleBytesMax = bytesMax;
    }

    /** Back to the mark, which must stand before the first line. */
    void rewind() {
        position = mark;
        mark = NO_MARK;
        number = 0;
    }

    /** Holds the line until the next call of {@link #next}. */
    byte[] buffer() {
        return buffer;
    }

    int start() {
        return start;
    }

    /** Bytes of the line without its end ({@code \n} or {@code \r\n}). */
    int length() {
        return length;
    }

    /** From 1. */
    long number() {
        return number;
    }

    /** Was the line over the limit? Then only its number is known. */
    boolean isTooLong() {
        return tooLong;
    }

    /** Is there no whole line at hand, and nothing to read at once? */
    boolean wouldWait() throws IOException {
        int i = position;
        while (i < limit && buffer[i] != '\n') {
            i++;
        }
        return i == limit && !ended && in.available() <= 0;
    }

    /** Bytes taken from the stream so far. */
    long bytesRead() {
        return bytesRead;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean line(int next) {
        position = next;
        number++;
        length = scan - start;
        if (length > 0 && buffer[scan - 1] == '\r') {
            length--;
        }
        if (number == 1 && length >= BYTE_ORDER_MARK.length && startsWithByteOrderMark()) {
            // blanks instead of a shift: offsets in messages stay those of the file
            Arrays.fill(buffer, start, start + BYTE_ORDER_MARK.length, (byte) ' ');
        }
        return true;
    }

    private boolean startsWithByteOrderMark() {
        return Arrays.equals(buffer, start, start + BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }

    /** Drops the rest of the line, unless a rewind must find it again: a sample ends there anyway. */
    private boolean overlong() throws IOException {
        number++;
        tooLong = true;
        length = 0;
        if (mark != NO_MARK) {
            return true;
        }
        while (true) {
            while (scan < limit) {
                if (buffer[scan++] == '\n') {
                    position = scan;
                    return true;
                }
            }
            start = scan;
            if (!fill()) {
                position = scan;
                return true;
            }
        }
    }

    /** More bytes behind {@code limit}; false if there are none or no room is left in a sample. */
    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        if (limit == buffer.length && !makeRoom()) {
            return false;
        }
        int count = in.read(buffer, limit, buffer.length - limit);
        if (count < 0) {
            ended = true;
            return false;
        }
        limit += count;
        bytesRead += count;
        return true;
    }

    private boolean makeRoom() {
        int keepFrom = mark == NO_MARK ? start : mark;
        if (keepFrom > 0) {
            System.arraycopy(buffer, keepFrom, buffer, 0, limit - keepFrom);
            start -= keepFrom;
            scan -= keepFrom;
            position -= Math.min(position, keepFrom);
            limit -= keepFrom;
            mark = mark == NO_MARK ? NO_MARK : 0;
            return true;
        }
        if (mark != NO_MARK && buffer.length >= sampleBytesMax) {
            return false;
        }
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
        return true;
    }
}
