package io.onlap.manifest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** A real second JVM with this one's class path and flags. Threading: one thread. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private ChildJvm(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ChildJvm start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : System.getProperty("onlap.jvm.flags", "").split(" ", -1)) {
            if (!flag.isBlank() && !flag.startsWith("${")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The next line it prints. */
    String readLine() throws IOException {
        String line = output.readLine();
        Assertions.assertNotNull(line, "child ended");
        return line;
    }

    void awaitSuccess() throws InterruptedException {
        Assertions.assertTrue(process.waitFor(100, TimeUnit.SECONDS), "child hangs");
        Assertions.assertEquals(0, process.exitValue());
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        Assertions.assertTrue(process.waitFor(10, TimeUnit.SECONDS), "child does not die");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
