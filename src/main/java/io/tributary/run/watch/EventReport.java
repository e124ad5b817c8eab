package io.tributary.run.watch;

import io.tributary.config.OptimizerConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Label.ProposalDecision;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.objective.estimate.Divergences;
import io.tributary.protocol.LearnerEvent;
import io.tributary.stage.learn.checkpoint.LearnerState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Records the learner's reports in metrics and log, and shows it on the console. Not thread-safe.
 */
final class EventReport {
  private static final Logger LOG = LoggerFactory.getLogger(EventReport.class);

  private static final int ON_POLICY_LINE_INTERVAL = 10;

  /** Gradients of single parameters are some orders of magnitude below the coefficients. */
  private static final double MARGIN = 1000;

  private static final double LARGE_Z = 1e5;

  /** Sequences with P(x) &gt; 0 for an estimate of Z: below the first number they are few. */
  private static final int FEW_WEIGHTED = 10;

  private static final int ENOUGH_WEIGHTED = 50;

  private final Supplier<TributaryConfig> config;
  private final RunMetrics metrics;
  private final RunConsole console;
  private final Map<String, Double> targets;
  private final ProgressLine progress;
  private Map<Measurements.Key, Double> lastStep = Map.of();
  private long proposalSince;
  private boolean lineIsDue; // of the interval that has ended, once its policy was judged
  private boolean checkpointsFail;
  private @Nullable Measurements firstEvaluation;
  private @Nullable Measurements lastEvaluation;

  EventReport(
      Supplier<TributaryConfig> config,
      RunMetrics metrics,
      RunConsole console,
      Map<String, Double> targets) {
    this.config = config;
    this.metrics = metrics;
    this.console = console;
    this.targets = targets;
    this.progress = new ProgressLine(config.get(), targets);
  }

  /** The run starts from a checkpoint. */
  void resumed(LearnerState from) {
    proposalSince = from.proposalSince();
    at(from.step(), from.sequences());
    metrics.set(Metric.POLICY_VERSION, from.policyVersion());
  }

  private void at(long step, long sequences) {
    metrics.set(Metric.LEARNER_STEPS, step);
    metrics.set(Metric.LEARNER_SEQUENCES, sequences);
    metrics.set(Metric.PROPOSAL_AGE_STEPS, step - proposalSince);
  }

  void event(LearnerEvent event) {
    if (event instanceof LearnerEvent.Idle idle) {
      metrics.stage(Stage.LEARNER).worked(idle.time());
    } else if (event instanceof LearnerEvent.Bootstrapped bootstrapped) {
      bootstrapped(bootstrapped);
    } else if (event instanceof LearnerEvent.Stepped stepped) {
      stepped(stepped);
    } else if (event instanceof LearnerEvent.ProposalJudged judged) {
      judged(judged);
    } else if (event instanceof LearnerEvent.PolicyEvaluated evaluated) {
      evaluated(evaluated);
    } else if (event instanceof LearnerEvent.CheckpointWritten written) {
      written(written);
    } else if (event instanceof LearnerEvent.CheckpointFailed failed) {
      metrics.add(Metric.CHECKPOINT_FAILURES_TOTAL, 1);
      if (!checkpointsFail) {
        console.line(
            "no checkpoint of step %d (%s); it will be tried again; further failures are not shown"
                .formatted(failed.step(), failed.reason()));
      }
      checkpointsFail = true;
    } else if (event instanceof LearnerEvent.LineLost lost) {
      metrics.add(Metric.LINES_LOST_TOTAL, 1);
      LOG.info("a line of step {} is lost: {}", lost.step(), lost.reason());
    }
  }

