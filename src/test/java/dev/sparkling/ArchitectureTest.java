package dev.sparkling;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the packages, as CONTRIBUTING.md draws them. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sparkling");

    @Test
    void packagesUseOnlyThoseBelowThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("main")
                .definedBy("dev.sparkling")
                .layer("cli")
                .definedBy("dev.sparkling.cli")
                .layer("console")
                .definedBy("dev.sparkling.console..")
                .layer("pipeline")
                .definedBy("dev.sparkling.pipeline")
                .layer("docker")
                .definedBy("dev.sparkling.engine.docker")
                .layer("local")
                .definedBy("dev.sparkling.engine.local")
                .layer("probe")
                .definedBy("dev.sparkling.engine.probe")
                .layer("engine")
                .definedBy("dev.sparkling.engine")
                .layer("compose")
                .definedBy("dev.sparkling.compose")
                .layer("cluster")
                .definedBy("dev.sparkling.cluster")
                .layer("bundle")
                .definedBy("dev.sparkling.bundle")
                .layer("yaml")
                .definedBy("dev.sparkling.yaml")
                .layer("error")
                .definedBy("dev.sparkling.error")
                .whereLayer("main")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("cli")
                .mayOnlyBeAccessedByLayers("main")
                .whereLayer("console")
                .mayOnlyBeAccessedByLayers("main", "cli")
                .whereLayer("docker")
                .mayOnlyBeAccessedByLayers("main")
                .whereLayer("local")
                .mayOnlyBeAccessedByLayers("main")
                .whereLayer("pipeline")
                .mayOnlyBeAccessedByLayers("cli", "console")
                .whereLayer("probe")
                .mayOnlyBeAccessedByLayers("docker", "local")
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("main", "cli", "console", "pipeline", "docker", "local", "probe")
                .whereLayer("compose")
                .mayOnlyBeAccessedByLayers("main", "cli", "engine", "docker", "local", "probe", "pipeline")
                .whereLayer("cluster")
                .mayOnlyBeAccessedByLayers("main", "cli", "compose", "docker", "local", "probe")
                .whereLayer("bundle")
                .mayOnlyBeAccessedByLayers("compose", "docker", "local")
                .whereLayer("yaml")
                .mayOnlyBeAccessedByLayers("compose", "pipeline", "cli")
                .check(CLASSES);
    }

    @Test
    void eachVendorsTypesStayInOnePackage() {
        onlyIn("com.github.dockerjava..", "dev.sparkling.engine.docker");
        onlyIn("org.yaml.snakeyaml..", "dev.sparkling.yaml");
        onlyIn("org.jline..", "dev.sparkling.console");
    }

    private static void onlyIn(String vendor, String home) {
        noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(vendor)
                .check(CLASSES);
    }

    @Test
    void onlyMainEndsTheProgram() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.sparkling.Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }
}
