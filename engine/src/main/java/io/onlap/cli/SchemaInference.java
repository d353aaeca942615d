package io.onlap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import io.onlap.memtable.TableSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Guesses the columns of a new table from the first lines of its input: text utf8, integers int64, any fraction or exponent
 * float64 (which also takes integers), true and false bool, arrays of numbers of one length embedding, nothing but null
 * utf8. Columns stand in the order they are first seen and are nullable.
 *
 * <p>It ends before the first line that is broken, holds what no column can (an object, another array), or does not go
 * with the lines before; the reader will then say what is wrong with that line.
 *
 * <p>Threading: one thread.
 */
final class SchemaInference {
    /** Lines looked at. */
    static final int LINES_MAX = 1_000;

    private final JsonFactory json = Json.lineFactory();
    private final Map<String, Guess> columns = new LinkedHashMap<>();
    private Map<String, Guess> lastLine = Map.of();
    private int linesSeen;
    private boolean ended;

    /** What a column holds, as far as seen: {@code dimensions} only of an embedding. */
    private record Guess(String type, int dimensions) {
        static final Guess UNKNOWN = new Guess("null", 0);

        /** One guess for both, or null if there is none. */
        Guess with(Guess other) {
            if (equals(other) || other.equals(UNKNOWN)) {
                return this;
            }
            if (equals(UNKNOWN)) {
                return other;
            }
            boolean numbers = isNumber() && other.isNumber();
            return numbers ? new Guess("float64", 0) : null;
        }

        private boolean isNumber() {
            return type.equals("int64") || type.equals("float64");
        }

        Field field(String name) {
            return switch (type) {
                case "embedding" -> TypeNames.embedding(name, dimensions, true);
                case "null" -> TypeNames.field(name, "utf8", true);
                default -> TypeNames.field(name, type, true);
            };
        }
    }

    /** Looks at the first lines, which will be read again. Further inputs may follow until {@link #isComplete}. */
    void sample(LineReader lines) throws IOException {
        lines.mark(Inputs.SAMPLE_BYTES_MAX);
        while (!isComplete() && lines.next()) {
            if (!NdjsonReader.isBlank(lines) || lines.isTooLong()) {
                line(lines);
            }
        }
        lines.rewind();
    }

    /** Would further lines be looked at? */
    boolean isComplete() {
        return ended || linesSeen >= LINES_MAX;
    }

    /** The columns, without key; null if no line gave any. */
    TableSchema schema() {
        if (columns.isEmpty()) {
            return null;
        }
        List<Field> fields = new ArrayList<>();
        columns.forEach((name, guess) -> fields.add(guess.field(name)));
        return TableSchema.of(new Schema(fields));
    }

    /**
     * The columns of the line at which inference ended, up to the value that no column can hold: reading the line with them
     * says what is wrong with it.
     */
    TableSchema schemaOfLastLine() {
        List<Field> fields = new ArrayList<>();
        lastLine.forEach((name, guess) -> {
            if (!name.isEmpty() && !name.startsWith("_")) {
                fields.add(guess.field(name));
            }
        });
        if (fields.isEmpty()) {
            fields.add(TypeNames.field("column", "utf8", true));
        }
        return TableSchema.of(new Schema(fields));
    }

    private void line(LineReader lines) {
        Map<String, Guess> found = lines.isTooLong() ? null : guesses(lines);
        if (found == null) {
            ended = true;
            return;
        }
        linesSeen++;
        columns.putAll(found);
    }

    /** The columns of the line, united with those before; null if the line must end the inference. */
    private Map<String, Guess> guesses(LineReader lines) {
        if (Utf8.invalidAt(lines.buffer(), lines.start(), lines.length()) >= 0) {
            return null;
        }
        try (JsonParser parser = json.createParser(lines.buffer(), lines.start(), lines.length())) {
            return guesses(parser);
        } catch (JsonProcessingException e) {
            return null; // the reader will meet the same line and say why
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory cannot fail", e);
        }
    }

    private Map<String, Guess> guesses(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return null;
        }
        Map<String, Guess> found = new LinkedHashMap<>();
        lastLine = found;
        Set<String> names = new HashSet<>();
        boolean delete = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            Guess guess = guess(parser);
            if (guess == null || !names.add(name)) {
                return null;
            }
            if (name.equals(LineParser.OPERATION_FIELD)) {
                delete = true;
                continue;
            }
            Guess united = columns.getOrDefault(name, Guess.UNKNOWN).with(guess);
            if (united == null) {
                return null;
            }
            found.put(name, united);
        }
        boolean garbage = parser.nextToken() != null;
        return garbage ? null : delete ? Map.of() : found;
    }

    private static Guess guess(JsonParser parser) throws IOException {
        return switch (parser.nextToken()) {
            case VALUE_STRING -> new Guess("utf8", 0);
            case VALUE_NUMBER_INT -> isLong(parser) ? new Guess("int64", 0) : null;
            case VALUE_NUMBER_FLOAT -> new Guess("float64", 0);
            case VALUE_TRUE, VALUE_FALSE -> new Guess("bool", 0);
            case VALUE_NULL -> Guess.UNKNOWN;
            case START_ARRAY -> embedding(parser);
            default -> null;
        };
    }

    private static boolean isLong(JsonParser parser) throws IOException {
        try {
            parser.getLongValue();
            return true;
        } catch (InputCoercionException e) {
            return false; // past int64
        }
    }

    private static Guess embedding(JsonParser parser) throws IOException {
        int dimensions = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (!token.isNumeric()) {
                return null;
            }
            dimensions++;
        }
        return dimensions == 0 ? null : new Guess("embedding", dimensions);
    }
}
