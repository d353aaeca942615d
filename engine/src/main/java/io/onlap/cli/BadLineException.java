package io.onlap.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.onlap.io.StorageException;
import io.onlap.io.StorageException.Kind;

/**
 * A line of input that is no row of the table. Checked, because whoever reads lines decides whether a bad one stops or is
 * skipped; without a stack trace, because a skipped one must be cheap.
 *
 * <p>Threading: immutable.
 */
final class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int FIELD_CHARS_MAX = 100;

    /**
     * @param offset byte in the line, from 1
     * @param field name of the field, or null where there is none
     */
    BadLineException(String file, long line, long offset, String field, String reason) {
        super(file + ":" + line + ":" + offset + " field=" + shown(field) + ": " + reason, null, false, false);
    }

    /** The same as failure of the whole command. */
    StorageException toStorageException() {
        return new StorageException(Kind.INVALID, getMessage(), this);
    }

    /** One word on one line, whatever the name holds. */
    private static String shown(String field) {
        if (field == null) {
            return "-";
        }
        String cut = field.length() <= FIELD_CHARS_MAX ? field : field.substring(0, FIELD_CHARS_MAX) + "…";
        boolean plain = !cut.isEmpty() && cut.chars().noneMatch(c -> c <= ' ' || c == 0x7f);
        return plain ? cut : '"' + new String(JsonStringEncoder.getInstance().quoteAsString(cut)) + '"';
    }
}
