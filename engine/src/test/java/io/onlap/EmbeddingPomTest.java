package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service that depends on the engine gets the libraries that the tests ran with. */
class EmbeddingPomTest {
    /**
     * The versions a parent manages do not reach those who depend on its modules: a Jackson library that only Arrow names would
     * come to them in Arrow's version, older than the one beside it, and the first schema would end in NoClassDefFoundError.
     */
    @Test
    void shouldNameEveryLibraryThatArrowNamesInAnotherVersion() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));
        List<String> jackson = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).getFileName().toString())
                .filter(jar -> jar.startsWith("jackson-"))
                .map(jar -> jar.replaceFirst("-[0-9].*", ""))
                .toList();
        assertFalse(jackson.isEmpty(), "no Jackson on the class path of the tests");
        List<String> unnamed = jackson.stream()
                .filter(library -> !pom.contains("<artifactId>" + library + "</artifactId>"))
                .toList();
        assertEquals(List.of(), unnamed);
    }
}
