package io.onlap.io;

import io.onlap.io.StorageException.Kind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A storage that fails where a test says, and remembers what it was asked: the second implementation of {@link Storage}.
 * The idea is Pebble's error file system.
 *
 * <p>Threading: any thread.
 */
public final class FaultStorage implements Storage {
    /** What can be made to fail: the methods of the storage and of its open files. */
    public enum Call {
        CREATE_DIRECTORIES,
        CREATE_IF_ABSENT,
        REPLACE,
        CREATE,
        OPEN,
        READ,
        MAP,
        EXISTS,
        SIZE,
        LIST,
        RENAME,
        DELETE,
        ALLOCATE,
        TRUNCATE,
        WRITE,
        FORCE,
        FORCE_DIRECTORY
    }

    /** When a faulty call fails: before it has any effect, or after all of it, as an unclear answer does. */
    public enum When {
        BEFORE,
        AFTER
    }

    /** A fault to come: {@code left} calls go well first; {@code lasting} ones never end. */
    private record Fault(int left, Kind kind, When when, boolean lasting) {
        boolean isDue() {
            return left == 0;
        }

        /** What remains of it behind one more call; null if that was the one. */
        Fault after() {
            if (left == 0) {
                return lasting ? this : null;
            }
            return new Fault(left - 1, kind, when, lasting);
        }
    }

    private final Storage storage;
    private final Map<Call, Fault> faults = new EnumMap<>(Call.class);
    private Fault anyFault;
    private boolean reached;
    private final List<String> calls = new ArrayList<>();

    public FaultStorage(Storage storage) {
        this.storage = storage;
    }

    /** The {@code nth} call of that kind from now on, 1 being the next, fails once. */
    public synchronized void fail(Call call, int nth, Kind kind, When when) {
        faults.put(call, new Fault(nth - 1, kind, when, false));
    }

    /** Every call of that kind fails from now on, without effect, until {@link #heal}. */
    public synchronized void failAlways(Call call, Kind kind) {
        faults.put(call, new Fault(0, kind, When.BEFORE, true));
    }

    /** The {@code nth} call from now on, of whatever kind, fails once: for sweeps over a whole program. */
    public synchronized void failAny(int nth, Kind kind, When when) {
        anyFault = new Fault(nth - 1, kind, when, false);
    }

    /** The {@code nth} call from now on and every later one fail, of whatever kind, without effect, until {@link #heal}. */
    public synchronized void failAllFrom(int nth, Kind kind) {
        anyFault = new Fault(nth - 1, kind, When.BEFORE, true);
    }

    /** Has any fault been met? */
    public synchronized boolean isReached() {
        return reached;
    }

    /** No call fails any more. */
    public synchronized void heal() {
        faults.clear();
        anyFault = null;
    }

    /** What was asked since the last time, as {@code CALL file-name}, in order. */
    public synchronized List<String> takeCalls() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    private synchronized Fault next(Call call, Path path) {
        calls.add(call + " " + path.getFileName());
        Fault fault = faults.get(call);
        if (fault != null) {
            faults.put(call, fault.after());
            if (fault.isDue()) {
                reached = true;
                return fault;
            }
        }
        Fault any = anyFault;
        if (any != null) {
            anyFault = any.after();
            if (any.isDue()) {
                reached = true;
                return any;
            }
        }
        return null;
    }

    private <T> T run(Call call, Path path, Supplier<T> effect) {
        Fault fault = next(call, path);
        T result = fault == null || fault.when == When.AFTER ? effect.get() : null;
        if (fault == null) {
            return result;
        }
        closeUnseen(result);
        throw new StorageException(
                fault.kind, "injected fault: call=" + call + ", when=" + fault.when + ", path=" + path);
    }

    /** What an effect opened that its caller never hears of would stay open. */
    private static void closeUnseen(Object result) {
        if (result instanceof OutputFile output) {
            output.close();
        } else if (result instanceof OpenFile open) {
            open.close();
        } else if (result instanceof MappedFile mapped) {
            mapped.close();
        }
    }

    private void run(Call call, Path path, Runnable effect) {
        run(call, path, () -> {
            effect.run();
            return null;
        });
    }

    @Override
    public void createDirectories(Path directory) {
        run(Call.CREATE_DIRECTORIES, directory, () -> storage.createDirectories(directory));
    }

    @Override
    public boolean createIfAbsent(Path file, byte[] content) {
        return run(Call.CREATE_IF_ABSENT, file, () -> storage.createIfAbsent(file, content));
    }

    @Override
    public void replace(Path file, byte[] content) {
        run(Call.REPLACE, file, () -> storage.replace(file, content));
    }

    @Override
    public OutputFile create(Path file) {
        return run(Call.CREATE, file, () -> new FaultyOutputFile(file, storage.create(file)));
    }

    @Override
    public byte[] read(Path file) {
        return run(Call.READ, file, () -> storage.read(file));
    }

    @Override
    public MappedFile map(Path file) {
        return run(Call.MAP, file, () -> storage.map(file));
    }

    @Override
    public boolean exists(Path file) {
        return run(Call.EXISTS, file, () -> storage.exists(file));
    }

    @Override
    public long size(Path file) {
        return run(Call.SIZE, file, () -> storage.size(file));
    }

    @Override
    public List<String> list(Path directory) {
        return run(Call.LIST, directory, () -> storage.list(directory));
    }

    @Override
    public void force(Path file) {
        run(Call.FORCE, file, () -> storage.force(file));
    }

    @Override
    public OpenFile open(Path file) {
        return run(Call.OPEN, file, () -> new FaultyOpenFile(file, storage.open(file)));
    }

    @Override
    public void allocate(Path file, long offset, long bytes) {
        run(Call.ALLOCATE, file, () -> storage.allocate(file, offset, bytes));
    }

    @Override
    public void forceDirectory(Path directory) {
        run(Call.FORCE_DIRECTORY, directory, () -> storage.forceDirectory(directory));
    }

    @Override
    public void rename(Path from, Path to) {
        run(Call.RENAME, to, () -> storage.rename(from, to));
    }

    @Override
    public boolean delete(Path file) {
        return run(Call.DELETE, file, () -> storage.delete(file));
    }

    /** Its writes and forces count as calls of the storage. */
    private final class FaultyOutputFile implements OutputFile {
        private final Path file;
        private final OutputFile output;

        private FaultyOutputFile(Path file, OutputFile output) {
            this.file = file;
            this.output = output;
        }

        @Override
        public void write(ByteBuffer bytes) {
            run(Call.WRITE, file, () -> output.write(bytes));
        }

        @Override
        public long position() {
            return output.position();
        }

        @Override
        public void force() {
            run(Call.FORCE, file, output::force);
        }

        @Override
        public void close() {
            output.close();
        }
    }

    /** Its forces and cuts count as calls of the storage. */
    private final class FaultyOpenFile implements OpenFile {
        private final Path file;
        private final OpenFile open;

        private FaultyOpenFile(Path file, OpenFile open) {
            this.file = file;
            this.open = open;
        }

        @Override
        public void force() {
            run(Call.FORCE, file, open::force);
        }

        @Override
        public void forceFirst(long bytes) {
            run(Call.FORCE, file, () -> open.forceFirst(bytes));
        }

        @Override
        public void clear() {
            FaultStorage.this.run(Call.WRITE, file, open::clear);
        }

        @Override
        public void truncate(long bytes) {
            run(Call.TRUNCATE, file, () -> open.truncate(bytes));
        }

        @Override
        public void close() {
            open.close();
        }
    }
}
