package io.onlap.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import io.onlap.memtable.Column;
import io.onlap.memtable.TableSchema;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.util.Base64;
import java.util.List;

/**
 * Keys as text: a key of one column is its plain text (binary base64, integers decimal, timestamps ISO-8601), a key of several a
 * JSON array of its values. In Java a key is an array with a String, byte[], Long or Instant per key column.
 *
 * <p>Threading: stateless.
 */
final class KeyText {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private KeyText() {}

    /** A whole key; INVALID for text that is none. */
    static Object[] parse(TableSchema schema, String text) {
        Object[] key = parseLeading(schema, text);
        int columns = schema.keyColumns().size();
        if (key.length != columns) {
            throw wrongCount(columns, key.length, text);
        }
        return key;
    }

    private static StorageException wrongCount(int expected, int found, String key) {
        return invalid(key, "a key has a value per key column: expected=" + expected + ", found=" + found);
    }

    /** The values of the first, of the first two … or of all key columns: a bound or a prefix. INVALID for text that is none. */
    static Object[] parseLeading(TableSchema schema, String text) {
        List<Column> columns = schema.keyColumns();
        if (columns.isEmpty()) {
            throw invalid(text, "the table has no key");
        }
        if (columns.size() == 1) {
            return new Object[] {ofText(columns.get(0), text, text)};
        }
        JsonNode array = array(text);
        if (!array.isArray() || array.isEmpty()) {
            throw invalid(text, "a key of several columns is a JSON array: columns=" + names(columns));
        }
        if (array.size() > columns.size()) {
            throw wrongCount(columns.size(), array.size(), text);
        }
        Object[] key = new Object[array.size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = ofJson(columns.get(i), array.get(i), text);
        }
        return key;
    }

    private static JsonNode array(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new StorageException(Kind.INVALID, "key: key=" + text + ", reason=" + Json.reason(e), e);
        }
    }

    private static Object ofJson(Column column, JsonNode value, String key) {
        boolean integer =
                switch (column.type()) {
                    case UTF8, BINARY, TIMESTAMP -> false;
                    default -> true;
                };
        if (integer ? !value.isIntegralNumber() : !value.isTextual()) {
            throw invalid(key, "wrong type: column=" + column.name() + ", expected=" + column.typeName());
        }
        return ofText(column, value.asText(), key);
    }

    private static Object ofText(Column column, String text, String key) {
        try {
            return switch (column.type()) {
                case UTF8 -> text;
                case BINARY -> Base64.getDecoder().decode(text);
                case TIMESTAMP -> TimestampText.instant(TimestampText.parse(text, column), column);
                default -> integer(column, text, key);
            };
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw new StorageException(
                    Kind.INVALID,
                    "key: key=" + key + ", column=" + column.name() + ", expected=" + column.typeName() + ", reason="
                            + e.getMessage(),
                    e);
        }
    }

    private static Long integer(Column column, String text, String key) {
        BigInteger value = new BigInteger(text);
        if (value.bitLength() >= column.type().fixedBytes() * Byte.SIZE) {
            throw invalid(key, "number out of range: column=" + column.name() + ", type=" + column.typeName());
        }
        return value.longValue();
    }

    /** What {@link #parse} reads. */
    static String text(Object... key) {
        return key.length == 1 && !(key[0] instanceof byte[]) ? key[0].toString() : unquoted(json(key));
    }

    private static String unquoted(String json) {
        return json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
    }

    /** The key as a JSON value: the value of its only column, or an array. */
    static String json(Object... key) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            if (key.length > 1) {
                json.writeStartArray();
            }
            for (Object value : key) {
                write(json, value);
            }
            if (key.length > 1) {
                json.writeEndArray();
            }
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory cannot fail", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof byte[] bytes) {
            json.writeString(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }

    private static StorageException invalid(String key, String reason) {
        return new StorageException(Kind.INVALID, "key: key=" + key + ", reason=" + reason);
    }
}
