package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StopSignalTest {
    private static final int SIGTERM_STATUS = 143;

    /** A command with a batch in hand. */
    static final class Command {
        private Command() {}

        public static void main(String[] arguments) {
            try (StopSignal signal = StopSignal.install()) {
                System.out.println("ready");
                while (!signal.isRequested()) {
                    Thread.onSpinWait();
                }
                System.out.println("batch finished");
            }
        }
    }

    /** SIGTERM stands for SIGINT, which a shell may have told its background jobs to ignore; the JVM treats both alike. */
    @Test
    void shouldFinishBatchWhenSignalComes() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Command.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = child.inputReader()) {
            assertEquals("ready", out.readLine());
            child.toHandle().destroy(); // child.destroy() would close the stream we still read
            assertEquals("batch finished", out.readLine());
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
            assertEquals(SIGTERM_STATUS, child.exitValue());
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void shouldLeaveNoHookWhenClosed() {
        StopSignal signal = StopSignal.install();
        assertFalse(signal.isRequested());
        signal.close();
        signal.close();
        assertFalse(signal.isRequested());
    }
}
