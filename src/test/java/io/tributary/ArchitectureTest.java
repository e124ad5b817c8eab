package io.tributary;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.tributary.model.ModelFamily;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {
  private static final String ROOT = "io.tributary";
  private static final Set<String> BELOW_STAGES =
      Set.of(
          "data", "config", "io", "tensor", "model", "target", "objective", "protocol", "metrics");

  /** Which rooms a room may use, besides itself. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("data", Set.of()),
          Map.entry("config", Set.of()),
          Map.entry("io", Set.of("data")),
          Map.entry("protocol", Set.of("data", "config", "metrics")),
          Map.entry("metrics", Set.of("data", "config")),
          Map.entry("tensor", Set.of("data", "config")),
          Map.entry("model", Set.of("data", "config", "io", "tensor")),
          Map.entry("target", Set.of("data", "config", "model")),
          Map.entry("objective", Set.of("data", "config")),
          Map.entry("stage", BELOW_STAGES),
          Map.entry("stream", Set.of("data", "protocol", "metrics")),
          Map.entry("serve", Set.of("protocol", "data", "config", "metrics")),
          Map.entry("run", union(BELOW_STAGES, Set.of("stage", "stream", "serve"))),
          Map.entry("tools", union(BELOW_STAGES, Set.of("stage", "run"))));

  /** These use everything. */
  private static final Set<String> TOP = Set.of("", "cli");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageUsesOnlyWhatLiesUnderIt(String name) {
    classes()
        .that(describe("are in " + name, type -> packageOf(type).equals(name)))
        .should()
        .onlyDependOnClassesThat(
            describe(
                "are in " + name + ", in " + MAY_USE.get(name) + " or not ours",
                type ->
                    !isOurs(type)
                        || packageOf(type).equals(name)
                        || MAY_USE.getOrDefault(name, Set.of()).contains(packageOf(type))))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  static Stream<String> packages() {
    return MAY_USE.keySet().stream().sorted();
  }

  @Test
  void everyPackageHasItsRule() {
    Set<String> existing =
        CLASSES.stream()
            .map(ArchitectureTest::packageOf)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(union(MAY_USE.keySet(), TOP)).containsAll(existing);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void stagesDoNotKnowEachOther() {
    slices().matching(ROOT + ".stage.(*)..").should().notDependOnEachOther().check(CLASSES);
  }

  @Test
  void onlyTensorUsesThePytorchEngine() {
    onlyIn("tensor", "ai.djl.pytorch..");
  }

  @Test
  void aModelFamilyIsKnownToNothingOutsideItsFolder() {
    CLASSES.stream()
        .filter(type -> type.isAssignableTo(ModelFamily.class) && !type.isInterface())
        .map(JavaClass::getPackageName)
        .forEach(family -> onlyIn(family.substring(ROOT.length() + 1), family + ".."));
  }

  @Test
  void onlyMetricsUsesPrometheus() {
    onlyIn("metrics", "io.prometheus..");
  }

  @Test
  void onlyConfigReadsHocon() {
    onlyIn("config", "com.typesafe.config..");
  }

  @Test
  void nativeArraysDoNotFlow() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".data..", ROOT + ".protocol..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void actorsAreMadeByTheirFactories() {
    constructors()
        .that()
        .areDeclaredInClassesThat()
        .areAssignableTo(AbstractBehavior.class)
        .should()
        .bePrivate()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  private static void onlyIn(String owner, String library) {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "." + owner + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
  }

  /** First part of the package's name under the root; empty for the root itself. */
  private static String packageOf(JavaClass type) {
    return type.getPackageName().equals(ROOT)
        ? ""
        : type.getPackageName().substring(ROOT.length() + 1).split("\\.", -1)[0];
  }

  private static Set<String> union(Set<String> a, Set<String> b) {
    return Stream.concat(a.stream(), b.stream()).collect(Collectors.toSet());
  }
}
