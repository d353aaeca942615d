package io.onlap.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.onlap.jmh.ViewPerGetBenchmark.Place;
import io.onlap.jmh.ViewPerGetBenchmark.Way;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All ways of a get find the same rows, wherever they are, and give back what they took. */
final class ViewPerGetTest {
    private static final int ROWS = 4_000;
    private static final int KEYS = 500;

    /** The end of {@link ViewPerGetBenchmark.Loaded} fails if a view kept memory. */
    @ParameterizedTest
    @EnumSource(Place.class)
    void shouldFindWhatTheModelFindsWhateverTheWay(Place place) {
        Workload workload = new Workload(ROWS, 0, 1, KeyOrder.SESSIONS);
        ModelPeer model = new ModelPeer();
        Ingest.put(model, workload.stream(), ROWS, 1);
        List<String> keys = new ArrayList<>(Arrays.asList(workload.presentKeys(KEYS)));
        keys.addAll(Arrays.asList(workload.absentKeys(KEYS)));
        ViewPerGetBenchmark.Loaded loaded = load(place);
        for (String key : keys) {
            for (Way way : Way.values()) {
                if (way != Way.SHARED_OBJECTS) {
                    ToLongFunction<String> get = loaded.get(way);
                    assertEquals(model.get(key), get.applyAsLong(key), () -> "way=" + way + ", key=" + key);
                }
            }
        }
        loaded.close();
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void shouldConsumeTheSameInEachWayWhenMeasured(Place place) {
        Workload workload = new Workload(ROWS, 0, 1, KeyOrder.SESSIONS);
        ModelPeer model = new ModelPeer();
        Ingest.put(model, workload.stream(), ROWS, 1);
        ViewPerGetBenchmark.Loaded loaded = load(place);
        long expected =
                Arrays.stream(workload.presentKeys(KEYS)).mapToLong(model::get).sum();
        assertEquals(expected, new ViewPerGetBenchmark().get(loaded));
        loaded.close();
    }

    private static ViewPerGetBenchmark.Loaded load(Place place) {
        ViewPerGetBenchmark.Loaded loaded = new ViewPerGetBenchmark.Loaded();
        loaded.place = place;
        loaded.rows = ROWS;
        loaded.keys = KEYS;
        loaded.load();
        return loaded;
    }
}
