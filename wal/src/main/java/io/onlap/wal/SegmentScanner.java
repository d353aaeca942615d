package io.onlap.wal;

import static io.onlap.wal.FrameFormat.ALIGNMENT;
import static io.onlap.wal.FrameFormat.HEADER_BYTES;

import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Finds the frames in one segment file by their own headers and checksums. Of Chronicle's document headers only two
 * things are taken, neither of which decides about a frame that is whole: where a file that is still written ends for
 * now, and which bytes behind the last frame are its own.
 *
 * <p>Threading: one thread, that of its reader, whose window and header it uses.
 */
final class SegmentScanner implements AutoCloseable {
    /** Chronicle's document header: two flags and 30 bits of length. */
    private static final int NOT_COMPLETE = 0x80000000;

    private static final int META_DATA = 0x40000000;
    private static final int LENGTH_MASK = 0x3fffffff;
    private static final int END_OF_FILE = NOT_COMPLETE | META_DATA;
    private static final int DOCUMENT_HEADER_BYTES = 4;

    /** Chronicle's word behind the header of the end of a file that it rolled: a name of three letters, EOF. */
    private static final int END_OF_FILE_NAME = 0x464f45c3;

    private final long epoch;
    private final long generation;
    private final Path path;
    private final FileChannel channel;
    private final FileWindow window;
    private final FrameHeader header;

    private SegmentScanner(
            long epoch, long generation, Path path, FileChannel channel, FileWindow window, FrameHeader header) {
        this.epoch = epoch;
        this.generation = generation;
        this.path = path;
        this.channel = channel;
        this.window = window;
        this.header = header;
    }

    /** @throws StorageException NOT_FOUND if the file has vanished */
    static SegmentScanner open(long epoch, long generation, Path path, FileWindow window, FrameHeader header) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new SegmentScanner(epoch, generation, path, channel, window, header);
        } catch (IOException e) {
            throw LocalStorage.failure("log segment not opened", path, e);
        }
    }

    long generation() {
        return generation;
    }

    Path path() {
        return path;
    }

    /** Is there a whole frame at {@code offset}? It is in the window and its header in the reader's, then. */
    boolean isFrame(long offset) {
        window.select(channel, path);
        if (!window.load(offset, HEADER_BYTES)
                || FrameFormat.intAt(window.view(), window.index(offset)) != FrameFormat.MAGIC) {
            return false;
        }
        header.buffer().putBytes(0, window.view(), window.index(offset), HEADER_BYTES);
        if (!header.isOf(epoch, generation, offset)) {
            return false;
        }
        if (header.format() != FrameFormat.FORMAT) {
            throw new StorageException(
                    Kind.INVALID,
                    "newer format of the log: path=" + path + ", position=" + offset + ", format=" + header.format()
                            + ", formatMax=" + FrameFormat.FORMAT);
        }
        int body = header.bodyBytes();
        if (body < 0 || body > size() - offset - HEADER_BYTES || !window.load(offset, HEADER_BYTES + body)) {
            return false;
        }
        return window.crc(offset + HEADER_BYTES, body) == header.bodyCrc();
    }

    /** The first whole frame from {@code from} on that begins before {@code before}; -1 if there is none. */
    long findFrame(long from, long before) {
        window.select(channel, path);
        long offset = align(from);
        while (offset < before && window.load(offset, HEADER_BYTES)) {
            long end = Math.min(before, window.end() - HEADER_BYTES + 1);
            offset = findMagic(offset, end);
            if (offset < end) {
                if (isFrame(offset)) {
                    return offset;
                }
                offset += ALIGNMENT;
            }
        }
        return -1;
    }

    /** The first place in the window that holds the magic number; at or behind {@code end} if none before it does. */
    private long findMagic(long from, long end) {
        long offset = from;
        int index = window.index(from);
        for (; offset < end; offset += ALIGNMENT, index += ALIGNMENT) {
            int word = FrameFormat.intAt(window.view(), index);
            if (word == FrameFormat.MAGIC) {
                break;
            }
        }
        return offset;
    }

    /**
     * The frame that is the next document from {@code from} on in a file that is still written; -1 if the next document
     * is not complete yet; or {@code ~position} if that document is complete and holds no whole frame.
     */
    long nextWritten(long from) {
        window.select(channel, path);
        long offset = align(from);
        while (window.load(offset, DOCUMENT_HEADER_BYTES)) {
            int word = FrameFormat.intAt(window.view(), window.index(offset));
            if (word == 0 || (word & NOT_COMPLETE) != 0) {
                return -1;
            }
            if ((word & META_DATA) == 0) {
                return isFrame(offset + DOCUMENT_HEADER_BYTES) ? offset + DOCUMENT_HEADER_BYTES : ~offset;
            }
            offset = align(offset + DOCUMENT_HEADER_BYTES + (word & LENGTH_MASK));
        }
        return -1;
    }

    /** Reads the file again from now on. */
    void forget() {
        window.select(channel, path);
        window.forget();
    }

    /** Bytes from {@code from} to the last one that is not zero, leaving out Chronicle's own documents at their start. */
    long bytesBehind(long from) {
        window.select(channel, path);
        long offset = skipDocuments(align(from));
        long last = offset;
        for (long at = offset; window.load(at, 1); at = window.end()) {
            int index = window.index(at);
            for (int i = (int) (window.end() - at) - 1; i >= 0; i--) {
                if (window.view().getByte(index + i) != 0) {
                    last = at + i + 1;
                    break;
                }
            }
        }
        return last - offset;
    }

    private long skipDocuments(long from) {
        long offset = from;
        while (window.load(offset, DOCUMENT_HEADER_BYTES)) {
            int word = FrameFormat.intAt(window.view(), window.index(offset));
            if (word == END_OF_FILE) {
                long name = offset + DOCUMENT_HEADER_BYTES;
                boolean named = window.load(name, Integer.BYTES)
                        && FrameFormat.intAt(window.view(), window.index(name)) == END_OF_FILE_NAME;
                return named ? name + Integer.BYTES : name;
            }
            if ((word & (NOT_COMPLETE | META_DATA)) != META_DATA) {
                return offset;
            }
            offset = align(offset + DOCUMENT_HEADER_BYTES + (word & LENGTH_MASK));
        }
        return offset;
    }

    private long size() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw LocalStorage.failure("log not read", path, e);
        }
    }

    private static long align(long offset) {
        return (offset + ALIGNMENT - 1) & -ALIGNMENT;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw LocalStorage.failure("log segment not closed", path, e);
        }
    }
}
