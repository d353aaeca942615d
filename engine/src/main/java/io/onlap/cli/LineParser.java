package io.onlap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import io.onlap.memtable.TableSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Base64;

/**
 * Turns one line of NDJSON into {@link LineValues}, token by token: no tree and, for text without escapes, no characters
 * either, because the bytes of the line are the bytes of the value.
 *
 * <p>Threading: one thread.
 */
final class LineParser {
    /** Names what a line does instead of holding a row. */
    static final String OPERATION_FIELD = "_op";

    private final TableSchema schema;
    private final Column[] columns;
    private final LineValues values;
    /** For text with escapes only: other text is taken as the bytes it is. */
    private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();

    private final JsonFactory json = Json.lineFactory();

    private String file;
    private long line;
    private byte[] buffer;
    private int start;
    private int length;
    private String field;

    LineParser(TableSchema schema) {
        this.schema = schema;
        this.columns = schema.columns().toArray(new Column[0]);
        this.values = new LineValues(schema);
    }

    /** The values of the last good line. */
    LineValues values() {
        return values;
    }

    /**
     * Reads {@code length} bytes at {@code start}; {@code file} and {@code line} are only for messages.
     *
     * @throws BadLineException if they are not one row of the table
     */
    void parse(String file, long line, byte[] buffer, int start, int length) throws BadLineException {
        this.file = file;
        this.line = line;
        this.buffer = buffer;
        this.start = start;
        this.length = length;
        this.field = null;
        values.clear();
        int invalid = Utf8.invalidAt(buffer, start, length);
        if (invalid >= 0) {
            throw bad(invalid - start + 1L, "invalid UTF-8");
        }
        try (JsonParser parser = json.createParser(buffer, start, length)) {
            try {
                object(parser);
            } catch (JsonProcessingException e) {
                throw broken(parser, e);
            }
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory cannot fail", e);
        }
    }

    private BadLineException broken(JsonParser parser, JsonProcessingException e) throws IOException {
        // the parser may have read a name and failed at its value in one step
        String name = parser.currentName();
        field = name == null ? field : name;
        return bad(Json.offset(e, buffer, start, length), Json.reason(e));
    }

