package io.onlap.manifest;

import io.onlap.io.StoreClock;
import io.onlap.memtable.TableSchema;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A checkpoint: the whole state at one version as an Arrow IPC file that any Arrow tool reads, one row per segment file,
 * and everything else as JSON under {@link #STATE_KEY} in the schema's metadata.
 *
 * <pre>
 *   "ARROW1" | schema | record batches | end of stream |   as any Arrow file
 *   "ONLAPCP" | int8 format | int32 crc32c | int32 0 |     16 bytes of ours, which no reader of Arrow files looks at
 *   footer | int32 footer length | "ARROW1"                as any Arrow file
 * </pre>
 *
 * <p>The crc32c covers every byte of the file but its own four. Integers of ours are little-endian.
 *
 * <p>Threading: stateless.
 */
final class CheckpointFormat {
    static final int FORMAT = 1;
    static final int ROWS_PER_BATCH = 8_192;
    static final String STATE_KEY = "onlap.state";
    static final byte[] SEAL_MAGIC = {'O', 'N', 'L', 'A', 'P', 'C', 'P'};
    static final int SEAL_BYTES = 16;
    static final int SEAL_FORMAT_OFFSET = 7;
    static final int SEAL_CRC_OFFSET = 8;
    /** The int32 footer length and "ARROW1". */
    static final int ARROW_TAIL_BYTES = 10;

    static final String TABLE_ID = "table_id";
    static final String PATH = "path";
    static final String NAME = "name";
    static final String SCHEMA_ID = "schema_id";
    static final String MIN_GENERATION = "min_generation";
    static final String MAX_GENERATION = "max_generation";
    static final String ROWS = "rows";
    static final String TOMBSTONES = "tombstones";
    static final String BYTES = "bytes";
    static final String MIN_KEY = "min_key";
    static final String MAX_KEY = "max_key";
    static final String CHECKSUM = "checksum";
    static final String COLUMNS = "columns";
    static final String COLUMN_ID = "column_id";
    static final String NULLS = "nulls";
    static final String MIN = "min";
    static final String MAX = "max";

    private static final ArrowType INT32 = new ArrowType.Int(32, true);
    private static final ArrowType INT64 = new ArrowType.Int(64, true);
    private static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;

    /** The columns of the Arrow file; the path is there for people, the table id for us. */
    private static final List<Field> FIELDS = List.of(
            Field.notNullable(TABLE_ID, INT32),
            Field.notNullable(PATH, TEXT),
            Field.notNullable(NAME, TEXT),
            Field.notNullable(SCHEMA_ID, INT32),
            Field.notNullable(MIN_GENERATION, INT64),
            Field.notNullable(MAX_GENERATION, INT64),
            Field.notNullable(ROWS, INT64),
            Field.notNullable(TOMBSTONES, INT64),
            Field.notNullable(BYTES, INT64),
            Field.notNullable(CHECKSUM, INT64),
            Field.nullable(MIN_KEY, ArrowType.Binary.INSTANCE),
            Field.nullable(MAX_KEY, ArrowType.Binary.INSTANCE),
            new Field(
                    COLUMNS,
                    FieldType.notNullable(ArrowType.List.INSTANCE),
                    List.of(new Field(
                            "column",
                            FieldType.notNullable(ArrowType.Struct.INSTANCE),
                            List.of(
                                    Field.notNullable(COLUMN_ID, INT32),
                                    Field.notNullable(NULLS, INT64),
                                    Field.nullable(MIN, TEXT),
                                    Field.nullable(MAX, TEXT))))));

    private CheckpointFormat() {}

    static Schema schema(String stateJson) {
        return new Schema(FIELDS, Map.of(STATE_KEY, stateJson));
    }

    /** All of a state but its segment files. Threading: immutable. */
    record Rest(
            long version,
            String commitId,
            StoreClock.Instant time,
            long epoch,
            Flushed flushed,
            int nextTableId,
            List<Table> tables) {}

    /** How far memory has become files, with all bookmarks. Threading: immutable. */
    record Flushed(long generation, long lastSequence, Map<String, Long> bookmarks) {}

    /** A table without its files. Threading: immutable. */
    record Table(int tableId, String path, TableSchema schema, long createdVersion) {}
}
