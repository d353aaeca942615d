package io.onlap.jmh;

import java.io.IOException;
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
 * The main class of the jar: {@code compare …} runs {@link Compare}, everything else goes to JMH. Behind the word
 * {@code bench}, with which the command line hands over, nothing or an option means {@code compare} too.
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

    static int run(String... given) throws RunnerException, IOException {
        String[] args = isFirst(given, "bench") ? afterBench(given) : given;
        try {
            if (isFirst(args, "compare")) {
                CompareArguments arguments = CompareArguments.parse(tail(args));
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

    private static String[] afterBench(String... given) {
        String[] rest = tail(given);
        return rest.length == 0 || rest[0].startsWith("--")
                ? Stream.concat(Stream.of("compare"), Stream.of(rest)).toArray(String[]::new)
                : rest;
    }

    private static boolean isFirst(String[] args, String word) {
        return args.length > 0 && args[0].equals(word);
    }

    private static String[] tail(String... args) {
        return Arrays.copyOfRange(args, 1, args.length);
    }

    private static int runJmh(CommandLineOptions asked) throws RunnerException, IOException {
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
