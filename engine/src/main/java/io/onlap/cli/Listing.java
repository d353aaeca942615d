package io.onlap.cli;

import java.io.IOException;
import java.util.Map;

/**
 * Results line by line: a table for people, or a JSON object a line for scripts.
 *
 * <p>Threading: one thread.
 */
final class Listing {
    private final ResultStream out;
    private final boolean json;
    private final TextTable table;

    /** @param right as in {@link TextTable} */
    Listing(Console console, StoreOptions options, String[] header, boolean[] right) {
        this.out = console.out();
        this.json = options.json();
        this.table = new TextTable(out, header, right);
    }

    /** Adds one result in both its forms; {@code cells} are in the order of the header. */
    void add(Map<String, Object> object, String... cells) throws IOException {
        if (json) {
            out.line(Json.text(object));
        } else {
            table.add(cells);
        }
    }

    /** All results were added. */
    void end() throws IOException {
        if (!json) {
            table.end();
        }
    }
}
