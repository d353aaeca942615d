package io.onlap.cli;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * This program once more, in a process of its own: the same java, the same flags, the same jar or class path.
 *
 * <p>Threading: one thread.
 */
final class ChildProcess {
    private ChildProcess() {}

    /** Runs {@code arguments}; all it says goes to {@code log}. */
    static Process start(Path log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // A debugger's port is taken, and what we know of our terminal is not the child's.
            if (!flag.startsWith("-agentlib:jdwp") && !flag.startsWith("-Donlap.stderr.terminal")) {
                command.add(flag);
            }
        }
        String classPath = System.getProperty("java.class.path");
        if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
            // Only then are the flags in the jar's manifest heeded.
            command.addAll(List.of("-jar", classPath));
        } else {
            command.addAll(List.of("-cp", classPath, Main.class.getName()));
        }
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }
}
