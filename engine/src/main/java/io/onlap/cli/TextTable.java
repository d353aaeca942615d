package io.onlap.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An aligned table for people: columns as wide as their widest cell among the first lines, long cells cut, control characters
 * shown as escapes so that one row is one line. Numbers stand right.
 *
 * <p>Threading: one thread.
 */
final class TextTable {
    private static final int CELL_CHARS_MAX = 80;
    /** Lines that are held back to measure; later ones keep these widths. */
    private static final int MEASURED_LINES = 1_000;

    private final OutputStream out;
    private final boolean[] right;
    private final int[] widths;
    private final List<String[]> held = new ArrayList<>();
    private boolean measured;

    /**
     * @param right is the column's text put to the right?
     */
    TextTable(OutputStream out, String[] header, boolean[] right) {
        this.out = out;
        this.right = right.clone();
        this.widths = new int[header.length];
        held.add(shown(header));
    }

    /** Adds a line; null cells stay empty. */
    void add(String... cells) throws IOException {
        held.add(shown(cells));
        if (measured || held.size() > MEASURED_LINES) {
            end();
        }
    }

    /** Writes all lines added so far. */
    void end() throws IOException {
        if (!measured) {
            for (String[] line : held) {
                for (int i = 0; i < widths.length; i++) {
                    widths[i] = Math.max(widths[i], width(line[i]));
                }
            }
            measured = true;
        }
        StringBuilder text = new StringBuilder();
        for (String[] line : held) {
            append(text, line);
        }
        held.clear();
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void append(StringBuilder text, String[] line) {
        for (int i = 0; i < line.length; i++) {
            String blanks = " ".repeat(Math.max(0, widths[i] - width(line[i])));
            boolean last = i == line.length - 1;
            text.append(right[i] ? blanks : "").append(line[i]).append(right[i] || last ? "" : blanks);
            text.append(last ? "\n" : "  ");
        }
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    private static String[] shown(String[] cells) {
        String[] shown = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            shown[i] = cells[i] == null ? "" : shown(cells[i]);
        }
        return shown;
    }

    private static String shown(String cell) {
        StringBuilder text = new StringBuilder();
        int points = 0;
        for (int i = 0; i < cell.length(); i += Character.charCount(cell.codePointAt(i))) {
            if (++points > CELL_CHARS_MAX) {
                return text.append('…').toString();
            }
            int point = cell.codePointAt(i);
            if (point == '\n') {
                text.append("\\n");
            } else if (Character.isISOControl(point)) {
                text.append(String.format("\\u%04x", point));
            } else {
                text.appendCodePoint(point);
            }
        }
        return text.toString();
    }
}
