package io.onlap;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A rendezvous at a fail point: parks the thread that reaches it until the test opens it. */
final class Gate implements Runnable {
    private static final long TIMEOUT_SECONDS = 60;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    @Override
    public void run() {
        reached.countDown();
        await(opened, "gate never opened");
    }

    /** Waits until a thread is parked here. */
    void awaitReached() {
        await(reached, "fail point never reached");
    }

    void open() {
        opened.countDown();
    }

    private static void await(CountDownLatch latch, String failure) {
        try {
            if (!latch.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(failure);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
