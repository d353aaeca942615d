package io.onlap.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.BufferUtil;

/**
 * {@link Storage} on a local POSIX file system.
 *
 * <p>Failure windows of {@link #createIfAbsent}: killed before the link there is a temporary file nobody reads
 * ({@code .tmp-}, removed by the next owner); killed after the link the name exists with its whole content, forced before
 * the link, though the name itself may be lost to power. A failed force of the directory reaches the caller, which must
 * not count on the name.
 *
 * <p>Threading: any thread.
 */
public final class LocalStorage implements Storage {
    /** Names of temporary files start so; they are never part of anything. */
    public static final String TEMPORARY_PREFIX = ".tmp-";

    /** One thread for all files, which ends when it has had nothing to do for a while. */
    private static final ThreadPoolExecutor WRITE_BACK_THREAD = writeBackThread();

    private final FailPoints failPoints;

    private static ThreadPoolExecutor writeBackThread() {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "onlap-write-back");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    public LocalStorage(FailPoints failPoints) {
        this.failPoints = failPoints;
    }

    @Override
    public void createDirectories(Path directory) {
        List<Path> missing = new ArrayList<>();
        Path parent = directory.toAbsolutePath();
        while (parent != null && !Files.isDirectory(parent)) {
            missing.add(0, parent);
            parent = parent.getParent();
        }
        try {
            for (Path path : missing) {
                Files.createDirectories(path);
                forceDirectory(path.getParent());
            }
        } catch (FileAlreadyExistsException e) {
            throw new StorageException(StorageException.Kind.INVALID, "not a directory: path=" + e.getFile(), e);
        } catch (IOException e) {
            throw failure("directory not created", directory, e);
        }
    }

    @Override
    public boolean createIfAbsent(Path file, byte[] content) {
        Path directory = file.toAbsolutePath().getParent();
        Path temporary = directory.resolve(TEMPORARY_PREFIX + UUID.randomUUID());
        try (OutputFile output = create(temporary)) {
            output.write(ByteBuffer.wrap(content));
            output.force();
        } catch (StorageException e) {
            discard(temporary, e);
            throw e;
        }
        boolean created = link(file, temporary);
        if (created) {
            failPoints.reach(FailPoint.CREATE_AFTER_LINK);
            forceDirectory(directory);
        }
        delete(temporary);
        return created;
    }

    private boolean link(Path file, Path temporary) {
        try {
            failPoints.reach(FailPoint.CREATE_BEFORE_LINK);
            Files.createLink(file, temporary);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            StorageException failure = failure("name not linked", file, e);
            discard(temporary, failure);
            throw failure;
        }
    }

    private void discard(Path temporary, StorageException because) {
        try {
            delete(temporary);
        } catch (StorageException e) {
            because.addSuppressed(e);
        }
    }

    @Override
    public void replace(Path file, byte[] content) {
        Path temporary = file.toAbsolutePath().getParent().resolve(TEMPORARY_PREFIX + UUID.randomUUID());
        try {
            Files.write(temporary, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            StorageException failure = failure("file not replaced", file, e);
            discard(temporary, failure);
            throw failure;
        }
    }

    @Override
    public OutputFile create(Path file) {
        try {
            return new LocalOutputFile(
                    file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw failure("file not created", file, e);
        }
    }

    @Override
    public byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw failure("file not read", file, e);
        }
    }

