package io.onlap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.NodeList;

/** What the engine asks for is what the build, the jars, the script and the README give. */
class JvmFlagsTest {
    private static final Path PARENT_POM = Path.of("../pom.xml");

    private static List<String> property(String name) throws Exception {
        return words(PARENT_POM, "properties", name);
    }

    /** What stands in the only element of that name and parent. */
    private static List<String> words(Path pom, String parent, String name) throws Exception {
        NodeList named = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(pom.toFile())
                .getElementsByTagName(name);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < named.getLength(); i++) {
            if (named.item(i).getParentNode().getNodeName().equals(parent)) {
                found.add(named.item(i).getTextContent().strip());
            }
        }
        assertEquals(1, found.size(), pom + " has not one " + name);
        return Arrays.asList(found.get(0).split("\\s+", -1));
    }

    private static List<String> required() {
        return JvmFlags.flags(name -> true, name -> true);
    }

    @Test
    void shouldAskForWhatTheBuildGives() throws Exception {
        assertEquals(property("onlap.jvm.flags"), required());
        assertEquals(property("onlap.jvm.flags.newer"), JvmFlags.FLAGS_OF_NEWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pom.xml", "../jmh/pom.xml"})
    void shouldAskForWhatTheManifestsGive(String pom) throws Exception {
        assertEquals(List.of("${onlap.jvm.add-opens}"), words(Path.of(pom), "manifestEntries", "Add-Opens"));
        assertEquals(List.of("${onlap.jvm.add-exports}"), words(Path.of(pom), "manifestEntries", "Add-Exports"));
        assertEquals(ofBase(JvmFlags.OPENED), property("onlap.jvm.add-opens"));
        assertEquals(ofBase(JvmFlags.EXPORTED), property("onlap.jvm.add-exports"));
        String target =
                words(Path.of(pom), "manifestEntries", "Enable-Native-Access").get(0);
        assertTrue(JvmFlags.FLAGS_OF_NEWER.contains("--enable-native-access=" + target), target);
    }

    private static List<String> ofBase(List<String> packages) {
        return packages.stream().map(name -> "java.base/" + name).toList();
    }

    /** A manifest has no entry for one of them. */
    @Test
    void shouldBeGivenByTheScriptWhenTheJdkIsNewer() throws Exception {
        String script = Files.readString(Path.of("../onlap"));
        String flags = "flags+=(" + String.join(" ", JvmFlags.FLAGS_OF_NEWER) + ")";
        assertTrue(script.contains(flags), flags);
    }

    @Test
    void shouldStandInTheReadme() throws Exception {
        List<String> readme =
                Arrays.asList(Files.readString(Path.of("../README.md")).split("[\\s`]+", -1));
        List<String> flags = new ArrayList<>(required());
        flags.addAll(JvmFlags.FLAGS_OF_NEWER);
        assertEquals(flags, readme.stream().filter(flags::contains).toList());
        assertEquals(
                flags, readme.stream().filter(word -> word.matches("--[a-z].*")).toList());
    }
}
