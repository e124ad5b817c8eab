package io.tributary.report;

import io.tributary.config.ObjectiveType;
import io.tributary.experiment.CellRecord;
import io.tributary.report.Claim.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Finished runs of two methods with the same task, batch size and seed.
 *
 * @param pairs the one method's run and the other's
 * @param planned pairs that the grid will have
 */
record Comparison(List<Pair> pairs, long planned) {
  /** With fewer tasks a test says more of its assumptions than of the methods. */
  private static final int LEAST_TASKS = 3;

  Comparison {
    pairs = List.copyOf(pairs);
  }

  /** Two runs that differ in the method alone. */
  record Pair(RunData one, RunData other) {
    String task() {
      return one.cell().task();
    }
  }

  /** All such pairs of the first runs of an objective each. */
  static Comparison of(GridData grid, ObjectiveType one, ObjectiveType other) {
    List<Pair> pairs = new ArrayList<>();
    long planned = 0;
    for (RunData first : grid.where(run -> run.cell().isOf(one)).runs()) {
      Optional<RunData> second =
          grid.runs().stream()
              .filter(run -> run.cell().isOf(other) && isSameButMethod(run.cell(), first.cell()))
              .findFirst();
      if (second.isPresent()) {
        planned++;
        if (first.isFinished() && second.get().isFinished()) {
          pairs.add(new Pair(first, second.get()));
        }
      }
    }
    return new Comparison(pairs, planned);
  }

  private static boolean isSameButMethod(CellRecord a, CellRecord b) {
    return a.task().equals(b.task()) && a.batchSize() == b.batchSize() && a.seed() == b.seed();
  }

  /** How many pairs are missing, as the beginning of a note. */
  String missing() {
    return planned > pairs.size()
        ? "%d of %d pairs are finished. ".formatted(pairs.size(), planned)
        : "";
  }

  /** A claim on a quantity of a run: that the one method's is larger, in the mean over tasks. */
  Claim larger(
      String statement, String what, Scale scale, ToDoubleFunction<RunData> of, String note) {
    return claim(
        statement,
        what,
        scale,
        pair -> scale.compare(of.applyAsDouble(pair.one()), of.applyAsDouble(pair.other())),
        note);
  }

  /**
   * A claim that a comparison is positive in the mean over tasks. Runs of one task have much in
   * common whatever their batch size and seed, so that they are averaged first and count once.
   *
   * @param what is estimated
   * @param compared of a pair; no number where there is nothing to compare
   */
  Claim claim(
      String statement, String what, Scale scale, ToDoubleFunction<Pair> compared, String note) {
    double[] tasks = meansByTask(compared);
    Optional<PairedTest> test =
        tasks.length < LEAST_TASKS ? Optional.empty() : PairedTest.of(tasks);
    if (test.isPresent()) {
      PairedTest found = test.get();
      return new Claim(
          statement,
          found.mean() > 0 ? Verdict.SHOWS : Verdict.OPPOSITE,
          found.n(),
          scale.shown(what, found.mean(), found.interval()),
          found.interval().p(),
          Double.NaN,
          missing() + note);
    }
    String why =
        tasks.length < LEAST_TASKS
            ? "A test needs %d tasks. ".formatted(LEAST_TASKS)
            : "All tasks have the same value. ";
    return new Claim(
        statement,
        Verdict.NOT_ENOUGH_DATA,
        tasks.length,
        tasks.length == 0
            ? ""
            : "%s: %s"
                .formatted(
                    what, Table.number(scale.shown(Arrays.stream(tasks).average().orElseThrow()))),
        Double.NaN,
        Double.NaN,
        missing() + why + note);
  }

  /** The mean over the pairs of each task that have a number. */
  private double[] meansByTask(ToDoubleFunction<Pair> compared) {
    Map<String, List<Double>> byTask = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      double value = compared.applyAsDouble(pair);
      if (Double.isFinite(value)) {
        byTask.computeIfAbsent(pair.task(), key -> new ArrayList<>()).add(value);
      }
    }
    return byTask.values().stream()
        .mapToDouble(all -> all.stream().mapToDouble(d -> d).average().orElseThrow())
        .toArray();
  }
}
