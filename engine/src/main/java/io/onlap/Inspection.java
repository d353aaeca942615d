package io.onlap;

import io.onlap.io.Env;
import io.onlap.io.StorageException;
import io.onlap.manifest.Finding;
import io.onlap.manifest.Manifest;
import io.onlap.manifest.ManifestAudit;
import io.onlap.manifest.ManifestHistory;
import io.onlap.manifest.ManifestState;
import io.onlap.manifest.Owners;
import io.onlap.manifest.StoreLayout;
import io.onlap.memtable.RowBlock;
import io.onlap.wal.WalReader;
import io.onlap.wal.WalTail;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
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
        walFrames(Env.system(), directory, frames);
    }

    static void walFrames(Env env, Path directory, Consumer<WalFrame> frames) {
        StoreLayout layout = layout(env, directory);
        WalFrame[] open = {null};
        LogWalk.read(env, layout, Manifest.open(env, layout.root()), reader -> {
            String file = layout.root().relativize(reader.segment()).toString();
            boolean same = open[0] != null
                    && open[0].offset() == reader.frameOffset()
                    && open[0].file().equals(file);
            if (open[0] != null && !same) {
                frames.accept(open[0]);
            }
            open[0] = with(same ? open[0] : null, reader, file);
        });
        if (open[0] != null) {
            frames.accept(open[0]);
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

    /** Rows of the batch; CORRUPT if its blocks do not fill it, or name a table that {@code manifest}, if any, has not. */
    private static long rows(WalReader reader, Manifest manifest) {
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
            if (manifest != null && manifest.schema(tableId, schemaId) == null) {
                throw LogWalk.unsound(reader, "batch of no table: tableId=" + tableId + ", schemaId=" + schemaId);
            }
            at += RowBlock.HEADER_BYTES + bytes;
        }
        if (at != end) {
            throw LogWalk.unsound(reader, "batch whose blocks do not fill it: bytes=" + reader.length());
        }
        return rows;
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
        verify(Env.system(), directory, findings);
    }

    static void verify(Env env, Path directory, Consumer<Found> findings) {
        JvmFlags.check();
        StoreLayout layout = layout(env, directory);
        Consumer<Finding> sink = finding ->
                findings.accept(new Found(finding.fault(), finding.what(), finding.file(), finding.detail()));
        ManifestAudit audit = new ManifestAudit(env, layout, sink);
        ManifestState head = audit.checkManifest();
        if (head != null) {
            checkWal(env, layout, sink);
            audit.checkSegments(head);
        }
    }

    /**
     * What the owner tells of itself, as of {@link Counter#UPDATED_MILLIS}; the last owner, if none lives.
     *
     * @return empty if no owner told anything this program understands
     * @throws StorageException NOT_FOUND if there is no store
     */
    public static Map<Counter, Long> counters(Path directory) {
        Env env = Env.system();
        return CountersReader.read(env, layout(env, directory)).values();
    }

    /**
     * Does the owner of that number live, in whatever process? Its engine is open then; one that was closed lives no more.
     *
     * @param epoch as {@link Counter#EPOCH} gives it
     * @throws StorageException NOT_FOUND if there is no store
     */
    public static boolean ownerLives(Path directory, long epoch) {
        Env env = Env.system();
        return Owners.lives(env, layout(env, directory), epoch);
    }

    private static void checkWal(Env env, StoreLayout layout, Consumer<Finding> sink) {
        try {
            Manifest manifest = Manifest.open(env, layout.root());
            WalTail tail = LogWalk.read(env, layout, manifest, reader -> rows(reader, manifest));
            if (tail != null) {
                sink.accept(Finding.note("wal", "torn end, never forced: " + tail.describe()));
            }
        } catch (StorageException e) {
            sink.accept(Finding.fault("wal", e));
        }
    }

    private static StoreLayout layout(Env env, Path directory) {
        StoreLayout layout = new StoreLayout(directory.toAbsolutePath());
        Manifest.checkPresent(env, layout.root());
        return layout;
    }
}
