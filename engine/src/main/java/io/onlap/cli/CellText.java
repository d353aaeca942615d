package io.onlap.cli;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * One value as text, the same in every format: integers decimal, floats in the fewest digits that read back the same, binary
 * base64, dates and timestamps ISO-8601 UTC, an embedding as a JSON array.
 *
 * <p>Threading: stateless.
 */
final class CellText {
    private CellText() {}

    /** The value at {@code row}; null for null. */
    static String of(Column column, FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        return switch (column.type()) {
            case BOOL -> ((BitVector) vector).get(row) == 1 ? "true" : "false";
            case INT8, INT16, INT32, INT64 -> Long.toString(integer(column.type(), vector, row));
            case FLOAT32 -> floating(((Float4Vector) vector).get(row));
            case FLOAT64 -> floating(((Float8Vector) vector).get(row));
            case UTF8 -> new String(((VarCharVector) vector).get(row), StandardCharsets.UTF_8);
            case BINARY -> Base64.getEncoder().encodeToString(((VarBinaryVector) vector).get(row));
            case DATE -> LocalDate.ofEpochDay(((DateDayVector) vector).get(row)).toString();
            case TIMESTAMP -> TimestampText.instant(((TimeStampVector) vector).get(row), column)
                    .toString();
            case EMBEDDING -> embedding((FixedSizeListVector) vector, row);
        };
    }

    static long integer(ColumnType type, FieldVector vector, int row) {
        return switch (type) {
            case INT8 -> ((TinyIntVector) vector).get(row);
            case INT16 -> ((SmallIntVector) vector).get(row);
            case INT32 -> ((IntVector) vector).get(row);
            case INT64 -> ((BigIntVector) vector).get(row);
            default -> throw new IllegalStateException("not an integer: type=" + type);
        };
    }

    /** Shortest on every JDK: {@code Double.toString} is not before 19. */
    static String floating(double value) {
        return NumberOutput.toString(value, true);
    }

    static String floating(float value) {
        return NumberOutput.toString(value, true);
    }

    private static String embedding(FixedSizeListVector vector, int row) {
        Float4Vector elements = (Float4Vector) vector.getDataVector();
        StringBuilder text = new StringBuilder("[");
        int size = vector.getListSize();
        for (int i = row * size; i < (row + 1) * size; i++) {
            text.append(text.length() == 1 ? "" : ",");
            float value = elements.get(i);
            text.append(Float.isFinite(value) ? floating(value) : '"' + floating(value) + '"');
        }
        return text.append(']').toString();
    }
}
