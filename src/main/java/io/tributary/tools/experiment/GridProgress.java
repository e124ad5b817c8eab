package io.tributary.tools.experiment;

import io.tributary.config.experiment.Experiment;
import io.tributary.tools.experiment.Outcomes.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * Predicts the end of a grid from the seconds per sequence of each method so far, or of all methods
 * if one has not been measured yet.
 */
final class GridProgress {
  private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private static final DateTimeFormatter LATER =
      DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ROOT);

  private final Clock clock;
  private final int parallel;
  private final Map<String, double[]> secondsAndSequences = new HashMap<>();

  GridProgress(Clock clock, int parallel) {
    this.clock = clock;
    this.parallel = parallel;
  }

  /** Adds the time that a process of a cell of this method has taken. */
  void add(String method, Outcome outcome) {
    add(method, outcome.seconds(), outcome.sequences());
  }

  private void add(String method, double seconds, long sequences) {
    double[] sums = secondsAndSequences.computeIfAbsent(method, key -> new double[2]);
    sums[0] += seconds;
    sums[1] += sequences;
  }

  /**
   * When everything will be done; empty before anything has been measured.
   *
   * @param waiting cells that are not running, with the number of sequences each has learned from
   * @param running cells that run
   */
  Optional<ZonedDateTime> end(Map<Experiment.Cell, Long> waiting, List<CellProcess> running) {
    GridProgress now = new GridProgress(clock, parallel);
    secondsAndSequences.forEach((method, sums) -> now.add(method, sums[0], (long) sums[1]));
    running.forEach(
        cell -> now.add(cell.cell().method(), cell.seconds(), cell.sequencesSinceStart()));
    DoubleSummaryStatistics seconds =
        DoubleStream.concat(
                waiting.entrySet().stream()
                    .mapToDouble(cell -> now.secondsFor(cell.getKey(), cell.getValue())),
                running.stream().mapToDouble(cell -> now.secondsFor(cell.cell(), cell.sequences())))
            .summaryStatistics();
    if (Double.isNaN(seconds.getSum())) {
      return Optional.empty();
    }
    // a cell runs in one process, whatever the others do
    double left = Math.max(seconds.getMax(), seconds.getSum() / parallel);
    return Optional.of(ZonedDateTime.now(clock).plus(Duration.ofSeconds((long) Math.max(0, left))));
  }

  private double secondsFor(Experiment.Cell cell, long learned) {
    return Math.max(0, cell.sequences() - learned) * secondsPerSequence(cell.method());
  }

  private double secondsPerSequence(String method) {
    double[] sums = secondsAndSequences.getOrDefault(method, new double[2]);
    if (sums[1] > 0) {
      return sums[0] / sums[1];
    }
    double seconds = secondsAndSequences.values().stream().mapToDouble(s -> s[0]).sum();
    double sequences = secondsAndSequences.values().stream().mapToDouble(s -> s[1]).sum();
    return sequences > 0 ? seconds / sequences : Double.NaN;
  }

  /** The time of the end, as it is shown. */
  String text(Optional<ZonedDateTime> end) {
    return end.map(
            at ->
                at.format(
                    at.toLocalDate().equals(ZonedDateTime.now(clock).toLocalDate())
                        ? TODAY
                        : LATER))
        .orElse("not known yet");
  }
}
