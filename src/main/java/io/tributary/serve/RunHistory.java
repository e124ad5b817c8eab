package io.tributary.serve;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonPrimitive;
import io.tributary.data.LearnedSequence;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Measurements since the first step of a run, thinned to a bounded number of points, for the
 * console's charts; and the latest learned sequences, for people to read. Thread-safe.
 */
public final class RunHistory {

  /** Number of learned sequences kept. */
  static final int MOST_SEQUENCES = 100;

  /** Learner steps a second; not a metric. */
  private static final String STEPS_PER_SECOND = "steps_per_second";

  /** Learned sequences a second; not a metric. */
  private static final String SEQUENCES_PER_SECOND = "sequences_per_second";

  /** Digits enough for any chart. */
  private static final MathContext DRAWN = new MathContext(6);

  private static final Set<Metric> KEPT =
      Set.of(
          Metric.KL_NATS,
          Metric.HELD_OUT_KL_NATS,
          Metric.FEATURE_MOMENT,
          Metric.PARTITION_FUNCTION,
          Metric.PARTITION_FUNCTION_STDERR,
          Metric.EFFECTIVE_SAMPLE_SIZE_RATIO);

  private final ThinnedRows<Map<Column, Double>> steps = new ThinnedRows<>();
  private final ThinnedRows<Map<Column, Double>> evaluations = new ThinnedRows<>();
  private final ThinnedRows<Map<Column, Double>> publications = new ThinnedRows<>();
  private final ThinnedRows<Long> replacements = new ThinnedRows<>();
  private final Deque<LearnedSequence> sequences = new ArrayDeque<>(); // the newest first

  private record Column(String name, List<String> labels) {
    private static final Comparator<Column> ORDER =
        Comparator.comparing(Column::name).thenComparing(column -> column.labels().toString());
  }

  /** Adds a step of an earlier process, whose speed is unknown. */
  public synchronized void stepped(long step, Measurements measurements) {
    add(step, kept(measurements));
  }

  /**
   * Adds a step.
   *
   * @param stepsPerSecond speed of the run at this step
   * @param sequencesPerSecond speed in learned sequences
   */
  public synchronized void stepped(
      long step, Measurements measurements, double stepsPerSecond, double sequencesPerSecond) {
    Map<Column, Double> row = kept(measurements);
    row.put(new Column(STEPS_PER_SECOND, List.of()), stepsPerSecond);
    row.put(new Column(SEQUENCES_PER_SECOND, List.of()), sequencesPerSecond);
    add(step, row);
  }

  private void add(long step, Map<Column, Double> row) {
    steps.add(step, row);
    evaluations.cutFrom(step); // those of a step follow it
    publications.cutFrom(step);
    replacements.cutFrom(step);
  }

  /** Adds an evaluation of the policy. */
  public synchronized void evaluated(long step, Measurements measurements) {
    evaluations.add(step, kept(measurements));
  }

  /** Adds what was measured of the policy published after a step. */
  public synchronized void published(long step, Measurements measurements) {
    Map<Column, Double> row = kept(measurements);
    if (!row.isEmpty()) {
      publications.add(step, row);
    }
  }

  /** Adds a replacement of the proposal by the policy. */
  public synchronized void replaced(long step, long version) {
    replacements.add(step, version);
  }

  /** Adds the sequences of one step, in their order. */
  public synchronized void learned(List<LearnedSequence> learned) {
    learned.forEach(sequences::addFirst);
    while (sequences.size() > MOST_SEQUENCES) {
      sequences.removeLast();
    }
  }

  /** At most this number of the latest learned sequences, newest first. */
  synchronized List<LearnedSequence> latest(int number) {
    return sequences.stream().limit(number).toList();
  }

