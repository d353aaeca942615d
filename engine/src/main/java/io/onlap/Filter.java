package io.onlap;

import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which rows of a scan are wanted: comparisons of a column with a literal, tests for null, and their combinations. Logic has
 * three values, as in SQL: a comparison with null is unknown, and only rows for which the whole is true are given.
 *
 * <p>Literals, by column type: bool {@code Boolean}; ints {@code Integer, Long}; floats {@code Integer, Long, Float, Double};
 * utf8 {@code String}, compared by unsigned UTF-8 bytes; binary {@code byte[]} or its base64; date {@code LocalDate} or ISO-8601
 * text; timestamp {@code Instant} or ISO-8601 text with an offset. A literal for a float32 column is rounded to float32 first.
 * NaN equals nothing. Embeddings can only be tested for null. A literal that does not fit its column is INVALID when the scan is
 * opened.
 *
 * <p>Threading: immutable; callers never change a {@code byte[]} literal.
 */
public sealed interface Filter {
    /** Deepest nesting: evaluation recurses. */
    int DEPTH_MAX = 100;

    /** How a column is compared with a literal. */
    enum Comparison {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL
    }

    /** True where the column's value compares so with the literal; unknown where it is null. */
    record Compare(String column, Comparison comparison, Object literal) implements Filter {
        public Compare {
            if (column == null || comparison == null || literal == null) {
                throw new StorageException(
                        Kind.INVALID,
                        "comparison needs a column and a literal, and null is tested with isNull: column=" + column
                                + ", comparison=" + comparison + ", literal=" + literal);
            }
        }
    }

    /** True where the column is null, else false. */
    record IsNull(String column) implements Filter {}

    /** False where one is false, else unknown where one is unknown, else true. */
    record And(List<Filter> parts) implements Filter {
        public And {
            parts = List.copyOf(parts);
        }
    }

    /** True where one is true, else unknown where one is unknown, else false. */
    record Or(List<Filter> parts) implements Filter {
        public Or {
            parts = List.copyOf(parts);
        }
    }

    /** Unknown stays unknown. */
    record Not(Filter part) implements Filter {}

    static Filter equal(String column, Object literal) {
        return new Compare(column, Comparison.EQUAL, literal);
    }

    static Filter notEqual(String column, Object literal) {
        return new Compare(column, Comparison.NOT_EQUAL, literal);
    }

    static Filter less(String column, Object literal) {
        return new Compare(column, Comparison.LESS, literal);
    }

    static Filter lessOrEqual(String column, Object literal) {
        return new Compare(column, Comparison.LESS_OR_EQUAL, literal);
    }

    static Filter greater(String column, Object literal) {
        return new Compare(column, Comparison.GREATER, literal);
    }

    static Filter greaterOrEqual(String column, Object literal) {
        return new Compare(column, Comparison.GREATER_OR_EQUAL, literal);
    }

    static Filter isNull(String column) {
        return new IsNull(column);
    }

    static Filter isNotNull(String column) {
        return new Not(new IsNull(column));
    }

    /** All of them; none at all is true. */
    static Filter and(Filter... parts) {
        return new And(Arrays.asList(parts));
    }

    /** One of them; none at all is false. */
    static Filter or(Filter... parts) {
        return new Or(Arrays.asList(parts));
    }

    static Filter not(Filter part) {
        return new Not(part);
    }

    /** The names of the columns it looks at, in order of first mention. */
    default Set<String> columns() {
        Set<String> names = new LinkedHashSet<>();
        collect(this, names, 0);
        return names;
    }

    private static void collect(Filter filter, Set<String> names, int depth) {
        if (depth > DEPTH_MAX) {
            throw new StorageException(Kind.INVALID, "filter nested too deep: depthMax=" + DEPTH_MAX);
        }
        if (filter instanceof Compare compare) {
            names.add(compare.column());
        } else if (filter instanceof IsNull isNull) {
            names.add(isNull.column());
        } else if (filter instanceof And and) {
            and.parts().forEach(part -> collect(part, names, depth + 1));
        } else if (filter instanceof Or or) {
            or.parts().forEach(part -> collect(part, names, depth + 1));
        } else if (filter instanceof Not not) {
            collect(not.part(), names, depth + 1);
        }
    }
}
