package io.onlap.cli;

import io.onlap.io.StorageException.Kind;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The command line of Onlap. Commands are classes of their own; this one names them and decides how a process ends.
 *
 * <p>Threading: one thread.
 */
@Command(
        name = "onlap",
        description = "An embedded engine that takes in rows at a very high rate and never loses an acknowledged one.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    Main() {}

    /** Runs one command and exits with its status. */
    public static void main(String[] arguments) {
        int status = run(Console.ofProcess(), arguments);
        if (status != Exits.DONE) {
            System.exit(status);
        }
    }

    /** Runs one command; its results are all on {@code console.out} when this returns. */
    static int run(Console console, String... arguments) {
        try {
            return commandLine(console).execute(arguments);
        } catch (LinkageError | VirtualMachineError e) {
            // The library hands these through; whoever started us reads kinds, not traces.
            console.fail(Kind.FATAL + ": unexpected failure: cause=" + e);
            return Exits.FAILED;
        } finally {
            console.noteHeld();
        }
    }

    static CommandLine commandLine() {
        return commandLine(Console.ofProcess());
    }

    private static CommandLine commandLine(Console console) {
        CommandLine line = new CommandLine(new Main());
        line.addSubcommand(new DemoCommand(console));
        line.addSubcommand(new IngestCommand(console));
        line.addSubcommand(new GetCommand(console));
        line.addSubcommand(new DeleteCommand(console));
        line.addSubcommand(new CountCommand(console));
        line.addSubcommand(new ScanCommand(console));
        line.addSubcommand(new TablesCommand(console));
        line.addSubcommand(new DescribeCommand(console));
        line.addSubcommand(new VersionsCommand(console));
        line.addSubcommand(new StatCommand(console));
        line.addSubcommand(new CommandLine(new WalCommand()).addSubcommand(new WalCommand.Dump(console)));
        line.addSubcommand(new CommandLine(new ManifestCommand()).addSubcommand(new ManifestCommand.Log(console)));
        line.addSubcommand(new FlushCommand(console));
        line.addSubcommand(new VerifyCommand(console));
        line.setErr(new PrintWriter(new OutputStreamWriter(console.err(), StandardCharsets.UTF_8), true));
        line.setOut(new PrintWriter(new OutputStreamWriter(console.out(), StandardCharsets.UTF_8), true));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionStrategy(parsed -> execute(console, parsed));
        Exits.install(line);
        return line;
    }

    /** Whatever becomes of the command, results it wrote before are its results. */
    private static int execute(Console console, ParseResult parsed) {
        CommandLine last =
                parsed.asCommandLineList().get(parsed.asCommandLineList().size() - 1);
        int status;
        try {
            status = new CommandLine.RunLast().execute(parsed);
        } catch (ExecutionException failure) {
            flush(console, last, failure);
            throw failure;
        }
        flush(console, last, null);
        return status;
    }

    private static void flush(Console console, CommandLine last, ExecutionException earlier) {
        try {
            console.out().flush();
        } catch (IOException | RuntimeException e) {
            if (earlier == null) {
                throw new ExecutionException(last, "results not written", e);
            }
            earlier.addSuppressed(e);
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"onlap " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
