package io.onlap.manifest;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * Where things lie in a store:
 *
 * <pre>
 *   FORMAT                       magic and format of the store; written last, so it says that a store is whole
 *   LOCK OWNER EPOCH COUNTERS    of the owner
 *   wal/                         see io.onlap.wal
 *   manifest/&lt;20 digits&gt;.json    one record per version, from 1
 *   manifest/HINT                where to look for the newest checkpoint; never believed
 *   boundary/BOUNDARY-&lt;20 digits&gt;
 *   checkpoints/&lt;20 digits&gt;.arrow
 *   owners/&lt;20 digits&gt;         an owner's own file, by epoch
 *   segments/ intents/ leases/
 * </pre>
 *
 * <p>Boundaries have a directory of their own because each commit lists them, and a commit must not cost more the more
 * records there are.
 *
 * <p>Threading: immutable.
 */
public record StoreLayout(Path root) {
    static final Set<String> DIRECTORIES =
            Set.of("wal", "manifest", "boundary", "checkpoints", "segments", "intents", "leases", "owners");
    static final Set<String> OWNER_FILES = Set.of("LOCK", "OWNER", "EPOCH", "COUNTERS");

    private static final String RECORD_ENDING = ".json";
    private static final String CHECKPOINT_ENDING = ".arrow";
    private static final String BOUNDARY_PREFIX = "BOUNDARY-";
    private static final int DIGITS = 20;

    /** Empty; locked by the owner as long as it lives. */
    public Path lock() {
        return root.resolve("LOCK");
    }

    /** Tells who the owner is; only for messages. */
    public Path owner() {
        return root.resolve("OWNER");
    }

    /** The mapped word with the owner's number. */
    public Path epoch() {
        return root.resolve("EPOCH");
    }

    /** What the owner tells of itself; no row depends on it. */
    public Path counters() {
        return root.resolve("COUNTERS");
    }

    /** The log, a directory per owner. */
    public Path wal() {
        return root.resolve("wal");
    }

    public Path format() {
        return root.resolve("FORMAT");
    }

    public Path manifest() {
        return root.resolve("manifest");
    }

    public Path hint() {
        return manifest().resolve("HINT");
    }

    public Path boundaries() {
        return root.resolve("boundary");
    }

    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    public Path segments() {
        return root.resolve("segments");
    }

    public Path intents() {
        return root.resolve("intents");
    }

    public Path leases() {
        return root.resolve("leases");
    }

    public Path owners() {
        return root.resolve("owners");
    }

    /** Locked while the owner of {@code epoch} lives; see {@link Owners}. */
    public Path ownFile(long epoch) {
        return owners().resolve(digits(epoch));
    }

    public Path record(long version) {
        return manifest().resolve(digits(version) + RECORD_ENDING);
    }

    public Path checkpoint(long version) {
        return checkpoints().resolve(digits(version) + CHECKPOINT_ENDING);
    }

    public Path boundary(long version) {
        return boundaries().resolve(BOUNDARY_PREFIX + digits(version));
    }

    /** The version a file of {@link #checkpoints} is named after, or -1 for any other file. */
    static long checkpointVersion(String name) {
        return name.endsWith(CHECKPOINT_ENDING)
                ? number(name.substring(0, name.length() - CHECKPOINT_ENDING.length()))
                : -1;
    }

    /** The version a file of {@link #boundaries} is named after, or -1 for any other file. */
    static long boundaryVersion(String name) {
        return name.startsWith(BOUNDARY_PREFIX) ? number(name.substring(BOUNDARY_PREFIX.length())) : -1;
    }

    /** The epoch a file of {@link #owners} is named after, or -1 for any other file. */
    static long ownFileEpoch(String name) {
        return number(name);
    }

    private static String digits(long version) {
        return String.format(Locale.ROOT, "%0" + DIGITS + "d", version);
    }

    private static long number(String text) {
        if (text.length() != DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1; // twenty digits may exceed a long: no version of ours
        }
    }
}
