package io.tributary.testing.run;

import com.google.gson.Gson;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Label.Weight;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.tools.experiment.CellRecord;
import io.tributary.tools.experiment.CellRecord.Moment;
import io.tributary.tools.experiment.GridDirectory;
import io.tributary.tools.experiment.GridRecord;
import io.tributary.tools.experiment.GridRecord.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** Writes the files of a grid whose runs measured what a test wants. */
public final class HandMadeGrid {
  private static final Origin ORIGIN =
      new Origin(
          "1.0+abc",
          "tributary experiment -c a.conf",
          "17 (X)",
          "PyTorch 2",
          "Linux, 2 processors");

  private final Path home;
  private final List<CellRecord> cells = new ArrayList<>();

  public HandMadeGrid(Path home) {
    this.home = home;
  }

  public Path home() {
    return home;
  }

  /** How a run goes, by the share of it that is done; the moment is that of every feature. */
  public record Course(
      DoubleUnaryOperator moment,
      DoubleUnaryOperator klBase,
      DoubleUnaryOperator distinct,
      DoubleUnaryOperator variance) {}

  /** A finished run of ten evaluations and a hundred steps. */
  public CellRecord cell(
      String task,
      String method,
      int batch,
      long seed,
      Set<Integer> figures,
      List<Moment> targets,
      Course course)
      throws IOException {
    CellRecord cell =
        new CellRecord(
            "%s_%s_b%d_s%d".formatted(task, method, batch, seed),
            task,
            method,
            method,
            batch,
            seed,
            100L * batch,
            figures,
            targets);
    cells.add(cell);
    Files.createDirectories(home);
    Files.writeString(
        home.resolve("grid.json"), new Gson().toJson(new GridRecord(List.of(ORIGIN), cells)));
    Path run = Files.createDirectories(GridDirectory.run(home, cell.name()));
    Files.writeString(run.resolve("effective.conf"), "");
    Files.writeString(run.resolve("metrics.jsonl"), String.join("\n", rows(cell, course)) + "\n");
    Files.writeString(
        run.resolve("comparison.json"),
        """
        {"base": ["of the base"], "policy": ["of <%s>"]}
        """
            .formatted(method));
    return cell;
  }

  private static List<String> rows(CellRecord cell, Course course) {
    List<String> rows = new ArrayList<>();
    rows.add(evaluation(cell, 0, course));
    for (int step = 1; step <= 100; step++) {
      double done = step / 100.0;
      Measurements measured =
          new Measurements()
              .put(Metric.ADVANTAGE_MEAN, 0.01 * Math.sin(step))
              .put(Metric.BASELINE_MEAN, 0.2)
              .put(Metric.ADVANTAGE_VARIANCE, course.variance().applyAsDouble(done))
              .put(Metric.ADVANTAGE_ABS_MEAN, Math.sqrt(course.variance().applyAsDouble(done)))
              .put(Metric.EFFECTIVE_SAMPLE_SIZE_RATIO, 0.5, Weight.P_Q)
              .put(Metric.TOTAL_VARIATION, 1 - done / 2, Pair.P_PI);
      if (step % 5 == 0) {
        measured.put(Metric.GRADIENT_VARIANCE, 30 * course.variance().applyAsDouble(done));
      }
      rows.add(MetricsJsonl.step(step, (long) step * cell.batchSize(), measured));
      if (step % 10 == 0) {
        rows.add(evaluation(cell, step, course));
      }
    }
    return rows;
  }

  private static String evaluation(CellRecord cell, int step, Course course) {
    double done = step / 100.0;
    Measurements measured =
        new Measurements()
            .put(Metric.KL_NATS, 5 - 4 * course.moment().applyAsDouble(done), Pair.P_PI)
            .put(Metric.KL_NATS, course.klBase().applyAsDouble(done), Pair.PI_A)
            .put(Metric.KL_STDERR_NATS, 0.05, Pair.PI_A)
            .put(Metric.SELF_BLEU_5, 1 - course.distinct().applyAsDouble(done))
            .put(Metric.DISTINCT_1, course.distinct().applyAsDouble(done))
            .put(Metric.PERPLEXITY_BASE, 20 + done);
    for (Moment target : cell.targets()) {
      measured
          .put(
              Metric.FEATURE_MOMENT,
              course.moment().applyAsDouble(done),
              target.feature(),
              Distribution.PI)
          .put(Metric.FEATURE_MOMENT_STDERR, 0.01, target.feature(), Distribution.PI);
    }
    return MetricsJsonl.evaluation(step, (long) step * cell.batchSize(), measured);
  }
}
