package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.onlap.Filter;
import io.onlap.io.StorageException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WhereParserTest {
    private static final Filter A = Filter.equal("a", 1L);
    private static final Filter B = Filter.equal("b", 2L);
    private static final Filter C = Filter.equal("c", 3L);

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("a=1", A),
                Arguments.of("  a = 1  ", A),
                Arguments.of("a = 1 AND b = 2 AND c = 3", Filter.and(A, B, C)),
                Arguments.of("a = 1 or b = 2 and c = 3", Filter.or(A, Filter.and(B, C))),
                Arguments.of("(a = 1 OR b = 2) AND c = 3", Filter.and(Filter.or(A, B), C)),
                Arguments.of("not a = 1 and b = 2", Filter.and(Filter.not(A), B)),
                Arguments.of("NOT (a = 1 AND b = 2)", Filter.not(Filter.and(A, B))),
                Arguments.of("NOT NOT a = 1", Filter.not(Filter.not(A))),
                Arguments.of("a IS NULL OR b is not null", Filter.or(Filter.isNull("a"), Filter.isNotNull("b"))),
                Arguments.of("t = 'it''s'", Filter.equal("t", "it's")),
                Arguments.of("t != ''", Filter.notEqual("t", "")),
                Arguments.of("x<-1", Filter.less("x", -1L)),
                Arguments.of("x<=1.5e3", Filter.lessOrEqual("x", 1500.0)),
                Arguments.of("x>.5", Filter.greater("x", 0.5)),
                Arguments.of("x >= 9223372036854775807", Filter.greaterOrEqual("x", Long.MAX_VALUE)),
                Arguments.of("done = TRUE", Filter.equal("done", true)),
                Arguments.of("done != false", Filter.notEqual("done", false)),
                Arguments.of("\"odd \"\"name\" = 1", Filter.equal("odd \"name", 1L)),
                Arguments.of("order_by.x2 = 1", Filter.equal("order_by.x2", 1L)),
                Arguments.of("größe = 1", Filter.equal("größe", 1L)));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void shouldParseWhenTextIs(String text, Filter expected) {
        assertEquals(expected, WhereParser.parse(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "``|where: position=1, expected=a column, NOT or (, found=the end",
                "a|where: position=2, expected==, !=, <, <=, >, >= or IS, found=the end",
                "a = |where: position=5, expected=a literal: 'text', a number, true or false, found=the end",
                "a = b|where: position=5, expected=a literal: 'text', a number, true or false, found=b",
                "a = null|where: position=5, nothing compares with NULL, use IS NULL",
                "a = 'x|where: position=5, missing closing quote",
                "a = 1 b = 2|where: position=7, expected=AND, OR or the end, found=b = 2",
                "(a = 1|where: position=7, expected=AND, OR or ), found=the end",
                "a = 1)|where: position=6, expected=AND, OR or the end, found=)",
                "a = 1x|where: position=5, not a number",
                "a = 1-2|where: position=5, not a number",
                "a = 99999999999999999999|where: position=5, integer out of range, found=99999999999999999999",
                "a IS 1|where: position=6, expected=NULL or NOT NULL, found=1",
                "a == 1|where: position=4, expected=a literal: 'text', a number, true or false, found== 1",
                "a = 1 AND|where: position=10, expected=a column, NOT or (, found=the end",
            })
    void shouldNameThePlaceWhenTextIsWrong(String text, String message) {
        StorageException e = assertThrows(StorageException.class, () -> WhereParser.parse(text));
        assertEquals(StorageException.Kind.INVALID, e.kind());
        assertEquals(message, e.getMessage());
    }

    @Test
    void shouldRefuseWhenNestedTooDeep() {
        String deep = "(".repeat(100_000) + "a = 1" + ")".repeat(100_000);
        StorageException e = assertThrows(StorageException.class, () -> WhereParser.parse(deep));
        assertEquals(StorageException.Kind.INVALID, e.kind());
    }

    @Test
    void shouldAcceptManyTermsWhenTheyStandSideBySide() {
        String wide = "a = 1" + " OR a = 1".repeat(5_000);
        assertEquals(5_001, ((Filter.Or) WhereParser.parse(wide)).parts().size());
    }
}
