package io.onlap;

/**
 * Runs the steps of a close, all of them, and throws the first failure at the end with the later ones suppressed.
 *
 * <p>Threading: one thread.
 */
final class Closing {
    private RuntimeException first;

    void run(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            if (first == null) {
                first = e;
            } else if (first != e) {
                first.addSuppressed(e);
            }
        }
    }

    void end() {
        if (first != null) {
            throw first;
        }
    }
}
