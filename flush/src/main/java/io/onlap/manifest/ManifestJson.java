package io.onlap.manifest;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Values of this package as sealed JSON files: a field per record component, byte strings in base64, nulls left out. A
 * field that is not known was written by a newer program.
 *
 * <p>Threading: stateless; the mapper is not changed after it is built.
 */
final class ManifestJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(SchemaJson.module())
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .visibility(PropertyAccessor.ALL, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
            .build();

    private ManifestJson() {}

    /** The whole file that holds {@code value}. */
    static byte[] seal(String kind, Object value) {
        return SealedJson.seal(kind, bytes(value));
    }

    /**
     * The value a file holds.
     *
     * @param file named in failures
     * @throws StorageException INVALID for a newer format, CORRUPT if it is damaged
     */
    static <T> T open(Path file, String kind, byte[] bytes, Class<T> type) {
        return value(file, SealedJson.open(file, kind, bytes), type);
    }

    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new StorageException(Kind.FATAL, "value not written as JSON: type=" + value.getClass(), e);
        }
    }

    /** The value whose JSON is {@code body}; failures as {@link #open}. */
    static <T> T value(Path file, byte[] body, Class<T> type) {
        try {
            T value = MAPPER.readValue(body, type);
            if (value == null) {
                throw SealedJson.corrupt(file, "nothing in it", 0);
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw SealedJson.newerFormat(file, "field=" + e.getPropertyName());
        } catch (JsonProcessingException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof StorageException known) {
                    throw new StorageException(known.kind(), known.getMessage() + ", path=" + file, e);
                }
            }
            throw new StorageException(
                    Kind.CORRUPT, "bad JSON: path=" + file + ", reason=" + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new StorageException(Kind.FATAL, "JSON not read: path=" + file, e);
        }
    }
}