    @Override
    public MappedFile map(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE) {
                throw new StorageException(
                        StorageException.Kind.INVALID,
                        "file too large to map: path=" + file + ", bytes=" + size + ", bytesMax=" + Integer.MAX_VALUE);
            }
            return new MappedFile(channel.map(FileChannel.MapMode.READ_ONLY, 0, size));
        } catch (IOException e) {
            throw failure("file not mapped", file, e);
        }
    }

    @Override
    public boolean exists(Path file) {
        return Files.exists(file);
    }

    @Override
    public long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw failure("size not read", file, e);
        }
    }

    @Override
    public List<String> list(Path directory) {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (NotDirectoryException e) {
            throw new StorageException(StorageException.Kind.INVALID, "not a directory: path=" + directory, e);
        } catch (IOException e) {
            throw failure("directory not listed", directory, e);
        }
    }

    @Override
    public void force(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(false);
        } catch (IOException e) {
            throw failure("file not forced", file, e);
        }
    }

    @Override
    public OpenFile open(Path file) {
        try {
            return new LocalOutputFile(file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw failure("file not opened", file, e);
        }
    }

    @Override
    public void allocate(Path file, long offset, long bytes) {
        DiskSpace.allocate(file, offset, bytes);
    }

    @Override
    public void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw failure("directory not forced", directory, e);
        }
    }

    @Override
    public void rename(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure("file not renamed", from, e);
        }
    }

    @Override
    public boolean delete(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failure("file not deleted", file, e);
        }
    }

    /** The failure of an operation on {@code path}, its kind read from the cause. */
    public static StorageException failure(String what, Path path, IOException cause) {
        StorageException.Kind kind = StorageException.Kind.FATAL;
        if (cause instanceof NoSuchFileException) {
            kind = StorageException.Kind.NOT_FOUND;
        } else if (isDiskFull(cause)) {
            kind = StorageException.Kind.DISK_FULL;
        }
        String reason = cause instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : cause.getClass().getSimpleName() + " " + cause.getMessage();
        return new StorageException(kind, what + ": path=" + path + ", reason=" + reason, cause);
    }

    private static boolean isDiskFull(IOException cause) {
        // The JDK gives ENOSPC and EDQUOT no type of their own, only the system's text.
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("disk quota exceeded");
    }

    /**
     * See {@link Storage.OutputFile} and {@link Storage.OpenFile}. A long file is written back by another thread while it
     * grows, so that the force at its end finds little left to do: a flush then waits for the slower of its processor time
     * and its disk time instead of for both. A failure of the write-back is the failure of the force.
     */
    private static final class LocalOutputFile implements OutputFile, OpenFile {
        private static final int CLEAR_BYTES = 64 * 1024;
        private static final int WRITE_BACK_BYTES = 8 << 20;

        private final Path file;
        private final FileChannel channel;
        private long position;
        private long writeBackPosition;
        private CompletableFuture<Void> writeBack = CompletableFuture.completedFuture(null);

        private LocalOutputFile(Path file, FileChannel channel) {
            this.file = file;
            this.channel = channel;
        }

        @Override
        public void write(ByteBuffer bytes) {
            try {
                while (bytes.hasRemaining()) {
                    position += channel.write(bytes);
                }
            } catch (IOException e) {
                throw failure("file not written", file, e);
            }
            if (position - writeBackPosition >= WRITE_BACK_BYTES && writeBack.isDone()) {
                awaitWriteBack();
                writeBackPosition = position;
                writeBack = CompletableFuture.runAsync(this::forceChannel, WRITE_BACK_THREAD);
            }
        }

        private void forceChannel() {
            try {
                channel.force(false);
            } catch (IOException e) {
                throw failure("file not forced", file, e);
            }
        }

        private void awaitWriteBack() {
            try {
                writeBack.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof StorageException known ? known.again() : e;
            }
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void clear() {
            ByteBuffer zeros = ByteBuffer.allocateDirect(CLEAR_BYTES);
            try {
                long end = channel.size();
                for (long at = 0; at < end; ) {
                    zeros.clear().limit((int) Math.min(CLEAR_BYTES, end - at));
                    at += channel.write(zeros, at);
                }
            } catch (IOException e) {
                throw failure("file not cleared", file, e);
            }
        }

        @Override
        public void force() {
            awaitWriteBack();
            forceChannel();
        }

        @Override
        public void forceFirst(long bytes) {
            try {
                MappedByteBuffer range = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
                try {
                    range.force();
                } finally {
                    BufferUtil.free(range);
                }
            } catch (IOException e) {
                throw failure("file not forced", file, e);
            } catch (UncheckedIOException e) {
                throw failure("file not forced", file, e.getCause());
            }
        }

        @Override
        public void truncate(long bytes) {
            try {
                channel.truncate(bytes);
            } catch (IOException e) {
                throw failure("file not cut", file, e);
            }
        }

        @Override
        public void close() {
            // Only waits: who closes without a force does not count on the bytes.
            writeBack.handle((done, failure) -> null).join();
            try {
                channel.close();
            } catch (IOException e) {
                throw failure("file not closed", file, e);
            }
        }
    }
}