  private static Map<Column, Double> kept(Measurements measurements) {
    Map<Column, Double> row = new LinkedHashMap<>();
    measurements
        .values()
        .forEach(
            (key, value) -> {
              if (KEPT.contains(key.metric()) && Double.isFinite(value)) {
                row.put(new Column(key.metric().key(), key.labels()), value);
              }
            });
    return row;
  }

  /**
   * @param steps at which there is a point: a step, or a publication, whose values are among them
   * @param series their values, one for each step
   * @param stride steps between two points
   */
  record Points(
      Set<Long> steps,
      List<Series> series,
      long stride,
      Evaluations evaluations,
      List<Replacement> replacements) {}

  /** Points of evaluations, in columns likewise. */
  record Evaluations(Set<Long> steps, List<Series> series) {}

  /** A measurement at each step; null where it is absent. */
  record Series(String name, List<String> labels, List<JsonElement> values) {}

  /** The policy became the proposal. */
  record Replacement(long step, long policyVersion) {}

  /**
   * The points after a step. The last one may be between two multiples of the stride, and is gone
   * from later answers then.
   *
   * @param step -1 for everything
   */
  Points since(long step) {
    Map<Long, Map<Column, Double>> stepRows;
    Map<Long, Map<Column, Double>> evaluationRows;
    List<Replacement> replaced = new ArrayList<>();
    long stride;
    synchronized (this) { // rows are immutable, so the learner need not wait for their conversion
      stepRows = joined(steps.after(step), publications.after(step));
      evaluationRows = new TreeMap<>(evaluations.after(step));
      replacements.after(step).forEach((at, version) -> replaced.add(new Replacement(at, version)));
      stride = steps.stride();
    }
    return new Points(
        stepRows.keySet(),
        series(stepRows.values()),
        stride,
        new Evaluations(evaluationRows.keySet(), series(evaluationRows.values())),
        replaced);
  }

  private static Map<Long, Map<Column, Double>> joined(
      Map<Long, Map<Column, Double>> steps, Map<Long, Map<Column, Double>> publications) {
    Map<Long, Map<Column, Double>> joined = new TreeMap<>(steps);
    publications.forEach(
        (step, row) -> {
          Map<Column, Double> both = new LinkedHashMap<>(joined.getOrDefault(step, Map.of()));
          both.putAll(row);
          joined.put(step, both);
        });
    return joined;
  }

  private static List<Series> series(Collection<Map<Column, Double>> rows) {
    TreeSet<Column> columns = new TreeSet<>(Column.ORDER);
    rows.forEach(row -> columns.addAll(row.keySet()));
    return columns.stream()
        .map(
            column ->
                new Series(
                    column.name(),
                    column.labels(),
                    rows.stream().map(row -> drawn(row.getOrDefault(column, Double.NaN))).toList()))
        .toList();
  }

  private static JsonElement drawn(double value) {
    return Double.isFinite(value)
        ? new JsonPrimitive(BigDecimal.valueOf(value).round(DRAWN).doubleValue())
        : JsonNull.INSTANCE;
  }

  /**
   * At most {@value #MOST} rows by step: at more, the stride doubles and every second row is
   * dropped. Which rows are kept depends on their steps alone, so that a resumed run keeps the
   * same.
   */
  private static final class ThinnedRows<T> {
    private static final int MOST = 1_000;
    private final TreeMap<Long, T> rows = new TreeMap<>();
    private long stride = 1;

    long stride() {
      return stride;
    }

    Map<Long, T> after(long step) {
      return rows.tailMap(step, false);
    }

    /** The learner has gone back to a checkpoint. */
    void cutFrom(long step) {
      rows.tailMap(step, true).clear();
    }

    void add(long step, T row) {
      cutFrom(step);
      if (!rows.isEmpty() && rows.lastKey() % stride != 0) {
        rows.pollLastEntry(); // kept only as the latest
      }
      rows.put(step, row);
      while (rows.size() > MOST) {
        stride *= 2;
        rows.keySet().removeIf(s -> s % stride != 0 && s != step);
      }
    }
  }
}
