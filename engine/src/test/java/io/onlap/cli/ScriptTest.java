package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script hands what it was given to the JVM so that the JVM reads it as it was meant. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ScriptTest {
    /** Stands for the JDK: tells its version, else the streams it was given or the locale it was started in. */
    private static final String JAVA =
            """
            #!/bin/sh
            case "$1$STREAMS" in
              -version*) echo 'openjdk version "17.0.1"' >&2 ;;
              *streams) for n in 0 1 2; do [ -e /dev/fd/$n ] && echo $n >> "$STREAMS_FILE"; done ;;
              *) echo "${LC_ALL:-${LC_CTYPE:-$LANG}}" ;;
            esac
            """;

    @TempDir
    private Path directory;

    private Path script;

    @BeforeEach
    void layOut() throws IOException {
        script = Files.copy(Path.of("../onlap"), directory.resolve("onlap"));
        Path target = Files.createDirectories(directory.resolve("engine/target"));
        Files.createFile(target.resolve("onlap.jar"));
        Files.createFile(target.resolve(".onlap-built"));
        Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
        assertTrue(Files.writeString(java, JAVA).toFile().setExecutable(true), "not executable: " + java);
    }

    /** A JVM without a locale reads arguments as ASCII: a key of other letters would be taken for another key. */
    @ParameterizedTest
    @CsvSource({
        "'','','',C.UTF-8",
        "'','',C,C.UTF-8",
        "POSIX,'',de_DE.UTF-8,C.UTF-8",
        "'',C,de_DE.UTF-8,C.UTF-8",
        "'','',de_DE.UTF-8,de_DE.UTF-8",
        "'','',de_DE.ISO-8859-1,de_DE.ISO-8859-1"
    })
    void shouldReadArgumentsAsUtf8WhenThereIsNoLocale(String all, String characters, String lang, String expected)
            throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), "get").redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "LC_ALL", all,
                        "LC_CTYPE", characters,
                        "LANG", lang,
                        "JAVA_HOME", directory.resolve("jdk").toString()));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the script does not end");
        assertEquals(expected, out.lines().reduce("", (before, line) -> line));
    }

    /** The next file opened gets the number of a closed stream: what is meant for stderr would go into a file of the store. */
    @ParameterizedTest
    @ValueSource(strings = {"<&-", ">&-", "<&- >&- 2>&-"})
    void shouldStartWithThreeStreamsWhenSomeAreClosed(String closed) throws Exception {
        Path streams = directory.resolve("streams");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", "exec bash \"$0\" get " + closed, script.toString());
        builder.environment()
                .putAll(Map.of(
                        "STREAMS", "streams",
                        "STREAMS_FILE", streams.toString(),
                        "JAVA_HOME", directory.resolve("jdk").toString()));
        Process process = builder.start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the script does not end");
        assertEquals("0\n1\n2\n", Files.readString(streams), "closed: " + closed);
    }

    /** Scripts read the first word on stderr: it is the kind, also where the script itself fails. */
    @Test
    void shouldNameTheKindFirstWhenTheBuildFails() throws Exception {
        Files.delete(directory.resolve("engine/target/.onlap-built"));
        Path maven = Files.createDirectories(directory.resolve("maven")).resolve("mvn");
        assertTrue(
                Files.writeString(maven, "#!/bin/sh\necho broken here\nexit 1\n")
                        .toFile()
                        .setExecutable(true),
                "not executable: " + maven);
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), "get");
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        directory.resolve("maven") + ":" + builder.environment().get("PATH"),
                        "JAVA_HOME",
                        directory.resolve("jdk").toString()));
        Process process = builder.start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the script does not end");
        assertEquals("FATAL: the build failed: module=engine\nbroken here\n", err);
        assertEquals(3, process.exitValue());
    }
}
