package io.onlap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How this package uses the JSON library: its settings, its places as 1-based byte offsets, its messages on one line.
 *
 * <p>Threading: stateless.
 */
final class Json {
    private static final int REASON_CHARS_MAX = 200;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /**
     * For lines that {@link LineReader} has bounded: UTF-8 only, strings as long as a line. Written text is never escaped without
     * need, floats in the fewest digits.
     */
    static JsonFactory lineFactory() {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(LineReader.LINE_BYTES_MAX)
                        .build())
                .build();
    }

    /** One line of results: names and values by turns, values as the library writes them. */
    static String object(Object... namesAndValues) {
        return text(map(namesAndValues));
    }

    /** A JSON object in the order of its names. */
    static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    /** Any value the library can write, on one line. */
    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("result not written as JSON: value=" + value, e);
        }
    }

    /** Where the parser's token starts. */
    static long offset(JsonParser parser) {
        return parser.currentTokenLocation().getByteOffset() + 1;
    }

    /** Where the parser failed within the {@code length} bytes at {@code start}, or just behind them. */
    static long offset(JsonProcessingException e, byte[] line, int start, int length) {
        JsonLocation location = e.getLocation();
        long at = location == null ? 0 : Math.max(0, Math.min(location.getByteOffset(), length));
        if (e.getOriginalMessage().contains(" token '")) {
            // of an unknown word the parser names some byte of it or the one behind; people look for its start
            if (at > 0 && (at == length || !isWordPart(line[start + (int) at]))) {
                at--;
            }
            while (at > 0 && isWordPart(line[start + (int) at - 1])) {
                at--;
            }
        }
        return at + 1;
    }

    private static boolean isWordPart(byte b) {
        return b < 0 || b == '_' || Character.isLetterOrDigit(b);
    }

    /** What the parser says, on one line, without the settings it would advise a programmer to. */
    static String reason(JsonProcessingException e) {
        String message = e.getOriginalMessage()
                .replaceAll(" \\(start marker at .*|\\s+", " ")
                .replaceFirst("^Non-standard token '([^']*)'.*", "no such word in JSON: $1")
                .strip();
        return "broken JSON: "
                + (message.length() <= REASON_CHARS_MAX ? message : message.substring(0, REASON_CHARS_MAX) + "…");
    }

    /** A word for a value in a message. */
    static String kind(JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> "string";
            case VALUE_NUMBER_INT -> "integer";
            case VALUE_NUMBER_FLOAT -> "number with a fraction or exponent";
            case VALUE_TRUE, VALUE_FALSE -> "bool";
            case VALUE_NULL -> "null";
            case START_ARRAY -> "array";
            case START_OBJECT -> "object";
            default -> "nothing";
        };
    }

    /** Says in a message about an unknown column why inference has not made one of such a value. */
    static String unsupportedKind(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> ", and objects cannot be stored";
            case START_ARRAY -> ", and of arrays only those of numbers, all of one length, can be stored";
            default -> "";
        };
    }
}
