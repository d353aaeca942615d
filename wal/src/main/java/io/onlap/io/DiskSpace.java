package io.onlap.io;

import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.posix.OpenFlag;
import net.openhft.posix.PosixAPI;

/**
 * Reserves room on the disk ahead of writes through a mapping, where a full disk would otherwise be a fault in the middle
 * of a store instruction: an {@link InternalError} at best, a dead process at worst.
 *
 * <p>Where the file system cannot reserve, zeros are written instead, in 4 KiB writes: larger ones make the page cache
 * use large pages, and every small force then writes a whole one.
 *
 * <p>Threading: any thread.
 */
final class DiskSpace {
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;
    private static final int ENOSYS = 38;
    private static final int EOPNOTSUPP = 95;
    private static final int EINTR = 4;
    private static final int ATTEMPTS_MAX = 100;
    private static final int ZERO_BYTES = 4096;
    private static final boolean NATIVE = isNative();

    private DiskSpace() {}

    /** See {@link Storage#allocate}. */
    static void allocate(Path file, long offset, long bytes) {
        if (!NATIVE || !reserve(PosixAPI.posix(), file, offset, bytes)) {
            writeZeros(file, offset, bytes);
        }
    }

    /** False if the file system cannot reserve. */
    private static boolean reserve(PosixAPI posix, Path file, long offset, long bytes) {
        int descriptor = posix.open(file.toString(), OpenFlag.O_RDWR, 0);
        if (descriptor < 0) {
            throw failure(file, offset, bytes, posix.lastError(), posix.lastErrorStr());
        }
        try {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                if (posix.fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, bytes) == 0) {
                    return true;
                }
                int error = posix.lastError();
                if (error == EOPNOTSUPP || error == ENOSYS) {
                    return false;
                }
                if (error != EINTR) {
                    throw failure(file, offset, bytes, error, posix.strerror(error));
                }
            }
            throw failure(file, offset, bytes, EINTR, "interrupted every time");
        } finally {
            posix.close(descriptor);
        }
    }

    private static StorageException failure(Path file, long offset, long bytes, int error, String reason) {
        Kind kind = error == ENOSPC || error == EDQUOT ? Kind.DISK_FULL : Kind.FATAL;
        return new StorageException(
                kind,
                "space not allocated: path=" + file + ", offset=" + offset + ", bytes=" + bytes + ", reason=" + reason
                        + ", errno=" + error);
    }

    /** Is there a native binding? Its stand-in answers fallocate with success and does nothing. */
    private static boolean isNative() {
        try {
            return PosixAPI.posix().getpid() == ProcessHandle.current().pid();
        } catch (LinkageError | RuntimeException e) {
            return false; // writing zeros does the same, slower
        }
    }

    private static void writeZeros(Path file, long offset, long bytes) {
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZERO_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long end = offset + bytes;
            for (long at = offset; at < end; ) {
                zeros.clear().limit((int) Math.min(ZERO_BYTES - at % ZERO_BYTES, end - at));
                at += channel.write(zeros, at);
            }
        } catch (IOException e) {
            throw LocalStorage.failure("space not allocated", file, e);
        }
    }
}
