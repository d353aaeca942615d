package io.onlap.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads {@code --schema FILE}: a JSON array of {@code {"name":…,"type":…,"nullable":…}} in column order; types as in
 * {@link TypeNames}, nullable true unless said.
 *
 * <p>Threading: stateless.
 */
final class SchemaFile {
    private static final Set<String> PROPERTIES = Set.of("name", "type", "nullable");
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private SchemaFile() {}

    /**
     * The columns, without key.
     *
     * @throws StorageException NOT_FOUND without the file, INVALID for what is not a schema
     */
    static TableSchema read(Path file) {
        try {
            return parse(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw IoFailure.of("cannot read", file, e);
        }
    }

    private static TableSchema parse(String file, byte[] bytes) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw invalid(file, Json.reason(e), e);
        }
        if (!root.isArray()) {
            throw invalid(file, "not a JSON array of columns", null);
        }
        List<Field> fields = new ArrayList<>();
        for (JsonNode column : root) {
            fields.add(field(file, column));
        }
        return TableSchema.of(new Schema(fields));
    }

    private static Field field(String file, JsonNode column) {
        if (!column.isObject()) {
            throw invalid(file, "a column is not a JSON object: column=" + column, null);
        }
        for (Iterator<String> names = column.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!PROPERTIES.contains(name)) {
                throw invalid(file, "unknown property: property=" + name + ", column=" + column, null);
            }
        }
        JsonNode name = column.path("name");
        JsonNode type = column.path("type");
        JsonNode nullable = column.path("nullable");
        if (!name.isTextual() || !type.isTextual() || !(nullable.isBoolean() || nullable.isMissingNode())) {
            throw invalid(file, "name and type are text, nullable is true or false: column=" + column, null);
        }
        return TypeNames.field(name.textValue(), type.textValue(), nullable.asBoolean(true));
    }

    private static StorageException invalid(String file, String reason, Throwable cause) {
        return new StorageException(Kind.INVALID, "schema file: file=" + file + ", reason=" + reason, cause);
    }
}
