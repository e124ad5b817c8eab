package io.tributary;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.tributary.model.ModelFamily;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;

/**
 * What holds between the rooms, the packages directly under {@code io.tributary}. A rule judges any
 * set of classes, so that {@link ArchitectureRuleTest} can break it on purpose.
 */
enum ArchitectureRule {
  /** A new room says here what it may use. */
  EVERY_ROOM_IS_LISTED {
    @Override
    List<String> violations(JavaClasses code) {
      return rooms(code).stream()
          .filter(room -> !TOP.contains(room) && !MAY_USE.containsKey(room))
          .map(room -> "the room \"" + room + "\" is not listed in MAY_USE")
          .toList();
    }
  },

  THERE_ARE_FEW_ROOMS {
    @Override
    List<String> violations(JavaClasses code) {
      Set<String> rooms = rooms(code);
      rooms.remove("");
      return rooms.size() <= MAX_ROOMS
          ? List.of()
          : List.of("%d rooms, expected at most %d".formatted(rooms.size(), MAX_ROOMS));
    }
  },

  NO_FOLDER_IS_CROWDED {
    @Override
    List<String> violations(JavaClasses code) {
      Map<String, Long> sizes =
          code.stream()
              .filter(
                  type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
              .collect(
                  Collectors.groupingBy(
                      JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
      return sizes.entrySet().stream()
          .filter(folder -> folder.getValue() > MAX_FILES)
          .map(
              folder ->
                  "%s has %d files, expected at most %d"
                      .formatted(folder.getKey(), folder.getValue(), MAX_FILES))
          .toList();
    }
  },

  A_ROOM_USES_ONLY_WHAT_LIES_UNDER_IT {
    @Override
    List<String> violations(JavaClasses code) {
      return MAY_USE.entrySet().stream()
          .flatMap(room -> details(usesOnly(room.getKey(), room.getValue()), code))
          .toList();
    }
  },

  ROOMS_HAVE_NO_CYCLES {
    @Override
    List<String> violations(JavaClasses code) {
      return details(slices().matching(ROOT + ".(*)..").should().beFreeOfCycles(), code).toList();
    }
  },

  STAGES_DO_NOT_KNOW_EACH_OTHER {
    @Override
    List<String> violations(JavaClasses code) {
      return details(slices().matching(ROOT + ".stage.(*)..").should().notDependOnEachOther(), code)
          .toList();
    }
  },

  /** A report is made of an experiment's results, and a benchmark measures pretraining too. */
  TOOLS_DO_NOT_KNOW_EACH_OTHER {
    @Override
    List<String> violations(JavaClasses code) {
      return details(
              slices()
                  .matching(ROOT + ".tools.(*)..")
                  .should()
                  .notDependOnEachOther()
                  .ignoreDependency(in("tools.report"), in("tools.experiment"))
                  .ignoreDependency(in("tools.bench"), in("tools.pretrain")),
              code)
          .toList();
    }
  },

  A_MODEL_FAMILY_IS_KNOWN_ONLY_IN_ITS_FOLDER {
    @Override
    List<String> violations(JavaClasses code) {
      return code.stream()
          .filter(type -> type.isAssignableTo(ModelFamily.class) && !type.isInterface())
          .map(JavaClass::getPackageName)
          .distinct()
          .flatMap(folder -> details(onlyIn(folder.substring(ROOT.length() + 1), folder), code))
          .toList();
    }
  },

  /** Otherwise it would join stages that do not know each other. */
  A_STAGE_IS_A_FOLDER {
    @Override
    List<String> violations(JavaClasses code) {
      return code.stream()
          .filter(type -> type.getPackageName().equals(ROOT + ".stage"))
          .map(type -> type.getName() + " is in no folder of stage")
          .toList();
    }
  },

  /** Stages, and what makes them, compute with arrays; the rest is plain Java. */
  FEW_ROOMS_USE_ARRAYS {
    @Override
    List<String> violations(JavaClasses code) {
      return details(
              onlyIn(Set.of("tensor", "model", "stage", "run", "tools", "cli"), "ai.djl"), code)
          .toList();
    }
  },

  /** The mathematics, models and data know nothing of actors. */
  FEW_ROOMS_USE_ACTORS {
    @Override
    List<String> violations(JavaClasses code) {
      return details(
              onlyIn(
                  Set.of("protocol", "stage", "stream", "cluster", "run", "serve", "cli"),
                  "org.apache.pekko"),
              code)
          .toList();
    }
  },

  FOLDERS_OF_A_RUN_HAVE_NO_CYCLES {
    @Override
    List<String> violations(JavaClasses code) {
      return details(slices().matching(ROOT + ".run.(*)..").should().beFreeOfCycles(), code)
          .toList();
    }
  },

  ONLY_TENSOR_USES_THE_ENGINE {
    @Override
    List<String> violations(JavaClasses code) {
      return details(onlyIn("tensor", "ai.djl.pytorch"), code).toList();
    }
  },

  ONLY_METRICS_USES_PROMETHEUS {
    @Override
    List<String> violations(JavaClasses code) {
      return details(onlyIn("metrics", "io.prometheus"), code).toList();
    }
  },

  /** Pekko hands some to a failure detector and an executor that it makes, unread. */
  ONLY_CONFIG_READS_HOCON {
    @Override
    List<String> violations(JavaClasses code) {
      return details(
              noClasses()
                  .that()
                  .resideOutsideOfPackage(ROOT + ".config..")
                  .and()
                  .areNotAssignableTo("org.apache.pekko.remote.FailureDetector")
                  .and()
                  .areNotAssignableTo("org.apache.pekko.dispatch.ExecutorServiceConfigurator")
                  .should()
                  .dependOnClassesThat()
                  .resideInAPackage("com.typesafe.config.."),
              code)
          .toList();
    }
  },

  /** What actors send each other is data of the Java heap. */
  NATIVE_ARRAYS_DO_NOT_FLOW {
    @Override
    List<String> violations(JavaClasses code) {
      return details(
              noClasses()
                  .that()
                  .resideInAnyPackage(ROOT + ".data..", ROOT + ".protocol..")
                  .should()
                  .dependOnClassesThat()
                  .resideInAPackage("ai.djl.."),
              code)
          .toList();
    }
  },

  ACTORS_ARE_MADE_BY_THEIR_FACTORIES {
    @Override
    List<String> violations(JavaClasses code) {
      return details(
              constructors()
                  .that()
                  .areDeclaredInClassesThat()
                  .areAssignableTo(AbstractBehavior.class)
                  .should()
                  .bePrivate(),
              code)
          .toList();
    }
  };

  static final String ROOT = "io.tributary";
  static final int MAX_ROOMS = 16;
  static final int MAX_FILES = 25;

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
          Map.entry("metrics", Set.of("data", "config", "io")),
          Map.entry("tensor", Set.of("data", "config")),
          Map.entry("model", Set.of("data", "config", "io", "tensor")),
          Map.entry("target", Set.of("data", "config", "model")),
          Map.entry("objective", Set.of("data", "config")),
          Map.entry("stage", BELOW_STAGES),
          Map.entry("stream", Set.of("data", "protocol", "metrics")),
          Map.entry("serve", Set.of("protocol", "data", "config", "io", "metrics")),
          Map.entry("cluster", Set.of("data", "config", "io", "tensor", "metrics", "protocol")),
          Map.entry("run", union(BELOW_STAGES, Set.of("stage", "stream", "serve", "cluster"))),
          Map.entry("tools", union(BELOW_STAGES, Set.of("stage", "run"))));

  /** These use everything, and nothing uses them. */
  private static final Set<String> TOP = Set.of("", "cli");

  /** What of these classes breaks the rule; empty if nothing does. */
  abstract List<String> violations(JavaClasses code);

  private static Stream<String> details(ArchRule rule, JavaClasses code) {
    return rule.allowEmptyShould(true).evaluate(code).getFailureReport().getDetails().stream();
  }

  private static ArchRule usesOnly(String room, Set<String> others) {
    return classes()
        .that(describe("are in " + room, type -> roomOf(type).equals(room)))
        .should()
        .onlyDependOnClassesThat(
            describe(
                "are in %s, in %s or not ours".formatted(room, others),
                type ->
                    !isOurs(type) || roomOf(type).equals(room) || others.contains(roomOf(type))));
  }

  /** Nothing outside {@code owner}, a folder under the root, uses the library. */
  private static ArchRule onlyIn(String owner, String library) {
    return onlyIn(Set.of(owner), library);
  }

  private static ArchRule onlyIn(Set<String> owners, String library) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(
            owners.stream().map(owner -> ROOT + "." + owner + "..").toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library + "..");
  }

  private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> in(String folder) {
    return JavaClass.Predicates.resideInAPackage(ROOT + "." + folder + "..");
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
  }

  private static Set<String> rooms(JavaClasses code) {
    return code.stream()
        .filter(ArchitectureRule::isOurs)
        .map(ArchitectureRule::roomOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** First part of the package's name under the root; empty for the root itself. */
  private static String roomOf(JavaClass type) {
    return type.getPackageName().equals(ROOT)
        ? ""
        : type.getPackageName().substring(ROOT.length() + 1).split("\\.", -1)[0];
  }

  private static Set<String> union(Set<String> a, Set<String> b) {
    return Stream.concat(a.stream(), b.stream()).collect(Collectors.toSet());
  }
}
