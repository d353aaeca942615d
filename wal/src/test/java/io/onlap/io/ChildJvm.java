package io.onlap.io;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a second JVM with the class path and flags of this one, for tests that kill. Threading: stateless. */
public final class ChildJvm {
    private ChildJvm() {}

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
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            process.waitFor();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
