package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.MappedFile;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.manifest.Finding;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestAudit;
import io.onlap.manifest.ManifestHistory;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.StoreLayout;
import io.onlap.memtable.RowBlock;
import io.onlap.wal.WalReader;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/**
 * Looks at a store from outside, beside an owner or without one, and changes no byte: what its log and manifest hold, and
 * whether all of it is sound.
 *
 * <p>Threading: stateless.
 */
public final class Inspection {
    private static final int OPEN_ATTEMPTS_MAX = 100;
    private static final int COUNTER_ATTEMPTS_MAX = 1_000;

    private Inspection() {}

    /**
     * A frame of the log.
     *
     * @param file path within the store
     * @param offset of the frame in the file, bytes
     * @param rows rows and deletes of its batches
     * @param bytes of its batches, without headers
     */
    public record WalFrame(
            long epoch,
            long generation,
            String file,
            long offset,
            long firstSequence,
            long lastSequence,
            long rows,
            long bytes) {}

    /**
     * A version of the manifest.
     *
     * @param changes what its record changed, in plain values
     */
    public record ManifestVersion(
            long version, String operation, Instant time, long epoch, String commitId, Map<String, Object> changes) {}

    /**
     * What {@link #verify} found.
     *
     * @param fault is something lost or a law broken? Else it is only worth knowing
     * @param what the kind of failure, or NOTE
     * @param file path within the store
     * @param detail place and values
     */
    public record Found(boolean fault, String what, String file, String detail) {}

    /**
     * The frames of the log that can still be read, in the order of writing.
     *
     * @throws StorageException NOT_FOUND if there is no store; CORRUPT naming the place
     */
    public static void walFrames(Path directory, Consumer<WalFrame> frames) {
        Env env = Env.system();
        StoreLayout layout = layout(env, directory);
        try (WalReader reader = open(env, layout, OwnerFiles.seemsAlive(env, layout))) {
            WalFrame frame = null;
            while (reader.next()) {
                String file = layout.root().relativize(reader.segment()).toString();
                boolean same = frame != null
                        && frame.offset() == reader.frameOffset()
                        && frame.file().equals(file);
                if (frame != null && !same) {
                    frames.accept(frame);
                }
                frame = with(same ? frame : null, reader, file);
            }
            if (frame != null) {
                frames.accept(frame);
            }
        }
    }

    private static WalFrame with(WalFrame frame, WalReader reader, String file) {
        return new WalFrame(
                reader.epoch(),
                reader.generation(),
                file,
                reader.frameOffset(),
                frame == null ? reader.sequence() : frame.firstSequence(),
                reader.sequence(),
                (frame == null ? 0 : frame.rows()) + rows(reader, null),
                (frame == null ? 0 : frame.bytes()) + reader.length());
    }

    /** Rows of the batch; CORRUPT if its blocks do not fill it, or name a table that {@code state} has not. */
    private static long rows(WalReader reader, ManifestState state) {
        DirectBuffer buffer = reader.buffer();
        int at = reader.offset();
        int end = at + reader.length();
        long rows = 0;
        while (end - at >= RowBlock.HEADER_BYTES) {
            int tableId = buffer.getInt(at + RowBlock.TABLE_ID_OFFSET, ByteOrder.LITTLE_ENDIAN);
            int schemaId = buffer.getInt(at + RowBlock.SCHEMA_ID_OFFSET, ByteOrder.LITTLE_ENDIAN);
            int bytes = buffer.getInt(at + RowBlock.BYTES_OFFSET, ByteOrder.LITTLE_ENDIAN);
            rows += buffer.getInt(at + RowBlock.ROW_COUNT_OFFSET, ByteOrder.LITTLE_ENDIAN);
            if (bytes < 0 || bytes > end - at - RowBlock.HEADER_BYTES) {
                break;
            }
            if (state != null && state.schema(tableId, schemaId) == null) {
                throw unsound(reader, "batch of no table: tableId=" + tableId + ", schemaId=" + schemaId);
            }
            at += RowBlock.HEADER_BYTES + bytes;
        }
        if (at != end) {
            throw unsound(reader, "batch whose blocks do not fill it: bytes=" + reader.length());
        }
        return rows;
    }

    private static StorageException unsound(WalReader reader, String what) {
        return new StorageException(
                Kind.CORRUPT,
                what + ", path=" + reader.segment() + ", position=" + reader.frameOffset() + ", sequence="
                        + reader.sequence());
    }

