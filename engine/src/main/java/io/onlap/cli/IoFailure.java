package io.onlap.cli;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Says what kind of failure the system's text means; the JDK has no type of its own for a full disk.
 *
 * <p>Threading: stateless.
 */
final class IoFailure {
    private IoFailure() {}

    /** That {@code what} failed with a file of the user: NOT_FOUND, DISK_FULL or FATAL. */
    static StorageException of(String what, Path file, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return new StorageException(Kind.NOT_FOUND, "no such file: file=" + file, cause);
        }
        String reason = cause instanceof FileSystemException named && named.getReason() != null
                ? named.getReason()
                : cause.getClass().getSimpleName() + " " + cause.getMessage();
        Kind kind = isDiskFull(cause) ? Kind.DISK_FULL : Kind.FATAL;
        return new StorageException(kind, what + ": file=" + file + ", reason=" + reason, cause);
    }

    static boolean isDiskFull(IOException cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left") || message.contains("quota exceeded");
    }
}
