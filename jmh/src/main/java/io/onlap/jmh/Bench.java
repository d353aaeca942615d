package io.onlap.jmh;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The main class of the jar: {@code compare …} runs {@link Compare}, everything else goes to JMH.
 *
 * <p>Threading: the main thread.
 */
public final class Bench {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Bench() {}

    public static void main(String[] args) throws Exception {
        System.exit(run(args));
    }

    static int run(String... args) throws RunnerException, java.io.IOException {
        try {
            if (args.length > 0 && args[0].equals("compare")) {
                CompareArguments arguments = CompareArguments.parse(Arrays.copyOfRange(args, 1, args.length));
                if (arguments.isHelp()) {
                    System.out.println(CompareArguments.USAGE);
                    return OK;
                }
                return new Compare(arguments, System.err).run(System.out) ? OK : FAILED;
            }
            return runJmh(new CommandLineOptions(args));
        } catch (IllegalArgumentException | CommandLineOptionException e) {
            System.err.println("INVALID: " + e.getMessage());
            return USAGE;
        }
    }

    private static int runJmh(CommandLineOptions asked) throws RunnerException, java.io.IOException {
        if (asked.shouldHelp()) {
            asked.showHelp();
            System.out.println("Or: compare [option]…, see compare --help");
            return OK;
        }
        Collection<String> appended = asked.getJvmArgsAppend().orElse(List.of());
        String[] flags =
                Stream.concat(Stream.of(BenchFlags.flags()), appended.stream()).toArray(String[]::new);
        Runner runner = new Runner(new OptionsBuilder()
                .parent(asked)
                .addProfiler(Figures.class)
                .jvmArgsAppend(flags)
                .build());
        if (asked.shouldList()) {
            runner.list();
        } else if (asked.shouldListWithParams()) {
            runner.listWithParams(asked);
        } else {
            runner.run();
        }
        return OK;
    }
}
