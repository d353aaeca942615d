package io.onlap.memtable;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The columns of a table and which of them are its key. A table without key appends.
 *
 * <p>The key of a row is one byte string whose unsigned order is the order of the key (see {@code KeyCodec}). For a single
 * utf8 or binary key column it is the value itself; any other key is stored beside the columns as {@link #KEY_FIELD}.
 *
 * <p>Threading: immutable.
 */
public final class TableSchema {
    /** Most key columns. */
    public static final int KEY_COLUMNS_MAX = 4;
    /** Most columns: a row's null bitmap and fixed part stay small. */
    public static final int COLUMNS_MAX = 1_000;
    /** Stored beside the columns of a keyed table: true for a tombstone. */
    public static final String DELETED_FIELD = "_deleted";
    /** Stored beside the columns where the encoded key is not a column's own bytes. */
    public static final String KEY_FIELD = "_key";

    private final int schemaId;
    private final List<Column> columns;
    private final List<Column> keyColumns;
    private final Map<String, Column> byName = new LinkedHashMap<>();
    private final Schema arrow;
    private final RowLayout layout;

    private TableSchema(int schemaId, List<Column> columns, List<Column> keyColumns) {
        this.schemaId = schemaId;
        this.columns = List.copyOf(columns);
        this.keyColumns = List.copyOf(keyColumns);
        this.arrow = new Schema(columns.stream().map(Column::field).toList());
        columns.forEach(column -> byName.put(column.name(), column));
        this.layout = new RowLayout(this);
    }

    /**
     * A schema without key of the fields of {@code arrow}, their column ids counted from 1.
     *
     * @throws StorageException INVALID for no or too many columns, a type Onlap has not, a name twice, an empty name, or one
     *     that starts with an underscore
     */
    public static TableSchema of(Schema arrow) {
        List<Field> fields = arrow.getFields();
        if (fields.isEmpty() || fields.size() > COLUMNS_MAX) {
            throw invalid("column count out of range: columns=" + fields.size() + ", columnsMax=" + COLUMNS_MAX);
        }
        List<Column> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Field field : fields) {
            String name = field.getName();
            if (name == null || name.isEmpty() || name.startsWith("_")) {
                throw invalid("column name empty or starting with an underscore: column=" + name);
            }
            if (!names.add(name)) {
                throw invalid("column named twice: column=" + name);
            }
            columns.add(new Column(columns.size() + 1, columns.size(), field, ColumnType.of(field)));
        }
        return new TableSchema(1, columns, List.of());
    }

    /**
     * The same columns with these as key, in this order; key columns become non-nullable.
     *
     * @throws StorageException INVALID for more than four, a name twice, an unknown name, or a type keys cannot have
     */
    public TableSchema key(String... names) {
        if (names.length > KEY_COLUMNS_MAX) {
            throw invalid("too many key columns: columns=" + names.length + ", columnsMax=" + KEY_COLUMNS_MAX);
        }
        List<Column> all = new ArrayList<>(columns);
        List<Column> key = new ArrayList<>();
        for (String name : names) {
            Column column = column(name);
            if (!column.type().isKeyType()) {
                throw invalid("column cannot be a key: column=" + name + ", type=" + column.typeName());
            }
            if (key.stream().anyMatch(other -> other.id() == column.id())) {
                throw invalid("key column named twice: column=" + name);
            }
            Column required =
                    new Column(column.id(), column.index(), withNullable(column.field(), false), column.type());
            all.set(column.index(), required);
            key.add(required);
        }
        return new TableSchema(schemaId, all, key);
    }

    /** Number of this schema within its table, from 1. */
    public int schemaId() {
        return schemaId;
    }

    /** In the order of the schema. */
    public List<Column> columns() {
        return columns;
    }

    /** In the order of the key; empty for a table that appends. */
    public List<Column> keyColumns() {
        return keyColumns;
    }

    public boolean isKeyed() {
        return !keyColumns.isEmpty();
    }

    public boolean isKey(Column column) {
        return keyColumns.contains(column);
    }

    /** Is the encoded key the very bytes of the only key column? */
    public boolean isKeyOwnBytes() {
        return keyColumns.size() == 1 && keyColumns.get(0).type().isVariableWidth();
    }

    /** The column of that name; INVALID if there is none. */
    public Column column(String name) {
        Column column = byName.get(name);
        if (column == null) {
            throw invalid("unknown column: column=" + name + ", columns=" + byName.keySet());
        }
        return column;
    }

    /** Place of the column of that name, or -1. */
    public int indexOf(String name) {
        Column column = byName.get(name);
        return column == null ? -1 : column.index();
    }

    /** The columns as users see them. */
    public Schema arrow() {
        return arrow;
    }

    /**
     * The columns as files store them: all but the key nullable, because a tombstone has only a key; then, in a keyed table,
     * {@link #DELETED_FIELD} (bool) and, where the key is not one column's own bytes, {@link #KEY_FIELD} (binary).
     */
    public Schema stored() {
        List<Field> fields = new ArrayList<>();
        for (Column column : columns) {
            fields.add(isKey(column) ? column.field() : withNullable(column.field(), true));
        }
        if (isKeyed()) {
            fields.add(Field.notNullable(DELETED_FIELD, ArrowType.Bool.INSTANCE));
            if (!isKeyOwnBytes()) {
                fields.add(Field.notNullable(KEY_FIELD, ArrowType.Binary.INSTANCE));
            }
        }
        return new Schema(fields);
    }

    /** How its rows lie in bytes. */
    RowLayout layout() {
        return layout;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TableSchema that
                && schemaId == that.schemaId
                && columns.equals(that.columns)
                && keyColumns.equals(that.keyColumns);
    }

    @Override
    public int hashCode() {
        return columns.hashCode() * 31 + keyColumns.hashCode();
    }

    @Override
    public String toString() {
        return arrow + " key=" + keyColumns.stream().map(Column::name).toList();
    }

    private static Field withNullable(Field field, boolean nullable) {
        FieldType type = new FieldType(nullable, field.getType(), field.getDictionary(), field.getMetadata());
        return new Field(field.getName(), type, field.getChildren());
    }

    private static StorageException invalid(String message) {
        return new StorageException(Kind.INVALID, message);
    }
}
