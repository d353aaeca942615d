package io.onlap;

/**
 * Runs the steps of a close, all of them whatever one throws, and throws the first failure at the end with the later ones
 * suppressed.
 *
 * <p>Threading: one thread.
 */
final class Closing {
    private Throwable first;

    void run(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            if (first == null) {
                first = e;
            } else if (first != e) {
                first.addSuppressed(e);
            }
        }
    }

    void end() {
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw (RuntimeException) first;
        }
    }
}
