package io.onlap.cli;

import io.onlap.Filter;
import io.onlap.Filter.Comparison;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads {@code --where}:
 *
 * <pre>
 *   or         = and { OR and }
 *   and        = unary { AND unary }
 *   unary      = NOT unary | ( or ) | test
 *   test       = column ( = | != | &lt; | &lt;= | &gt; | &gt;= ) literal | column IS [ NOT ] NULL
 *   column     = letter or underscore, then letters, digits, underscores, dots; or any text in double quotes, "" for one
 *   literal    = 'text', '' for one quote | number | true | false
 * </pre>
 * Words are understood in any case.
 *
 * <p>Threading: one thread, one text.
 */
final class WhereParser {
    private static final int END = -1;

    private final String text;
    private int at;
    private int depth;

    private WhereParser(String text) {
        this.text = text;
    }

    /** The filter; INVALID naming the place, counted in characters from 1, if the text is none. */
    static Filter parse(String text) {
        WhereParser parser = new WhereParser(text);
        Filter filter = parser.or();
        if (parser.peek() != END) {
            throw parser.unexpected("AND, OR or the end");
        }
        return filter;
    }

    private Filter or() {
        List<Filter> parts = new ArrayList<>(List.of(and()));
        while (takeWord("OR")) {
            parts.add(and());
        }
        return parts.size() == 1 ? parts.get(0) : new Filter.Or(parts);
    }

    private Filter and() {
        List<Filter> parts = new ArrayList<>(List.of(unary()));
        while (takeWord("AND")) {
            parts.add(unary());
        }
        return parts.size() == 1 ? parts.get(0) : new Filter.And(parts);
    }

    private Filter unary() {
        if (++depth > Filter.DEPTH_MAX / 3) { // one round through here nests a filter up to three deep: or, and, not
            throw failure(at, "nested too deep");
        }
        Filter filter;
        if (takeWord("NOT")) {
            filter = Filter.not(unary());
        } else if (take("(")) {
            filter = or();
            if (!take(")")) {
                throw unexpected("AND, OR or )");
            }
        } else {
            filter = test();
        }
        depth--;
        return filter;
    }

    private Filter test() {
        String column = column();
        if (takeWord("IS")) {
            boolean not = takeWord("NOT");
            if (!takeWord("NULL")) {
                throw unexpected(not ? "NULL" : "NULL or NOT NULL");
            }
            return not ? Filter.isNotNull(column) : Filter.isNull(column);
        }
        return new Filter.Compare(column, comparison(), literal());
    }

    private String column() {
        if (peek() == '"') {
            return quoted('"', "closing double quote");
        }
        String word = peekWord();
        if (word.isEmpty()) {
            throw unexpected("a column, NOT or (");
        }
        at += word.length();
        return word;
    }

    private Comparison comparison() {
        if (take("=")) {
            return Comparison.EQUAL;
        } else if (take("!=")) {
            return Comparison.NOT_EQUAL;
        } else if (take("<=")) {
            return Comparison.LESS_OR_EQUAL;
        } else if (take(">=")) {
            return Comparison.GREATER_OR_EQUAL;
        } else if (take("<")) {
            return Comparison.LESS;
        } else if (take(">")) {
            return Comparison.GREATER;
        }
        throw unexpected("=, !=, <, <=, >, >= or IS");
    }

    private Object literal() {
        int c = peek();
        if (c == '\'') {
            return quoted('\'', "closing quote");
        }
        if (c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9')) {
            return number();
        }
        if (takeWord("true")) {
            return true;
        } else if (takeWord("false")) {
            return false;
        } else if (peekWord().equalsIgnoreCase("null")) {
            throw failure(at, "nothing compares with NULL, use IS NULL");
        }
        throw unexpected("a literal: 'text', a number, true or false");
    }

    private Object number() {
        int start = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(start, at);
        boolean followed = at < text.length() && isWordPart(text.charAt(at));
        try {
            if (!followed && number.matches("[+-]?\\d+")) {
                return Long.valueOf(number);
            } else if (!followed && number.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
                return Double.valueOf(number);
            }
        } catch (NumberFormatException e) {
            throw failure(start, "integer out of range, found=" + number);
        }
        throw failure(start, "not a number");
    }

    /** Text between two {@code quote}s; one of them inside stands twice. */
    private String quoted(char quote, String expected) {
        int start = at++;
        StringBuilder content = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != quote) {
                content.append(c);
            } else if (at < text.length() && text.charAt(at) == quote) {
                content.append(quote);
                at++;
            } else {
                return content.toString();
            }
        }
        throw failure(start, "missing " + expected);
    }

    /** The next character that is no blank, or {@link #END}. */
    private int peek() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : END;
    }

    private boolean take(String symbol) {
        peek();
        boolean found = text.startsWith(symbol, at);
        at += found ? symbol.length() : 0;
        return found;
    }

    private boolean takeWord(String word) {
        boolean found = peekWord().equalsIgnoreCase(word);
        at += found ? word.length() : 0;
        return found;
    }

    private String peekWord() {
        int c = peek();
        if (c == END || !(Character.isLetter(c) || c == '_')) {
            return "";
        }
        int end = at;
        while (end < text.length() && isWordPart(text.charAt(end))) {
            end++;
        }
        return text.substring(at, end);
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.';
    }

    private StorageException unexpected(String expected) {
        int c = peek();
        String found = c == END ? "the end" : text.substring(at, Math.min(text.length(), at + 10));
        return failure(at, String.format(Locale.ROOT, "expected=%s, found=%s", expected, found));
    }

    private StorageException failure(int index, String reason) {
        return new StorageException(Kind.INVALID, "where: position=" + (index + 1) + ", " + reason);
    }
}
