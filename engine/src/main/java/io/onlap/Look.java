package io.onlap;

/**
 * The moment in which a thread looks again and again for what another thread is about to do, before it sleeps: an
 * acknowledgement takes a few microseconds, to sleep and be woken some tens (docs/adr, decision 4).
 *
 * <p>Invariant: it ends. After its first microsecond it offers its core at every look: the thread that is waited for may
 * need this very one while a flush has the other, and two threads of one core that spin for each other get a fifth of the
 * work done.
 *
 * <p>Threading: any thread.
 */
final class Look {
    private static final long SPIN_NS = 1_000;
    private static final long END_NS = 20_000;

    private Look() {}

    /**
     * Lets a little time pass.
     *
     * @param startNs when the look began, {@link System#nanoTime}
     * @return false once it is time to sleep
     */
    @SuppressWarnings("ThreadPriorityCheck") // a hint is enough: whoever is not heard sleeps soon
    static boolean goesOn(long startNs) {
        long pastNs = System.nanoTime() - startNs;
        if (pastNs >= END_NS) {
            return false;
        }
        if (pastNs < SPIN_NS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
        return true;
    }
}
