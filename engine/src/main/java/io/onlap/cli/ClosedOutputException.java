package io.onlap.cli;

import java.io.IOException;

/**
 * Nobody reads stdout any more, as after {@code | head}. Not a failure: the command ends with exit 0.
 *
 * <p>Threading: immutable.
 */
final class ClosedOutputException extends IOException {
    private static final long serialVersionUID = 1L;

    ClosedOutputException(IOException cause) {
        super("stdout was closed", cause);
    }
}
