package io.onlap.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command finish the batch in hand after SIGINT or SIGTERM. The signal starts the JVM's shutdown; the hook of this class
 * holds it until the command is done, at most for a bound, and the JVM then exits with 130 (or 143) by itself.
 *
 * <p>Threading: {@link #isRequested} from any thread; {@link #close} by the command.
 */
final class StopSignal implements AutoCloseable {
    private static final long WAIT_SECONDS_MAX = 30;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "onlap-stop");
    private final Runnable onRequest;
    private volatile boolean requested;

    private StopSignal(Runnable onRequest) {
        this.onRequest = onRequest;
    }

    /** From now on signals are held until {@link #close}. */
    static StopSignal install() {
        return install(() -> {});
    }

    /** The same; a signal also runs {@code onRequest}, to end a wait of the command. */
    static StopSignal install(Runnable onRequest) {
        StopSignal signal = new StopSignal(onRequest);
        try {
            Runtime.getRuntime().addShutdownHook(signal.hook);
        } catch (IllegalStateException e) {
            signal.requested = true; // the shutdown began just now: there is nothing to begin
        }
        return signal;
    }

    /** Must the command end after the batch in hand? */
    boolean isRequested() {
        return requested;
    }

    private void stop() {
        requested = true;
        onRequest.run();
        try {
            if (!done.await(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                System.err.println("BUSY: the batch in hand did not end in time: waitSeconds=" + WAIT_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The command is done; idempotent. */
    @Override
    public void close() {
        done.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                requested = true; // the shutdown began just now, and the hook no longer waits
            }
        }
    }
}
