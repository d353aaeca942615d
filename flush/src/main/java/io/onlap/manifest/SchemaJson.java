package io.onlap.manifest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Column;
import io.onlap.memtable.TableSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A table's schema as JSON: {@code {"schemaId":1,"key":["id"],"columns":[{"id":1,"field":{…}}]}}, a field as Arrow's own
 * JSON writes it.
 *
 * <p>Threading: stateless.
 */
final class SchemaJson {
    /** Arrow annotates its fields for a mapper without settings of its own. */
    private static final ObjectMapper ARROW = new ObjectMapper();

    private SchemaJson() {}

    static SimpleModule module() {
        SimpleModule module = new SimpleModule("onlap-schema");
        module.addSerializer(TableSchema.class, new Writer());
        module.addDeserializer(TableSchema.class, new Reader());
        return module;
    }

    /** Threading: stateless. */
    private static final class Writer extends JsonSerializer<TableSchema> {
        @Override
        public void serialize(TableSchema schema, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeStartObject();
            json.writeNumberField("schemaId", schema.schemaId());
            json.writeArrayFieldStart("key");
            for (Column column : schema.keyColumns()) {
                json.writeString(column.name());
            }
            json.writeEndArray();
            json.writeArrayFieldStart("columns");
            for (Column column : schema.columns()) {
                json.writeStartObject();
                json.writeNumberField("id", column.id());
                json.writeFieldName("field");
                json.writeTree(ARROW.<JsonNode>valueToTree(column.field()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    /** Threading: stateless. */
    private static final class Reader extends JsonDeserializer<TableSchema> {
        @Override
        public TableSchema deserialize(JsonParser json, DeserializationContext context) throws IOException {
            JsonNode node = json.readValueAsTree();
            List<Field> fields = new ArrayList<>();
            List<Integer> ids = new ArrayList<>();
            for (JsonNode column : node.path("columns")) {
                fields.add(ARROW.treeToValue(column.path("field"), Field.class));
                ids.add(column.path("id").asInt());
            }
            List<String> key = new ArrayList<>();
            node.path("key").forEach(name -> key.add(name.asText()));
            TableSchema schema = TableSchema.of(new Schema(fields)).key(key.toArray(String[]::new));
            checkIds(schema, node.path("schemaId").asInt(), ids);
            return schema;
        }

        /** Ids that count otherwise belong to a schema that was changed, which this format has no room for. */
        private static void checkIds(TableSchema schema, int schemaId, List<Integer> ids) {
            List<Integer> known = schema.columns().stream().map(Column::id).toList();
            if (schema.schemaId() != schemaId || !known.equals(ids)) {
                throw new StorageException(
                        Kind.INVALID,
                        "schema of a newer format: schemaId=" + schemaId + ", columnIds=" + ids + ", expectedSchemaId="
                                + schema.schemaId() + ", expectedColumnIds=" + known);
            }
        }
    }
}
