package io.onlap.jmh;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All samples of a comparison, and the table of their medians. A ratio says how many times better the first store is, by
 * medians, whether more or less is better; above 1 it is the better one.
 *
 * <p>Threading: one thread.
 */
final class ResultTable {
    private final List<String> stores;
    private final Map<Measure, Map<String, List<Double>>> samples = new LinkedHashMap<>();

    ResultTable(List<String> stores) {
        this.stores = stores;
    }

    void add(Measure measure, String store, double value) {
        samples.computeIfAbsent(measure, key -> new LinkedHashMap<>())
                .computeIfAbsent(store, key -> new ArrayList<>())
                .add(value);
    }

    /** How many times better the first store is than the other; NaN if one of them has no samples. */
    double ratio(Measure measure, String other) {
        Map<String, List<Double>> row = samples.get(measure);
        if (row == null || !row.containsKey(stores.get(0)) || !row.containsKey(other)) {
            return Double.NaN;
        }
        double first = median(row.get(stores.get(0)));
        double second = median(row.get(other));
        return measure.isMoreBetter() ? first / second : second / first;
    }

    String toMarkdown() {
        StringBuilder text = new StringBuilder("| measure | unit |");
        StringBuilder rule = new StringBuilder("|---|---|");
        for (String store : stores) {
            text.append(' ').append(store).append(" median (min–max) |");
            rule.append("---:|");
        }
        for (String other : stores.subList(1, stores.size())) {
            text.append(' ').append(stores.get(0)).append(" : ").append(other).append(" |");
            rule.append("---:|");
        }
        text.append('\n').append(rule).append('\n');
        samples.forEach((measure, row) -> appendLine(text, measure, row));
        return text.toString();
    }

    private void appendLine(StringBuilder text, Measure measure, Map<String, List<Double>> row) {
        text.append("| ")
                .append(measure.name())
                .append(" | ")
                .append(measure.unit())
                .append(" |");
        for (String store : stores) {
            List<Double> values = row.get(store);
            text.append(values == null ? " – |" : " " + cell(values) + " |");
        }
        for (String other : stores.subList(1, stores.size())) {
            double ratio = ratio(measure, other);
            text.append(Double.isNaN(ratio) ? " – |" : String.format(Locale.ROOT, " %.2f× |", ratio));
        }
        text.append('\n');
    }

    private static String cell(List<Double> values) {
        return number(median(values)) + " (" + number(Collections.min(values)) + "–" + number(Collections.max(values))
                + ")";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