    /**
     * The versions of the manifest that can still be read, ascending.
     *
     * @throws StorageException NOT_FOUND if there is no store; CORRUPT naming the record
     */
    public static List<ManifestVersion> manifestVersions(Path directory) {
        Env env = Env.system();
        List<ManifestVersion> versions = new ArrayList<>();
        for (ManifestHistory.Entry entry : ManifestHistory.read(env, layout(env, directory))) {
            versions.add(new ManifestVersion(
                    entry.version(),
                    entry.operation(),
                    Instant.ofEpochMilli(entry.wallMillis()),
                    entry.epoch(),
                    entry.commitId(),
                    entry.changes()));
        }
        return versions;
    }

    /**
     * Reads the whole store and checks every checksum and law that can be checked on disk: format, manifest records and
     * checkpoints, segment files with their sidecars, and the log. It goes on behind what it finds.
     *
     * @throws StorageException NOT_FOUND if there is no store
     */
    public static void verify(Path directory, Consumer<Found> findings) {
        JvmFlags.check();
        Env env = Env.system();
        StoreLayout layout = layout(env, directory);
        Consumer<Finding> sink = finding ->
                findings.accept(new Found(finding.fault(), finding.what(), finding.file(), finding.detail()));
        ManifestAudit audit = new ManifestAudit(env, layout, sink);
        boolean live = OwnerFiles.seemsAlive(env, layout);
        // The log's files are opened before the head is read: what is cut after that stays readable.
        try (WalReader reader = open(env, layout, live)) {
            ManifestState head = audit.checkManifest();
            if (head != null) {
                checkWal(reader, live ? null : head, sink);
                audit.checkSegments(head);
            }
        } catch (StorageException e) {
            sink.accept(Finding.fault("wal", e));
        }
    }

    /**
     * What the owner tells of itself, as of {@link Counter#UPDATED_MILLIS}; the last owner, if none lives.
     *
     * @return empty if no owner told anything this program understands
     * @throws StorageException NOT_FOUND if there is no store
     */
    @SuppressWarnings("EnumOrdinal") // the order is the format: Counter says so
    public static Map<Counter, Long> counters(Path directory) {
        Env env = Env.system();
        StoreLayout layout = layout(env, directory);
        Map<Counter, Long> values = new EnumMap<>(Counter.class);
        if (!env.storage().exists(layout.counters())
                || env.storage().size(layout.counters()) != CountersFormat.FILE_BYTES) {
            return values;
        }
        try (MappedFile map = env.storage().map(layout.counters())) {
            ByteBuffer bytes = map.buffer().order(ByteOrder.LITTLE_ENDIAN);
            for (int attempt = 0; attempt < COUNTER_ATTEMPTS_MAX; attempt++) {
                long before = bytes.getLong(CountersFormat.TICKET_OFFSET);
                VarHandle.loadLoadFence();
                if (bytes.getLong(CountersFormat.MAGIC_OFFSET) == CountersFormat.MAGIC
                        && bytes.getInt(CountersFormat.FORMAT_OFFSET) == CountersFormat.FORMAT) {
                    int count = Math.min(bytes.getInt(CountersFormat.COUNT_OFFSET), Counter.values().length);
                    for (int i = 0; i < count; i++) {
                        Counter counter = Counter.values()[i];
                        values.put(counter, bytes.getLong(CountersFormat.offset(counter)));
                    }
                }
                VarHandle.loadLoadFence();
                if ((before & 1) == 0 && bytes.getLong(CountersFormat.TICKET_OFFSET) == before) {
                    return values;
                }
            }
            return values; // of an owner that was killed while it wrote them
        }
    }

    /** @param state knows the tables; null beside an owner, which may have made more since it was read */
    private static void checkWal(WalReader reader, ManifestState state, Consumer<Finding> sink) {
        long last = 0;
        try {
            while (reader.next()) {
                rows(reader, state);
                if (reader.sequence() <= last) {
                    throw unsound(reader, "sequences do not ascend: before=" + last);
                }
                last = reader.sequence();
            }
        } catch (StorageException e) {
            sink.accept(Finding.fault("wal", e));
            return;
        }
        if (reader.droppedTail() != null) {
            sink.accept(Finding.note("wal", "torn end, never acknowledged as durable: " + reader.droppedTail()));
        }
    }

    /** A file that vanishes meanwhile was flushed and cut by an owner: the others are looked for again. */
    private static WalReader open(Env env, StoreLayout layout, boolean live) {
        for (int attempt = 1; ; attempt++) {
            try {
                return WalReader.open(env, layout.wal(), live);
            } catch (StorageException e) {
                if (e.kind() != Kind.NOT_FOUND || attempt == OPEN_ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static StoreLayout layout(Env env, Path directory) {
        StoreLayout layout = new StoreLayout(directory.toAbsolutePath());
        Manifest.checkPresent(env, layout.root());
        return layout;
    }
}
