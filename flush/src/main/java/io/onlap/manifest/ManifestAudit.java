package io.onlap.manifest;

import io.onlap.io.Env;
import io.onlap.io.LocalStorage;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Reads everything the manifest room keeps of a store and checks what can be checked: FORMAT, each record and that it
 * follows the one before, that no version lies behind a hole, each checkpoint against the state that the records reach,
 * boundaries, intents, leases, and each segment file with its sidecar (see {@link SegmentAudit}).
 *
 * <p>Beside a live owner it checks the versions up to the head it met; files newer than that are not judged.
 *
 * <p>Threading: one thread; changes nothing.
 */
public final class ManifestAudit {
    private static final String RECORD_ENDING = ".json";
    private static final int RECORD_NAME_CHARS = 20 + RECORD_ENDING.length();

    private final Env env;
    private final StoreLayout layout;
    private final ManifestLog log;
    private final Consumer<Finding> findings;
    private ManifestState head;

    public ManifestAudit(Env env, StoreLayout layout, Consumer<Finding> findings) {
        this.env = env;
        this.layout = layout;
        this.log = new ManifestLog(env, layout, 1);
        this.findings = findings;
    }

    /**
     * Checks everything but the segment files.
     *
     * @return the state at the head, or null if none can be reached
     */
    public ManifestState checkManifest() {
        Set<Long> checkpoints = checkpoints();
        try {
            byte[] format = env.storage().read(layout.format());
            SealedJson.open(layout.format(), SealedJson.STORE, format);
            head = walk(checkpoints);
        } catch (StorageException e) {
            findings.accept(Finding.fault("manifest", e));
        }
        for (long version : checkpoints) {
            checkCheckpoint(version, null);
        }
        checkNames();
        checkIntents();
        checkLeases();
        return head;
    }

    /** Checks the segment files of {@code state} and names those that belong to no table. */
    public void checkSegments(ManifestState state) {
        Set<String> known = new HashSet<>();
        for (TableEntry table : state.tables()) {
            for (SegmentFile file : table.segments()) {
                known.add(file.name() + SegmentFile.DATA_SUFFIX);
                known.add(file.name() + SegmentFile.SIDECAR_SUFFIX);
                try {
                    SegmentAudit.check(env, layout.segments(), file, table.schema());
                } catch (StorageException e) {
                    findings.accept(Finding.fault("segments/" + file.name(), e));
                }
            }
        }
        for (String name : env.storage().list(layout.segments())) {
            if (!known.contains(name)) {
                findings.accept(Finding.note("segments/" + name, "no part of a table at version=" + state.version()));
            }
        }
    }

    private Set<Long> checkpoints() {
        return env.storage().list(layout.checkpoints()).stream()
                .map(StoreLayout::checkpointVersion)
                .filter(version -> version >= 0)
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Follows the records to the head; checkpoints met on the way are checked and taken out of {@code checkpoints}. */
    private ManifestState walk(Set<Long> checkpoints) {
        ManifestState state = ManifestHistory.oldest(env, layout, log);
        ManifestRecord record = log.read(state.version() + 1);
        while (record != null) {
            state = state.apply(record);
            if (checkpoints.remove(state.version())) {
                checkCheckpoint(state.version(), state);
            }
            record = log.read(state.version() + 1);
        }
        return state;
    }

    /** @param expected the state it must hold; null if no record reached it */
    private void checkCheckpoint(long version, ManifestState expected) {
        Path file = layout.checkpoint(version);
        try {
            ManifestState state = CheckpointReader.read(file, env.storage().read(file));
            if (state.version() != version || (expected != null && !sameState(state, expected))) {
                findings.accept(Finding.fault(
                        "CORRUPT",
                        relative(file),
                        "checkpoint is not the state of its version: found=" + state + ", expected=" + expected));
            }
        } catch (StorageException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                findings.accept(Finding.fault(relative(file), e));
            }
        }
    }

    private static boolean sameState(ManifestState one, ManifestState other) {
        return one.commitId().equals(other.commitId())
                && one.toString().equals(other.toString())
                && one.nextTableId() == other.nextTableId()
                && one.bookmarks().equals(other.bookmarks())
                && byId(one).equals(byId(other));
    }

    private static Map<Integer, Object> byId(ManifestState state) {
        Map<Integer, Object> tables = new HashMap<>();
        for (TableEntry table : state.tables()) {
            tables.put(table.tableId(), List.of(table.path(), table.schema(), List.copyOf(table.segments())));
        }
        return tables;
    }

    private void checkNames() {
        for (String name : env.storage().list(layout.manifest())) {
            long version = version(name);
            if (name.startsWith(LocalStorage.TEMPORARY_PREFIX)) {
                findings.accept(Finding.note("manifest/" + name, "left by an attempt that was killed"));
            } else if (version < 0 && !name.equals("HINT")) {
                findings.accept(Finding.note("manifest/" + name, "no file of a manifest"));
            } else if (head != null && version > head.version() + 1) {
                // The very next one may have been made since; one behind a hole never.
                boolean hole = log.read(head.version() + 1) == null;
                if (hole) {
                    findings.accept(Finding.fault(
                            "CORRUPT", "manifest/" + name, "version behind a hole: head=" + head.version()));
                }
            }
        }
    }

    private static long version(String name) {
        if (!name.endsWith(RECORD_ENDING) || name.length() != RECORD_NAME_CHARS) {
            return -1;
        }
        return StoreLayout.checkpointVersion(name.replace(RECORD_ENDING, ".arrow"));
    }

    private void checkIntents() {
        try {
            for (Intent intent : new Intents(env, layout).list()) {
                findings.accept(Finding.note(
                        "intents/" + intent.id(),
                        "unfinished: operation=" + intent.operation() + ", epoch=" + intent.epoch() + ", files="
                                + intent.files()));
            }
        } catch (StorageException e) {
            findings.accept(Finding.fault("intents", e));
        }
    }

    private void checkLeases() {
        for (Leases.Found lease : Leases.list(env, layout)) {
            if (!lease.live()) {
                findings.accept(Finding.note("leases/" + lease.id(), "of a dead reader: pid=" + lease.pid()));
            }
        }
    }

    private String relative(Path file) {
        return layout.root().relativize(file).toString();
    }
}
