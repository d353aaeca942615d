package io.onlap.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Figures of a shot beside its time: percentiles, parts, rates. JMH's own auxiliary counters are summed over iterations,
 * which makes nonsense of a percentile; these are averaged.
 *
 * <p>Threading: one benchmark thread sets, JMH's thread takes after the iteration; a forked JVM runs one benchmark.
 */
public final class Figures implements InternalProfiler {
    private static final Map<String, Figure> LATEST = new LinkedHashMap<>();

    /** A value with its unit. */
    private record Figure(double value, String unit) {}

    /** Notes a figure of the running iteration. */
    static void set(String name, double value, String unit) {
        synchronized (LATEST) {
            LATEST.put(name, new Figure(value, unit));
        }
    }

    @Override
    public String getDescription() {
        return "figures of a shot beside its time";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        synchronized (LATEST) {
            LATEST.clear();
        }
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        List<ScalarResult> results = new ArrayList<>();
        synchronized (LATEST) {
            LATEST.forEach((name, figure) ->
                    results.add(new ScalarResult(name, figure.value(), figure.unit(), AggregationPolicy.AVG)));
        }
        return results;
    }
}
