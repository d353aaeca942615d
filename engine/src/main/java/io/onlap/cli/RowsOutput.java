package io.onlap.cli;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Writes rows in one of the formats of {@code --format}. The caller owns the stream.
 *
 * <p>Threading: one thread.
 */
interface RowsOutput {
    /** Writes all rows of the batch, whose columns are those the output was made for, in that order. */
    void write(VectorSchemaRoot batch) throws IOException;

    /** Writes what remains, a header without rows too. Nothing may be written after it. */
    void end() throws IOException;
}
