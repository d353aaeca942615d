package io.onlap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** The flags the tests run with and the jar's manifest must be the same; JvmFlagsTest compares those the engine asks for. */
class CommandLineManifestTest {
    private static final Path ENGINE_POM = Path.of("pom.xml");
    private static final Path PARENT_POM = Path.of("../pom.xml");

    private static String element(Path pom, String name) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
        assertEquals(1, document.getElementsByTagName(name).getLength(), pom + " has not one " + name);
        return document.getElementsByTagName(name).item(0).getTextContent().strip();
    }

    /** A manifest entry of the jar, its property resolved. */
    private static Set<String> manifestEntry(String name) throws Exception {
        String value = element(ENGINE_POM, name);
        assertTrue(value.startsWith("${") && value.endsWith("}"), name + " is written twice: " + value);
        return new TreeSet<>(Arrays.asList(
                element(PARENT_POM, value.substring(2, value.length() - 1)).split("\\s+", -1)));
    }

    private static Set<String> flags(String option) {
        return Arrays.stream(System.getProperty("onlap.jvm.flags").strip().split("\\s+", -1))
                .filter(flag -> flag.startsWith(option))
                .map(flag -> flag.substring(option.length()).replace("=ALL-UNNAMED", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void shouldOpenTheSamePackagesWhenRunFromJar() throws Exception {
        assertEquals(flags("--add-opens="), manifestEntry("Add-Opens"));
        assertEquals(flags("--add-exports="), manifestEntry("Add-Exports"));
        assertEquals("ALL-UNNAMED", element(ENGINE_POM, "Enable-Native-Access"));
        assertEquals(Main.class.getName(), element(ENGINE_POM, "mainClass"));
    }
}
