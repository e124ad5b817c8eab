package io.tributary.tools.bench;

import io.tributary.config.NativeConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelDirectory;
import io.tributary.tensor.Torch;
import io.tributary.tools.bench.BenchReport.Throughput;
import io.tributary.tools.bench.MatrixProduct.Peak;
import io.tributary.tools.bench.StageBench.Choice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Measures matrix products, each stage alone, and the whole stream. */
public final class Benchmark implements AutoCloseable {
  private static final int MIN_STEPS = 3;
  private static final int MAX_STEPS = 10_000;
  private static final long KIBIBYTE = 1024;

  private final BenchPlan plan;
  private final BenchDirectory place = BenchDirectory.open();

  /** A benchmark with its own temporary directory. */
  public Benchmark(BenchPlan plan) {
    this.plan = plan;
  }

  /** How the native library is to be loaded before {@link #run}. */
  public NativeConfig nativeLibrary() {
    return BenchConfig.nativeLibrary(plan, place);
  }

  /**
   * Measures everything.
   *
   * @param table receives each line of the table as soon as it is known
   * @throws io.tributary.data.BadInputException if model or configuration can't be used
   */
  public BenchReport run(Consumer<String> table) {
    BenchConfig configs = BenchConfig.of(plan, place);
    TributaryConfig config = configs.ofSteps(1);
    DecoderConfig model = ModelDirectory.open(config.model().base()).config();
    BenchTable lines = new BenchTable(table);
    Alone alone = alone(model, config, lines);
    Throughput stream = lines.throughput("stream", stream(configs, config, alone, model));
    lines.remark(alone.sampling(), alone.scoring(), alone.learning(), stream);
    Long resident = peakResidentBytes();
    if (resident != null) {
      lines.memory(resident);
    }
    return new BenchReport(
        BenchReport.Model.of(model),
        BenchReport.Configuration.of(config),
        Torch.takesMklFastPath(),
        alone.peak(),
        alone.peakTogether(),
        alone.choice(),
        alone.sampling(),
        alone.scoring(),
        alone.learning(),
        stream,
        resident);
  }

  private record Alone(
      Peak peak,
      Peak peakTogether,
      Choice choice,
      Throughput sampling,
      Throughput scoring,
      Throughput learning,
      double tokensPerSequence) {

    double secondsPerSequence() {
      return Stream.of(sampling, scoring, learning)
          .mapToDouble(stage -> 1 / stage.sequencesPerSecond())
          .sum();
    }
  }

  /** Peaks, and each stage alone; the stages' weights are freed before the stream has its own. */
  private Alone alone(DecoderConfig model, TributaryConfig config, BenchTable lines) {
    try (StageBench stages = new StageBench(config, plan.seconds())) {
      lines.setting(model, config);
      Peak peak = MatrixProduct.peak(1, plan.seconds());
      lines.peak(peak);
      Peak together = MatrixProduct.peak(computing(config), plan.seconds());
      lines.peak(together);
      Choice choice = stages.choice();
      lines.choice(choice);
      lines.heading();
      double most = peak.operationsPerSecond();
      return new Alone(
          peak,
          together,
          choice,
          lines.throughput("sampling", stages.sampling(most)),
          lines.throughput("scoring", stages.scoring(most)),
          lines.throughput("learning", stages.learning(most)),
          stages.tokensPerSequence());
    }
  }

  /** The whole stream, for about the planned time, estimated from that of its stages. */
  private Throughput stream(
      BenchConfig configs, TributaryConfig config, Alone measured, DecoderConfig model) {
    Peak together = measured.peakTogether();
    double secondsPerStep =
        measured.secondsPerSequence() * config.learner().batchSize() / together.computing();
    long steps =
        Math.max(MIN_STEPS, Math.min(MAX_STEPS, Math.round(plan.seconds() / secondsPerStep)));
    long warmup = 2L + config.stream().maxStalenessSteps();
    StreamBench bench = new StreamBench(configs.ofSteps(warmup + steps), warmup);
    double rate = place.run(bench::sequencesPerSecond);
    double operations =
        (2.0 * StageBench.FORWARD + StageBench.FORWARD_AND_BACKWARD) * model.parameters();
    return Throughput.of(
        rate, rate * measured.tokensPerSequence(), operations, together.operationsPerSecond());
  }

  /** Threads that compute at once: one per worker and the learner, if cores suffice. */
  private static int computing(TributaryConfig config) {
    int stages = config.samplers().count() + config.scorers().count() + 1;
    int processors = Runtime.getRuntime().availableProcessors();
    return Math.max(1, Math.min(stages, processors / config.nativeLibrary().intraOpThreads()));
  }

  /** Peak memory of this process; null except on Linux. */
  private static @Nullable Long peakResidentBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() {
    place.close();
  }
}