  private void bootstrapped(LearnerEvent.Bootstrapped bootstrapped) {
    console.line(
        String.format(
            Locale.ROOT,
            "Z = %.3g ± %.1g from %,d sequences of the base model",
            bootstrapped.partitionFunction(),
            bootstrapped.standardError(),
            bootstrapped.sequences()));
    Stream.of(
            sampleWarning(config.get(), bootstrapped.sequences(), bootstrapped.weighted()),
            gradientWarning(config.get(), bootstrapped.partitionFunction()))
        .flatMap(Optional::stream)
        .forEach(
            warning -> {
              console.line(warning);
              LOG.warn(warning);
            });
  }

  /**
   * A warning if the first estimate of Z rests on very few sequences.
   *
   * @param sequences that were drawn from the base model
   * @param weighted those of them with P(x) &gt; 0, at least one
   */
  static Optional<String> sampleWarning(TributaryConfig config, int sequences, int weighted) {
    if (weighted >= FEW_WEIGHTED || weighted == sequences) {
      return Optional.empty();
    }
    int draw = config.samplers().batchSize();
    long enough = (ENOUGH_WEIGHTED * (long) sequences / weighted + draw - 1) / draw * draw;
    return Optional.of(
        String.format(
            Locale.ROOT,
            "warning: the target allows only %d of these sequences, so Z is uncertain;"
                + " %s = %d would give about %d",
            weighted,
            config.partitionFunction().keyOfMostSequences(),
            enough,
            ENOUGH_WEIGHTED));
  }

