package io.tributary.cli;

import io.tributary.data.BadInputException;
import io.tributary.tensor.Torch;
import io.tributary.tools.bench.BenchPlan;
import io.tributary.tools.bench.BenchReport;
import io.tributary.tools.bench.Benchmark;
import io.tributary.tools.bench.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the throughput of the stages and of the whole stream on this machine. */
@Command(
    name = "bench",
    header = "Measures throughput on this machine.",
    description = {
      "Measures the throughput of each stage alone and of the whole stream, next "
          + "to the peak of matrix products on this machine, and prints a table.",
      "",
      "Sampling and scoring take 2 operations per parameter and token, learning "
          + "6, and the whole stream 10. A stage alone is compared with the peak of one"
          + " product on native.intra-op-threads threads, the stream with that of as "
          + "many products at once as a run computes at once.",
      ""
    })
final class BenchVerb extends Verb {
  private static final String STANDARD_OUTPUT = "-";

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "The configuration of the run to measure, in HOCON. Default: the "
              + "defaults, with a target that every sequence satisfies.")
  private @Nullable Path config;

  @Mixin private ConfigOverrides overrides = new ConfigOverrides();

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "The model directory. Default: model.base of the configuration; without one, the small"
              + " model that comes with the program.")
  private @Nullable Path model;

  @Option(
      names = "--shape",
      paramLabel = "[TYPE:]L,H,D,V,P",
      description =
          "Instead of a model directory: random weights of L layers, H heads, width D, vocabulary V"
              + " and P positions, with a target that its sequences satisfy. GPT-2 small is"
              + " 12,12,768,50257,1024. TYPE is the model_type of config.json. Default: gpt2.")
  private @Nullable Shape shape;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description =
          "With --shape: GPT-2's tokenizer.json, plain or gzipped, which is cut to "
              + "the vocabulary. Default: the one that comes with the program.")
  private Path tokenizer = shipped("test-data/tokenizer/gpt2-tokenizer.json.gz");

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "Seconds for each of the 7 measurements; a step that takes longer is "
              + "completed. Default: ${DEFAULT-VALUE}.")
  private double seconds = 5;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = STANDARD_OUTPUT,
      paramLabel = "FILE",
      description =
          "Print JSON instead of the table; with --json=FILE, print the table and "
              + "write JSON to the file.")
  private @Nullable String json;

  /** The model of this project, where neither model nor configuration is given. */
  private Optional<Path> defaultModel() {
    boolean isGiven =
        shape != null
            || config != null
            || overrides.overrides().keySet().stream().anyMatch(key -> key.contains("model.base"));
    return Optional.of(shipped("test-data/models/base"))
        .filter(directory -> !isGiven && Files.isDirectory(directory));
  }

  /** A file that comes with the program. */
  private static Path shipped(String path) {
    return Path.of(Objects.requireNonNullElse(System.getenv("TRIBUTARY_HOME"), ""), path);
  }

  @Override
  public Integer call() {
    boolean jsonAlone = STANDARD_OUTPUT.equals(json);
    BenchPlan plan =
        new BenchPlan(
            Optional.ofNullable(config),
            overrides.overrides(),
            Optional.ofNullable(model).or(this::defaultModel),
            Optional.ofNullable(shape),
            tokenizer,
            seconds);
    try (Benchmark benchmark = new Benchmark(plan)) {
      Torch.load(benchmark.nativeLibrary());
      BenchReport report =
          benchmark.run(
              line -> {
                if (!jsonAlone) {
                  out().println(line);
                  out().flush();
                }
              });
      if (jsonAlone) {
        out().println(report.toJson());
      } else if (json != null) {
        Files.writeString(Path.of(json), report.toJson() + "\n");
      }
    } catch (IOException e) {
      throw new BadInputException("--json = %s can't be written: %s".formatted(json, e), e);
    }
    return Tributary.DONE;
  }
}
