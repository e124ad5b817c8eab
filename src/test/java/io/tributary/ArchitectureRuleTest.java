package io.tributary;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.typesafe.config.Config;
import io.prometheus.metrics.core.metrics.Counter;
import io.tributary.model.ModelFamily;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Classes that break each rule on purpose, compiled for it, and ones that break none. */
class ArchitectureRuleTest {
  @TempDir private Path directory;

  /** A class of a room or one of its folders that has a field of another class. */
  private record Source(String folder, String name, String head, String body) {
    static Source using(String folder, String name, String... used) {
      String fields =
          IntStream.range(0, used.length)
              .mapToObj(i -> "%s field%d;".formatted(used[i], i))
              .collect(joining(" "));
      return new Source(folder, name, "public class " + name, fields);
    }

    String text() {
      return "package io.tributary.%s; %s { %s }".formatted(folder, head, body);
    }
  }

  private static List<Source> broken(ArchitectureRule rule) {
    return switch (rule) {
      case EVERY_ROOM_IS_LISTED -> List.of(Source.using("cellar", "Barrel"));
      case THERE_ARE_FEW_ROOMS ->
          IntStream.rangeClosed(0, ArchitectureRule.MAX_ROOMS)
              .mapToObj(i -> Source.using("room" + i, "Chair"))
              .toList();
      case NO_FOLDER_IS_CROWDED ->
          IntStream.rangeClosed(0, ArchitectureRule.MAX_FILES)
              .mapToObj(i -> Source.using("stage.learn", "Step" + i))
              .toList();
      case A_ROOM_USES_ONLY_WHAT_LIES_UNDER_IT ->
          List.of(
              Source.using("tools.bench", "Timing"),
              Source.using("run.life", "Guard", "io.tributary.tools.bench.Timing"));
      case ROOMS_HAVE_NO_CYCLES ->
          List.of(
              Source.using("data", "Egg", "io.tributary.model.Hen"),
              Source.using("model", "Hen", "io.tributary.data.Egg"));
      case STAGES_DO_NOT_KNOW_EACH_OTHER ->
          List.of(
              Source.using("stage.sample", "Dice"),
              Source.using("stage.learn.update", "Gambler", "io.tributary.stage.sample.Dice"));
      case TOOLS_DO_NOT_KNOW_EACH_OTHER ->
          List.of(
              Source.using("tools.report.draw", "Line"),
              Source.using("tools.experiment", "Plot", "io.tributary.tools.report.draw.Line"));
      case A_MODEL_FAMILY_IS_KNOWN_ONLY_IN_ITS_FOLDER ->
          List.of(
              new Source(
                  "model.other",
                  "OtherFamily",
                  "public abstract class OtherFamily implements io.tributary.model.ModelFamily",
                  ""),
              Source.using("stage.sample", "Chooser", "io.tributary.model.other.OtherFamily"));
      case A_STAGE_IS_A_FOLDER -> List.of(Source.using("stage", "Bridge"));
      case FEW_ROOMS_USE_ARRAYS ->
          List.of(Source.using("objective", "Loss", "ai.djl.ndarray.NDArray"));
      case FEW_ROOMS_USE_ACTORS ->
          List.of(Source.using("objective", "Told", "org.apache.pekko.actor.typed.ActorRef"));
      case FOLDERS_OF_A_RUN_HAVE_NO_CYCLES ->
          List.of(
              Source.using("run.life", "Egg", "io.tributary.run.watch.Hen"),
              Source.using("run.watch", "Hen", "io.tributary.run.life.Egg"));
      case ONLY_TENSOR_USES_THE_ENGINE ->
          List.of(Source.using("model", "Shortcut", "ai.djl.pytorch.engine.PtNDArray"));
      case ONLY_METRICS_USES_PROMETHEUS ->
          List.of(Source.using("serve", "Counting", "io.prometheus.metrics.core.metrics.Counter"));
      case ONLY_CONFIG_READS_HOCON ->
          List.of(Source.using("cli", "Setting", "com.typesafe.config.Config"));
      case NATIVE_ARRAYS_DO_NOT_FLOW ->
          List.of(Source.using("protocol", "Sent", "ai.djl.ndarray.NDArray"));
      case ACTORS_ARE_MADE_BY_THEIR_FACTORIES ->
          List.of(
              new Source(
                  "stage.sample",
                  "Actor",
                  "abstract class Actor"
                      + " extends org.apache.pekko.actor.typed.javadsl.AbstractBehavior<String>",
                  "Actor(org.apache.pekko.actor.typed.javadsl.ActorContext<String> context)"
                      + " { super(context); }"));
    };
  }

  @ParameterizedTest
  @EnumSource
  void whatBreaksARuleIsFound(ArchitectureRule rule) throws IOException {
    assertThat(rule.violations(compiled(broken(rule)))).isNotEmpty();
  }

  @Test
  void whatBreaksNoRuleIsNotFound() throws IOException {
    List<Source> sound =
        List.of(
            Source.using("data", "Text"),
            Source.using("config", "Settings", "com.typesafe.config.Config"),
            Source.using("tensor", "Array", "ai.djl.pytorch.engine.PtNDArray"),
            Source.using("metrics", "Count", "io.prometheus.metrics.core.metrics.Counter"),
            Source.using("stage.sample", "Dice", "io.tributary.tensor.Array"),
            Source.using("run.life", "Guard", "io.tributary.stage.sample.Dice"),
            Source.using("tools.experiment", "Cell", "io.tributary.run.life.Guard"),
            Source.using("tools.report", "Page", "io.tributary.tools.experiment.Cell"),
            Source.using("cli", "Verb", "io.tributary.tools.report.Page"));
    JavaClasses code = compiled(sound);
    assertThat(ArchitectureRule.values())
        .allSatisfy(rule -> assertThat(rule.violations(code)).isEmpty());
  }

  private JavaClasses compiled(List<Source> sources) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Source source : sources) {
      Path folder = directory.resolve("src/io/tributary/" + source.folder().replace('.', '/'));
      Files.createDirectories(folder);
      files.add(Files.writeString(folder.resolve(source.name() + ".java"), source.text()));
    }
    Path classes = Files.createDirectory(directory.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<String> options = List.of("-proc:none", "-d", classes.toString(), "-cp", classPath());
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
    return new ClassFileImporter().importPath(classes);
  }

  /** The libraries that the sources use. */
  private static String classPath() {
    return Stream.of(
            ModelFamily.class,
            Config.class,
            NDArray.class,
            PtNDArray.class,
            Counter.class,
            AbstractBehavior.class,
            org.apache.pekko.actor.ActorRef.class,
            scala.Option.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
        .map(location -> Path.of(URI.create(location.toString())).toString())
        .distinct()
        .collect(joining(File.pathSeparator));
  }
}
