package io.onlap.jmh;

/**
 * A line of the table.
 *
 * @param name what is measured
 * @param unit of its values
 * @param isMoreBetter is a larger value better?
 */
record Measure(String name, String unit, boolean isMoreBetter) {
    static Measure rate(String name) {
        return new Measure(name, "rows/s", true);
    }

    static Measure micros(String name) {
        return new Measure(name, "µs", false);
    }

    static Measure millis(String name) {
        return new Measure(name, "ms", false);
    }

    static Measure mebibytes(String name) {
        return new Measure(name, "MiB", false);
    }
}
