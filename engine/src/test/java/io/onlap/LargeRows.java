package io.onlap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.onlap.memtable.TableSchema;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A table of blobs, each known from its length. */
final class LargeRows {
    static final TableSchema SCHEMA = TableSchema.of(new Schema(List.of(
                    Field.notNullable("id", ArrowType.Utf8.INSTANCE),
                    Field.nullable("value", ArrowType.Binary.INSTANCE))))
            .key("id");

    private LargeRows() {}

    static byte[] value(int bytes) {
        byte[] value = new byte[bytes];
        new Random(bytes).nextBytes(value);
        return value;
    }

    static void check(Table table, String id, int bytes) {
        assertArrayEquals(value(bytes), (byte[]) table.get(id).orElseThrow().get("value"));
    }
}
