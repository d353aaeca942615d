package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTest {
    @Test
    void shouldRunEachStepWhenOneEndsWithAnError() {
        List<String> steps = new ArrayList<>();
        AssertionError error = new AssertionError("injected");
        IllegalStateException later = new IllegalStateException("later");
        Closing closing = new Closing();
        closing.run(() -> {
            throw error;
        });
        closing.run(() -> {
            steps.add("second");
            throw later;
        });
        closing.run(() -> steps.add("third"));
        assertEquals(List.of("second", "third"), steps);
        assertSame(error, assertThrows(AssertionError.class, closing::end));
        assertSame(later, error.getSuppressed()[0]);
    }
}
