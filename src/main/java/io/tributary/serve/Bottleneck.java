package io.tributary.serve;

import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.protocol.RunStatus;
import java.util.Locale;
import java.util.Map;

/**
 * The stage that limits the speed of a run, told from which stage waits for which.
 *
 * @param word {@code sampling}, {@code scoring}, {@code learning}, {@code evaluation}, {@code
 *     window}; {@code turns} if sampling and learning wait for each other in turn, {@code none} if
 *     neither waits much, {@code workers} while there are none, {@code paused} during a pause,
 *     {@code unknown} until it can be told
 * @param sentence what that means, and what can be done
 */
record Bottleneck(String word, String sentence) {

  /** Waiting for less than this share of the time is not much. */
  private static final double LITTLE = 0.1;

  /** Both sides take turns if one waits for at least this fraction of what the other does. */
  private static final double LIKEWISE = 0.5;

  /** Scorers busier than this hold back both sides. */
  private static final double MOSTLY = 0.5;

  private static final RunStatus.Load UNKNOWN =
      new RunStatus.Load(0, 0, 0, 0, Map.of(), Double.NaN, Map.of());

  static Bottleneck of(RunStatus status) {
    if (status.paused().any()) {
      return new Bottleneck(
          "paused",
          "An operator has paused %s. Resume ends the pause.".formatted(sides(status.paused())));
    }
    if (status.state() == ServiceState.WAITING_FOR_WORKERS) {
      return new Bottleneck("workers", "The run waits for workers: %s.".formatted(status.reason()));
    }
    RunStatus.Load sampler = status.loads().getOrDefault("sampler", UNKNOWN);
    RunStatus.Load scorer = status.loads().getOrDefault("scorer", UNKNOWN);
    RunStatus.Load learner = status.loads().getOrDefault("learner", UNKNOWN);
    if (!Double.isFinite(sampler.busyRatio()) || !Double.isFinite(learner.busyRatio())) {
      return new Bottleneck("unknown", "The bottleneck is known after two learner steps.");
    }
    double samplersWait = blocked(sampler, "admission") + blocked(sampler, "weights");
    double learnerWaits = blocked(learner, "input");
    double evaluation = blocked(learner, "evaluation");
    double window = blocked(learner, "window");
    if (window > LITTLE && window > learner.busyRatio() && window > learnerWaits) {
      return new Bottleneck(
          "window",
          "Judging the proposal is the bottleneck: the learner waits %s of the time for the sequences drawn for it. Publish less often (publish.interval-steps) or, by drain and resume, draw fewer (proposal.window-sequences)."
              .formatted(percent(window)));
    }
    if (evaluation > LITTLE && evaluation > learner.busyRatio() && evaluation > learnerWaits) {
      return new Bottleneck(
          "evaluation",
          "Evaluation is the bottleneck: learner and samplers wait %s of the time for it. Evaluate less often (evaluation.interval-steps) or, by drain and resume, on fewer sequences (evaluation.sequences)."
              .formatted(percent(evaluation)));
    }
    if (learnerWaits > LITTLE
        && scorer.busyRatio() > MOSTLY
        && scorer.busyRatio() > sampler.busyRatio()
        && scorer.busyRatio() > learner.busyRatio()) {
      return scoring(status, learnerWaits);
    }
    if (Math.min(samplersWait, learnerWaits) > LITTLE
        && Math.min(samplersWait, learnerWaits) > LIKEWISE * Math.max(samplersWait, learnerWaits)) {
      return new Bottleneck(
          "turns",
          "Sampling and learning take turns: samplers wait %s, the learner %s of the time for the other. A larger stream.max-staleness-steps lets them overlap, if there are processors for both."
              .formatted(percent(samplersWait), percent(learnerWaits)));
    }
    if (Math.max(samplersWait, learnerWaits) <= LITTLE) {
      return new Bottleneck("none", "Sampling and learning are balanced: neither waits for long.");
    }
    if (samplersWait > learnerWaits) {
      return new Bottleneck(
          "learning",
          "Learning is the bottleneck: samplers wait %s of the time for the learner. More samplers would not help; fewer leave the learner more processor time, and a faster learner.device helps."
              .formatted(percent(samplersWait)));
    }
    return scorer.busyRatio() > sampler.busyRatio()
        ? scoring(status, learnerWaits)
        : new Bottleneck(
            "sampling",
            "Sampling is the bottleneck: the learner waits %s of the time for draws. %s, or samplers.batch-size by drain and resume."
                .formatted(percent(learnerWaits), more(status, "samplers.count")));
  }

  private static String more(RunStatus status, String count) {
    return status.nodes() == null ? "Raise " + count : "Start another worker, or raise " + count;
  }

  private static Bottleneck scoring(RunStatus status, double learnerWaits) {
    return new Bottleneck(
        "scoring",
        "Scoring is the bottleneck: the learner waits %s of the time, and scorers are busier than samplers. %s, or give scorers a device of their own."
            .formatted(percent(learnerWaits), more(status, "scorers.count")));
  }

  private static String sides(Paused paused) {
    if (paused.sampling() && paused.learning()) {
      return "sampling and learning";
    }
    return paused.sampling() ? "sampling" : "learning";
  }

  private static double blocked(RunStatus.Load load, String reason) {
    return load.blockedRatios().getOrDefault(reason, 0.0);
  }

  private static String percent(double ratio) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * ratio);
  }
}