  /**
   * A warning if the optimizer can't do much with gradients of the size that {@code z}, the
   * estimate of Z from the first draws, leads to. Coefficients in the unit of P are about as large
   * as Z: where Z is near Adam's eps, steps are damped and nothing says so; where it is very large,
   * clipping makes all steps the same length.
   */
  static Optional<String> gradientWarning(TributaryConfig config, double z) {
    if (config.objective().normaliseByZ() || !config.objective().type().isInUnitOfTarget()) {
      return Optional.empty();
    }
    OptimizerConfig optimizer = config.learner().optimizer();
    if (z > 0 && z < MARGIN * optimizer.eps()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "warning: gradients are in the unit of P, and Z = %.1g brings them near"
                  + " learner.optimizer.eps = %s, which damps every step; objective.normalise-by-z"
                  + " = true divides by Z",
              z,
              optimizer.eps()));
    }
    if (z > LARGE_Z && optimizer.maxGradNorm() > 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "warning: gradients are in the unit of P, and Z = %.1g makes them so large that"
                  + " learner.optimizer.max-grad-norm = %s clips every step;"
                  + " objective.normalise-by-z = true divides by Z",
              z,
              optimizer.maxGradNorm()));
    }
    return Optional.empty();
  }

  private void stepped(LearnerEvent.Stepped stepped) {
    at(stepped.step(), stepped.sequences());
    metrics.observe(Metric.LEARNER_STEP_DURATION_SECONDS, stepped.duration().toNanos() / 1e9);
    metrics.setNow(Metric.LEARNER_LAST_STEP_TIMESTAMP_SECONDS);
    metrics.publish(stepped.measurements());
    lastStep = stepped.measurements().values();
    if (!stepped.finite()) {
      metrics.add(Metric.NONFINITE_STEPS_TOTAL, 1);
      LOG.warn("step {} is skipped: loss or gradient is not finite", stepped.step());
    }
  }

  /**
   * @param learned number of sequences that it learned from
   */
  void progress(LearnerEvent.Stepped stepped, StepPace.Timing timing, long learned) {
    endInterval();
    progress.add(stepped, timing, learned);
    // on-policy, every step is published: fewer lines than that stay
    int interval = isOnPolicy() ? ON_POLICY_LINE_INTERVAL : config.get().publish().intervalSteps();
    lineIsDue = stepped.step() % interval == 0;
    console.progress(progress, false);
  }

  private void endInterval() {
    if (lineIsDue) {
      console.progress(progress, true);
      progress.restart();
    }
    lineIsDue = false;
  }

  private boolean isOnPolicy() {
    return config.get().objective().type().isOnPolicy();
  }

  private void judged(LearnerEvent.ProposalJudged judged) {
    published(judged.measurements());
    endInterval();
    metrics.set(Metric.POLICY_VERSION, judged.policyVersion());
    metrics.add(
        Metric.PROPOSAL_REPLACEMENTS_TOTAL,
        1,
        isDecided(judged)
            ? ProposalDecision.valueOf(judged.decision())
            : ProposalDecision.ACCEPTED);
    if (judged.replaced()) {
      proposalSince = judged.step();
      LOG.atLevel(isOnPolicy() ? Level.DEBUG : Level.INFO)
          .log(
              "step {}: policy {} becomes the proposal (difference {}, guide {} nats)",
              judged.step(),
              judged.policyVersion(),
              judged.difference(),
              judged.guideStrength());
    }
  }

  /** A policy was published, by this process or an earlier one. */
  void published(Measurements measured) {
    metrics.publish(measured);
    progress.published(measured);
  }

  private static boolean isDecided(LearnerEvent.ProposalJudged judged) {
    return !judged.decision().equals(LearnerEvent.ProposalJudged.FORCED)
        && !judged.decision().equals(LearnerEvent.ProposalJudged.GUIDED);
  }

  private void evaluated(LearnerEvent.PolicyEvaluated evaluated) {
    Measurements measured = evaluated.measurements();
    // moments and divergences come from every step: two estimators must not share a gauge
    metrics.publish(measured.without(lastStep));
    evaluatedEarlier(measured);
    lastEvaluation = measured;
    StringBuilder line = new StringBuilder("evaluation at step " + evaluated.step());
    for (String feature : targets.keySet()) {
      double moment = measured.get(Metric.FEATURE_MOMENT, feature, Distribution.PI);
      line.append("  E[%s] %s".formatted(feature, RunConsole.number(moment)));
    }
    line.append(
        "  KL(p||pi) %s  KL(pi||a) %s"
            .formatted(RunConsole.kl(measured, Pair.P_PI), RunConsole.kl(measured, Pair.PI_A)));
    console.line(line.toString());
  }

  private void written(LearnerEvent.CheckpointWritten written) {
    metrics.set(Metric.CHECKPOINT_DURATION_SECONDS, written.duration());
    metrics.set(Metric.CHECKPOINT_PAUSE_SECONDS, written.pause());
    metrics.set(Metric.CHECKPOINT_SIZE_BYTES, written.bytes());
    metrics.setNow(Metric.CHECKPOINT_LAST_SUCCESS_TIMESTAMP_SECONDS);
    LOG.info(
        "checkpoint of step {}: {} bytes in {}; training paused for {}",
        written.step(),
        written.bytes(),
        written.duration(),
        written.pause());
    if (checkpointsFail) {
      console.line(
          "checkpoints can be written again: that of step %d is".formatted(written.step()));
    }
    checkpointsFail = false;
  }

  /** An evaluation by an earlier process, in the order of steps. */
  void evaluatedEarlier(Measurements measured) {
    if (firstEvaluation == null) {
      firstEvaluation = measured;
    }
  }

  /**
   * Shows base model and policy side by side.
   *
   * @param flaw what is to be said of the policy; null for nothing
   */
  void compare(@Nullable String flaw, List<String> baseTexts, List<String> policyTexts) {
    Measurements first = firstEvaluation;
    Measurements last = lastEvaluation;
    if (first != null && last != null) {
      double z = last.get(Metric.PARTITION_FUNCTION);
      console.comparison(rebased(first, z), last, targets, flaw, baseTexts, policyTexts);
    }
  }

  /** With KL(p||pi) as the present Z makes it, so that it can be compared. */
  private static Measurements rebased(Measurements measured, double z) {
    double kl = measured.get(Metric.KL_NATS, Pair.P_PI);
    double then = measured.get(Metric.PARTITION_FUNCTION);
    return new Measurements()
        .put(measured)
        .put(Metric.KL_NATS, Divergences.rebased(kl, then, z), Pair.P_PI);
  }
}
