package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.Names;
import io.onlap.manifest.Operation;
import io.onlap.manifest.TableEntry;
import io.onlap.memtable.TableSchema;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One store: tables that take rows in at a high rate, keep what they acknowledged, and show it at once.
 *
 * <pre>{@code
 * try (Engine engine = Engine.open(Path.of("memories"))) {
 *     Table turns = engine.createTable("agents/ada/turns", TableSchema.of(arrowSchema).key("id"));
 *     try (Writer writer = engine.writer()) {
 *         long sequence = writer.put(turns, row -> row.set("id", "s1/0001").set("text", "prefers tea"));
 *         writer.awaitDurable(sequence);
 *     }
 *     turns.get("s1/0001");
 * }
 * }</pre>
 *
 * <p>At most one process owns a store for writing; any number read it beside. After a fatal failure every write fails fast
 * with its cause until the store is opened again; reads go on.
 *
 * <p>Threading: any thread. Writers and scans belong to one thread each.
 */
public final class Engine implements AutoCloseable {
    private final Store store;

    private Engine(Store store) {
        this.store = store;
    }

    /** Opens the store in {@code directory} for writing, with default settings; see {@link #open(Path, EngineSettings)}. */
    public static Engine open(Path directory) {
        return open(directory, EngineSettings.defaults());
    }

    /**
     * Opens the store in {@code directory} for writing, creating it if the directory is absent or empty. Returns when every
     * acknowledged row can be read.
     *
     * @throws StorageException BUSY naming the owner if there is one; INVALID for a directory that is no store, a newer
     *     format or missing JVM flags; CORRUPT naming the place; DISK_FULL. A refused open changes nothing
     */
    public static Engine open(Path directory, EngineSettings settings) {
        return open(directory, settings, Env.system());
    }

    static Engine open(Path directory, EngineSettings settings, Env env) {
        JvmFlags.check();
        return new Engine(Store.openOwner(directory, settings, env));
    }

    /**
     * As {@link #open(Path, EngineSettings)}, but of a store that must be there.
     *
     * @throws StorageException also NOT_FOUND if there is none; nothing is created then
     */
    public static Engine openExisting(Path directory, EngineSettings settings) {
        Env env = Env.system();
        Manifest.checkPresent(env, directory.toAbsolutePath());
        return open(directory, settings, env);
    }

    /**
     * Opens the store for reading, beside an owner or without one, and changes no byte but a lease of its own. Everything
     * acknowledged up to now can be read; {@link #refresh} moves on. Where no owner lives, a torn end of the log is left out:
     * see {@link #droppedTail}.
     *
     * @throws StorageException NOT_FOUND if there is no store; CORRUPT naming the place
     */
    public static Engine openReadOnly(Path directory) {
        return openReadOnly(directory, Env.system());
    }

    static Engine openReadOnly(Path directory, Env env) {
        JvmFlags.check();
        return new Engine(Store.openReader(directory, env));
    }

    /**
     * Creates a table. The same path with an equal schema again is fine.
     *
     * @param path names separated by {@code /}
     * @throws StorageException CONFLICT if the path is a table of another schema; INVALID for a bad path
     */
    public Table createTable(String path, TableSchema schema) {
        store.owner().checkUsable();
        ManifestState state = store.manifest().commit(new Operation.CreateTable(path, schema));
        return new Table(store, state.table(path));
    }

    /**
     * Is {@code path} one that a table may have? Needs no store.
     *
     * @throws StorageException INVALID naming what is wrong with it
     */
    public static void checkTablePath(String path) {
        Names.checkPath(path);
    }

    /**
     * The table at {@code path}.
     *
     * @throws StorageException NOT_FOUND
     */
    public Table table(String path) {
        store.checkOpen();
        TableEntry entry = store.manifest().head().table(path);
        if (entry == null) {
            throw new StorageException(Kind.NOT_FOUND, "no such table: path=" + path);
        }
        return new Table(store, entry);
    }

    /** All tables, by path. */
    public List<Table> tables() {
        store.checkOpen();
        return store.manifest().head().tables().stream()
                .sorted((a, b) -> a.path().compareTo(b.path()))
                .map(entry -> new Table(store, entry))
                .toList();
    }

    /** A new writer, for one thread. */
    public Writer writer() {
        return new Writer(store);
    }

    /** All tables at this moment. */
    public View view() {
        return new View(store);
    }

    /**
     * Seals what is in memory and waits until it is in segment files.
     *
     * @return the manifest version that holds it
     * @throws StorageException the failure of the engine; DISK_FULL when there is no room for 5 s or {@code
     *     stallTimeout}, whichever is less: the flush is tried on all the same
     */
    public long flush() {
        store.owner().flush();
        return store.manifest().head().version();
    }

    /** Of an engine opened read-only: moves on to everything acknowledged up to now. An owner is always there. */
    public void refresh() {
        store.refresh();
    }

    /**
     * What the open of this owner dropped from the end of the log: bytes that were never forced and are no whole batches in
     * unbroken order, as a kill in the middle of an append leaves them, or a loss of power under {@link Durability#PROCESS}.
     * Of an engine opened read-only: what its open or last {@link #refresh} left out so, which the next owner will drop.
     *
     * @return place and size, for people; empty if the log was whole, or, of a read-only engine, its owner lives
     */
    public Optional<String> droppedTail() {
        return store.droppedTail();
    }

    /** The store's directory, absolute. */
    public Path directory() {
        return store.layout().root();
    }

    public boolean isReadOnly() {
        return store.isReadOnly();
    }

    /** Sizes and counts at this moment; works after a failure too. */
    public EngineStats stats() {
        return store.stats();
    }

    /** Is it sound, and if not, since which failure? */
    public Health health() {
        return store.health();
    }

    /**
     * Finishes the batches handed in before, forces the log and frees everything. Idempotent. Rows that are not flushed stay
     * in the log and come back at the next open.
     *
     * @throws StorageException the first failure of this engine, if it had one
     */
    @Override
    public void close() {
        store.close();
    }
}
