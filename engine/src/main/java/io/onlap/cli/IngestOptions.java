package io.onlap.cli;

import io.onlap.Durability;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import io.onlap.memtable.TableSchema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What {@code ingest} is asked for.
 *
 * <p>Threading: filled before the command runs, then only read.
 */
final class IngestOptions {
    private static final int BATCH_ROWS_MAX = 1_000_000;
    private static final int REPEAT_MAX = 999_999;

    @Option(
            names = "--key",
            paramLabel = "C[,C]",
            description = "Key columns of a new table; an existing one must have the same.")
    private List<String> keys;

    @Option(names = "--schema", paramLabel = "FILE", description = "Columns of a new table, as JSON.")
    Path schema;

    @Option(names = "--durability", description = "process or power (default: process).")
    Durability durability = Durability.PROCESS;

    @Option(names = "--batch", paramLabel = "N", description = "Rows per batch (default: 1000).")
    int batchRows = 1_000;

    @Option(names = "--rate", paramLabel = "R", description = "At most so many rows per second.")
    Long rowsPerSecond;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description = "The files so many times, keys prefixed r000001/, r000002/ and so on.")
    Integer repeat;

    @Option(names = "--acks", paramLabel = "FILE", description = "Append a line per acknowledged row to this file.")
    Path acks;

    @Option(names = "--flush", description = "Flush before the end.")
    boolean flush;

    @Option(names = "--skip-bad", description = "Skip and count bad lines instead of stopping at the first.")
    boolean skipBad;

    @Mixin
    ProgressOption progress;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "NDJSON files; - is stdin.")
    List<String> files;

    /** INVALID for a value out of bounds. */
    void check() {
        key(); // refuses a name that is empty
        within("batch", batchRows, BATCH_ROWS_MAX);
        within("repeat", rounds(), REPEAT_MAX);
        within("rate", rowsPerSecond == null ? 1 : rowsPerSecond, Long.MAX_VALUE);
    }

    /** INVALID if rows of this schema cannot be taken in as asked. */
    void check(TableSchema schema) {
        if (repeat == null || !schema.isKeyed()) {
            return;
        }
        Column first = schema.keyColumns().get(0);
        if (first.type() != ColumnType.UTF8) {
            throw new StorageException(
                    Kind.INVALID,
                    "--repeat prefixes the first key column, which is not utf8: column=" + first.name() + ", type="
                            + first.typeName());
        }
    }

    /** What {@code --repeat} puts before the first key column in this round, from 1; null for nothing. */
    byte[] prefix(TableSchema schema, int round) {
        return repeat == null || !schema.isKeyed()
                ? null
                : String.format(Locale.ROOT, "r%06d/", round).getBytes(StandardCharsets.US_ASCII);
    }

    /** INVALID unless {@code 1 <= value <= max}. */
    static void within(String name, long value, long max) {
        if (value < 1 || value > max) {
            throw new StorageException(
                    Kind.INVALID, "option out of range: name=--" + name + ", value=" + value + ", min=1, max=" + max);
        }
    }

    /** Null if there was none asked for. */
    List<String> key() {
        return ColumnNames.parse("--key", keys);
    }

    int rounds() {
        return repeat == null ? 1 : repeat;
    }
}
