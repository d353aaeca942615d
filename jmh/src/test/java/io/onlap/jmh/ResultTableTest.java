package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Medians and ratios are the right way round. */
final class ResultTableTest {
    @Test
    void shouldCompareMediansWhateverDirectionIsBetter() {
        ResultTable table = new ResultTable(List.of("a", "b", "c"));
        Measure rate = Measure.rate("put");
        Measure time = Measure.micros("p99");
        for (double value : new double[] {10, 900, 20}) {
            table.add(rate, "a", value);
            table.add(time, "a", value);
        }
        table.add(rate, "b", 8);
        table.add(rate, "b", 12);
        table.add(time, "b", 5);
        assertEquals(2.0, table.ratio(rate, "b"));
        assertEquals(0.25, table.ratio(time, "b"));
        assertTrue(Double.isNaN(table.ratio(rate, "c")));
        String text = table.toMarkdown();
        assertTrue(text.contains("| put | rows/s | 20.00 (10.00–900) | 10.00 (8.00–12.00) | – | 2.00× | – |"), text);
        assertTrue(text.contains("| p99 | µs | 20.00 (10.00–900) | 5.00 (5.00–5.00) | – | 0.25× | – |"), text);
    }
}