    private void object(JsonParser parser) throws IOException, BadLineException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw badHere(parser, "the line is not a JSON object");
        }
        long objectOffset = Json.offset(parser);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            field = parser.currentName();
            int index = schema.indexOf(field);
            if (index >= 0) {
                column(parser, columns[index]);
            } else if (field.equals(OPERATION_FIELD)) {
                operation(parser);
            } else {
                long nameOffset = Json.offset(parser);
                throw bad(nameOffset, "unknown column" + Json.unsupportedKind(parser.nextToken()));
            }
        }
        field = null;
        if (parser.nextToken() != null) {
            throw badHere(parser, "more than one value on the line");
        }
        complete(objectOffset);
    }

    private void operation(JsonParser parser) throws IOException, BadLineException {
        if (parser.nextToken() != JsonToken.VALUE_STRING || !parser.getText().equals("delete")) {
            throw badHere(parser, "unknown operation, only \"delete\" is one");
        }
        if (!schema.isKeyed()) {
            throw badHere(parser, "a table without key has no deletes");
        }
        if (values.isDelete()) {
            throw badHere(parser, "duplicate field");
        }
        values.setDelete();
    }

    private void complete(long objectOffset) throws IOException, BadLineException {
        boolean delete = values.isDelete();
        for (Column column : columns) {
            int index = column.index();
            if (delete && !schema.isKey(column)) {
                if (values.kind(index) != LineValues.Kind.ABSENT) {
                    throw notOfKey();
                }
            } else if (!column.nullable() && values.kind(index) == LineValues.Kind.ABSENT) {
                field = column.name();
                throw bad(
                        objectOffset, schema.isKey(column) ? "missing key" : "missing value of a non-nullable column");
            }
        }
    }

    /** Looks for it once more: what a line does is known at its end only, and good lines need not remember where fields are. */
    private BadLineException notOfKey() throws IOException {
        try (JsonParser again = json.createParser(buffer, start, length)) {
            again.nextToken();
            while (again.nextToken() == JsonToken.FIELD_NAME) {
                field = again.currentName();
                int index = schema.indexOf(field);
                if (index >= 0 && !schema.isKey(columns[index])) {
                    return badHere(again, "a delete holds nothing but its key");
                }
                again.nextToken();
                again.skipChildren();
            }
        }
        throw new IllegalStateException("no such field: file=" + file + ", line=" + line);
    }

    private void column(JsonParser parser, Column column) throws IOException, BadLineException {
        int index = column.index();
        if (values.kind(index) != LineValues.Kind.ABSENT) {
            throw badHere(parser, "duplicate field");
        }
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_NULL) {
            if (!column.nullable()) {
                throw badHere(parser, schema.isKey(column) ? "null key" : "null in a non-nullable column");
            }
            values.setNull(index);
            return;
        }
        switch (column.type()) {
            case BOOL -> values.setInteger(index, bool(parser, token));
            case INT8, INT16, INT32, INT64 -> values.setInteger(index, integer(parser, token, column.type()));
            case FLOAT32, FLOAT64 -> values.setFloating(index, floating(parser, token, column.type()));
            case UTF8 -> text(parser, token, index);
            case BINARY -> binary(parser, token, index);
            case DATE, TIMESTAMP -> time(parser, token, column);
            case EMBEDDING -> embedding(parser, token, column);
        }
    }

    private long bool(JsonParser parser, JsonToken token) throws BadLineException {
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw wrongType(parser, token, ColumnType.BOOL);
        }
        return token == JsonToken.VALUE_TRUE ? 1 : 0;
    }

    private long integer(JsonParser parser, JsonToken token, ColumnType type) throws IOException, BadLineException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw wrongType(parser, token, type);
        }
        try {
            long value = parser.getLongValue();
            int unusedBits = Long.SIZE - type.fixedBytes() * Byte.SIZE;
            if (value << unusedBits >> unusedBits == value) {
                return value;
            }
        } catch (InputCoercionException e) {
            throw outOfRange(parser, type); // past int64
        }
        throw outOfRange(parser, type);
    }

    private BadLineException outOfRange(JsonParser parser, ColumnType type) {
        return badHere(parser, "number out of range: type=" + type.typeName());
    }

    /** Numbers, and the text by which rows as text write what JSON has no number for. */
    private double floating(JsonParser parser, JsonToken token, ColumnType type) throws IOException, BadLineException {
        if (token == JsonToken.VALUE_STRING) {
            return switch (parser.getText()) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw wrongType(parser, token, type);
            };
        }
        if (!token.isNumeric()) {
            throw wrongType(parser, token, type);
        }
        double value = type == ColumnType.FLOAT64 ? parser.getDoubleValue() : parser.getFloatValue();
        if (Double.isInfinite(value)) {
            throw outOfRange(parser, type);
        }
        return value;
    }

    private void text(JsonParser parser, JsonToken token, int index) throws IOException, BadLineException {
        if (token != JsonToken.VALUE_STRING) {
            throw wrongType(parser, token, ColumnType.UTF8);
        }
        int first = start + (int) Json.offset(parser); // 1-based offset of the quote: the byte behind it
        int end = start + length;
        int i = first;
        while (i < end && buffer[i] != '"' && buffer[i] != '\\') {
            i++;
        }
        if (i < end && buffer[i] == '"') {
            values.setBytes(index, buffer, first, i - first);
            return;
        }
        int count = parser.getTextLength();
        byte[] target = values.reserveBytes(3 * count);
        ByteBuffer bytes = ByteBuffer.wrap(target, values.bytesUsed(), 3 * count);
        CharBuffer text = CharBuffer.wrap(parser.getTextCharacters(), parser.getTextOffset(), count);
        if (encoder.reset().encode(text, bytes, true).isError()) {
            throw badHere(parser, "escaped surrogate without its other half");
        }
        values.commitBytes(index, bytes.position() - values.bytesUsed());
    }

    private void binary(JsonParser parser, JsonToken token, int index) throws IOException, BadLineException {
        if (token != JsonToken.VALUE_STRING) {
            throw wrongType(parser, token, ColumnType.BINARY);
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(parser.getText());
            values.setBytes(index, decoded, 0, decoded.length);
        } catch (IllegalArgumentException e) {
            throw badHere(parser, "not base64: " + e.getMessage());
        }
    }

    private void time(JsonParser parser, JsonToken token, Column column) throws IOException, BadLineException {
        if (token != JsonToken.VALUE_STRING) {
            throw wrongType(parser, token, column.type());
        }
        String text = parser.getText();
        try {
            boolean date = column.type() == ColumnType.DATE;
            values.setInteger(column.index(), date ? TimestampText.parseDate(text) : TimestampText.parse(text, column));
        } catch (DateTimeException e) {
            throw badHere(parser, "not an ISO-8601 " + column.type().typeName());
        } catch (ArithmeticException e) {
            throw badHere(parser, "time does not fit the column: type=" + column.typeName());
        }
    }

    private void embedding(JsonParser parser, JsonToken token, Column column) throws IOException, BadLineException {
        if (token != JsonToken.START_ARRAY) {
            throw wrongType(parser, token, column.type());
        }
        long arrayOffset = Json.offset(parser);
        int expected = column.dimensions();
        float[] target = values.setFloats(column.index());
        int count = 0;
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            float value = (float) floating(parser, next, ColumnType.FLOAT32);
            if (count < expected) {
                target[count] = value;
            }
            count++;
        }
        if (count != expected) {
            throw bad(arrayOffset, "wrong number of floats: expected=" + expected + ", found=" + count);
        }
    }

    private BadLineException wrongType(JsonParser parser, JsonToken token, ColumnType expected) {
        return badHere(parser, "wrong type: expected=" + expected.typeName() + ", found=" + Json.kind(token));
    }

    private BadLineException badHere(JsonParser parser, String reason) {
        return bad(Math.max(1, Json.offset(parser)), reason);
    }

    private BadLineException bad(long offset, String reason) {
        return new BadLineException(file, line, offset, field, reason);
    }
}
