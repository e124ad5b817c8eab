package io.tributary.tools.bench;

import io.tributary.config.TributaryConfig;
import io.tributary.model.DecoderConfig;
import io.tributary.tensor.Torch;
import io.tributary.tools.bench.BenchReport.Throughput;
import io.tributary.tools.bench.MatrixProduct.Peak;
import io.tributary.tools.bench.StageBench.Choice;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/** Shows results as lines of a table. */
record BenchTable(Consumer<String> lines) {
  private static final double GIGA = 1e9;
  private static final double MILLI = 1e-3;
  private static final double MEBIBYTE = 1024 * 1024;

  void setting(DecoderConfig model, TributaryConfig config) {
    line(
        "%-26s %,d parameters: %s, %s, width %d, vocabulary %,d, %,d positions",
        "model",
        model.parameters(),
        count(model.layers(), "layer"),
        count(model.heads(), "head"),
        model.width(),
        model.vocabulary(),
        model.positions());
    line(
        "%-26s draws of %d, batches of %d in micro-batches of %d, at most %d tokens",
        "sequences",
        config.samplers().batchSize(),
        config.learner().batchSize(),
        config.learner().microBatchSize(),
        config.samplers().maxLength());
    line(
        "%-26s %s, %s, 1 learner, %s each; %s%s",
        "threads",
        count(config.samplers().count(), "sampler"),
        count(config.scorers().count(), "scorer"),
        count(config.nativeLibrary().intraOpThreads(), "thread"),
        count(Runtime.getRuntime().availableProcessors(), "processor"),
        Torch.takesMklFastPath() ? ", MKL's fast path on AMD" : "");
  }

  void peak(Peak peak) {
    line(
        "%-26s %.1f GFLOP/s (float32, %d x %d)",
        "matrix product, %d at once".formatted(peak.computing()),
        peak.operationsPerSecond() / GIGA,
        peak.size(),
        peak.size());
  }

  void choice(Choice choice) {
    line(
        "%-26s %.2f ms for %d rows, %.2f times the softmax alone (%.2f ms); the product before it"
            + " %.2f ms",
        "choice of a token",
        choice.choiceSeconds() / MILLI,
        choice.rows(),
        choice.choiceToSoftmaxRatio(),
        choice.softmaxSeconds() / MILLI,
        choice.productSeconds() / MILLI);
  }

  void heading() {
    line("%-26s %12s %12s %10s %10s", "", "sequences/s", "tokens/s", "GFLOP/s", "of peak");
  }

  /** Shows a throughput, and gives it back. */
  Throughput throughput(String name, Throughput t) {
    line(
        "%-26s %,12.1f %,12.0f %,10.1f %9.1f%%",
        name,
        t.sequencesPerSecond(),
        t.tokensPerSecond(),
        t.operationsPerSecond() / GIGA,
        100 * t.fractionOfPeak());
    return t;
  }

  /** Says that the peaks can't be right if a throughput is above them. */
  void remark(Throughput... measured) {
    if (Arrays.stream(measured).anyMatch(t -> t.fractionOfPeak() > 1)) {
      line(
          "More than 100 %% of peak: other programs were busy while the peak was measured, so that"
              + " it is too low; measure again on an idle machine.");
    }
  }

  void memory(long peakBytes) {
    line("%-26s %,.0f MiB", "peak resident memory", peakBytes / MEBIBYTE);
  }

  private static String count(long number, String noun) {
    return "%,d %s%s".formatted(number, noun, number == 1 ? "" : "s");
  }

  private void line(String format, Object... values) {
    lines.accept(String.format(Locale.ROOT, format, values));
  }
}
