package io.onlap;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.onlap.io.StorageException;
import io.onlap.memtable.Column;
import io.onlap.memtable.ColumnType;
import io.onlap.memtable.Row;
import io.onlap.memtable.RowBuilder;
import io.onlap.memtable.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The directions of the house: who may know whom. */
class PackageLawTest {
    private static final String ROOT = "io.onlap";

    /** Each package and what of ours it may use besides itself. */
    private static final Map<String, Set<String>> ALLOWED = Map.of(
            "io.onlap.io", Set.of(),
            "io.onlap.wal", Set.of("io.onlap.io"),
            "io.onlap.memtable", Set.of("io.onlap.io"),
            "io.onlap.manifest", Set.of("io.onlap.io", "io.onlap.memtable"),
            "io.onlap.flush", Set.of("io.onlap.io", "io.onlap.wal", "io.onlap.memtable", "io.onlap.manifest"),
            "io.onlap",
                    Set.of("io.onlap.io", "io.onlap.wal", "io.onlap.memtable", "io.onlap.manifest", "io.onlap.flush"),
            "io.onlap.cli", Set.of("io.onlap"));

    /** Types of lower rooms that belong to the door, because its users see them. */
    private static final Set<String> DOOR_TYPES = Stream.of(
                    StorageException.class,
                    TableSchema.class,
                    Column.class,
                    ColumnType.class,
                    Row.class,
                    RowBuilder.class)
            .map(Class::getName)
            .collect(Collectors.toSet());

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOptions(
                    List.of(new ImportOption.DoNotIncludeTests(), location -> !location.contains("-tests.jar")))
            .importPackages(ROOT);

    @Test
    void shouldSeeTheRealClassesWhenImporting() {
        for (Class<?> type : List.of(StorageException.class, TableSchema.class, Filter.class)) {
            assertTrue(CLASSES.contain(type), type.getName());
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldUseOnlyLowerRoomsWhenPackageIs() {
        return ALLOWED.keySet().stream()
                .map(owner -> DynamicTest.dynamicTest(owner, () -> classes()
                        .that()
                        .resideInAPackage(owner)
                        .should()
                        .onlyDependOnClassesThat(mayBeUsedBy(owner))
                        .allowEmptyShould(true)
                        .check(CLASSES)));
    }

    private static DescribedPredicate<JavaClass> mayBeUsedBy(String owner) {
        Set<String> allowed = ALLOWED.get(owner);
        return DescribedPredicate.describe("are outside the house or in " + owner + ", " + allowed, used -> {
            String home = used.getBaseComponentType().getPackageName();
            String name = used.getBaseComponentType().getName();
            boolean ours = home.equals(ROOT) || home.startsWith(ROOT + ".");
            boolean door = allowed.contains(ROOT)
                    && DOOR_TYPES.stream().anyMatch(type -> name.equals(type) || name.startsWith(type + "$"));
            return !ours || home.equals(owner) || allowed.contains(home) || door;
        });
    }

    @Test
    void shouldHaveNoCycleWhenPackagesAreSliced() {
        slices().matching("io.onlap.(*)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldKeepChronicleInTheLogWhenClassIsElsewhere() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.onlap.wal")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.openhft.chronicle..")
                .check(CLASSES);
    }

    /** The room {@code wal/} is two packages; the lower one asks the system to allocate space through the same library. */
    @Test
    void shouldKeepItsLibrariesInTheRoomOfTheLogWhenClassIsElsewhere() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.onlap.wal", "io.onlap.io")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.openhft..")
                .check(CLASSES);
    }

    @Test
    void shouldKeepDisruptorInTheEngineWhenClassIsElsewhere() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.lmax..")
                .check(CLASSES);
    }
}
