package io.onlap.io;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real second JVM with the class path and flags of this one, for tests that kill. It dies with {@link #close} at the latest.
 *
 * <p>Threading: one thread.
 */
public final class ChildJvm implements AutoCloseable {
    /** Children live briefly: the second compiler would cost them more than it gives. */
    private static final List<String> OPTIONS = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1");

    private static final int DEATH_SECONDS_MAX = 60;
    private static final int END_SECONDS_MAX = 110;

    private final Process process;
    private final BufferedReader lines;

    private ChildJvm(Process process) {
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Runs {@code main} beside this process; its errors go where ours go. */
    public static ChildJvm start(Class<?> main, String... arguments) throws IOException {
        return new ChildJvm(of(main, OPTIONS, arguments)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The command that runs {@code main}; {@code options} go before the class. */
    public static ProcessBuilder of(Class<?> main, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : System.getProperty("onlap.jvm.flags", "").split("\\s+", -1)) {
            if (!flag.isEmpty()) {
                command.add(flag);
            }
        }
        command.addAll(options);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** Runs it to its end, in {@code directory}; its output and errors together. */
    public static String output(ProcessBuilder builder, File directory) throws IOException, InterruptedException {
        Process process = builder.directory(directory).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    /** The next line it printed, or null when it ended. */
    public String readLine() throws IOException {
        return lines.readLine();
    }

    /** Gives the child a line to read. */
    public void writeLine(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** SIGSTOP; when it returns no thread of the child runs any more. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
        while (!isStopped()) {
            Thread.onSpinWait();
        }
    }

    /** SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, "" + pid())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("signal not sent: name=" + name + ", pid=" + pid() + ", status=" + status);
        }
    }

    /** The system tells of each thread, behind its name in parentheses, what it does: T is stopped. */
    private boolean isStopped() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc", "" + pid(), "task"))) {
            for (Path thread : threads.toList()) {
                String status = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
                if (!status.substring(status.lastIndexOf(')')).startsWith(") T")) {
                    return false;
                }
            }
            return true;
        }
    }

    /** SIGKILL. */
    public void killAndWait() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(DEATH_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("child does not die: pid=" + process.pid());
        }
    }

    /** Its exit status, once it has ended by itself. */
    public int waitFor() throws InterruptedException {
        if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("child does not end: pid=" + process.pid());
        }
        return process.exitValue();
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
