package io.tributary.run.watch;

import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.protocol.LearnerEvent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows on the console what the learner reports. For one thread at a time. */
final class EventLines {
  private static final Logger LOG = LoggerFactory.getLogger(EventLines.class);

  private static final int ON_POLICY_LINE_INTERVAL = 10;

  private final Supplier<TributaryConfig> config;
  private final RunConsole console;
  private final Map<String, Double> targets;
  private final ProgressLine progress;
  private boolean checkpointsFail;
  private @Nullable Measurements firstEvaluation;
  private @Nullable Measurements lastEvaluation;

  /**
   * @param targets desired moments by feature
   */
  EventLines(Supplier<TributaryConfig> config, RunConsole console, Map<String, Double> targets) {
    this.config = config;
    this.console = console;
    this.targets = targets;
    this.progress = new ProgressLine(config.get(), targets);
  }

  void event(LearnerEvent event) {
    if (event instanceof LearnerEvent.Bootstrapped bootstrapped) {
      bootstrapped(bootstrapped);
    } else if (event instanceof LearnerEvent.PolicyEvaluated evaluated) {
      evaluated(evaluated);
    } else if (event instanceof LearnerEvent.CheckpointWritten written) {
      if (checkpointsFail) {
        console.line(
            "checkpoints can be written again: that of step %d is".formatted(written.step()));
      }
      checkpointsFail = false;
    } else if (event instanceof LearnerEvent.CheckpointFailed failed) {
      if (!checkpointsFail) {
        console.line(
            "no checkpoint of step %d (%s); it will be tried again; further failures are not shown"
                .formatted(failed.step(), failed.reason()));
      }
      checkpointsFail = true;
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
    GradientScale.warning(config.get(), bootstrapped.partitionFunction())
        .ifPresent(
            warning -> {
              console.line(warning);
              LOG.warn(warning);
            });
  }

  /**
   * A step was made.
   *
   * @param learned number of sequences that it learned from
   */
  void stepped(LearnerEvent.Stepped stepped, StepPace.Timing timing, long learned) {
    progress.add(stepped, timing, learned);
    boolean endsInterval = stepped.step() % lineInterval() == 0;
    console.progress(progress, endsInterval);
    if (endsInterval) {
      progress.restart();
    }
  }

  /** Steps between two lines that stay; on-policy, every step is published: fewer than that. */
  private int lineInterval() {
    return config.get().objective().type().isOnPolicy()
        ? ON_POLICY_LINE_INTERVAL
        : config.get().publish().intervalSteps();
  }

  private void evaluated(LearnerEvent.PolicyEvaluated evaluated) {
    Measurements measured = evaluated.measurements();
    evaluatedEarlier(measured);
    lastEvaluation = measured;
    StringBuilder line = new StringBuilder("evaluation at step " + evaluated.step());
    targets
        .keySet()
        .forEach(
            feature ->
                line.append(
                    "  E[%s] %s"
                        .formatted(
                            feature,
                            RunConsole.number(
                                measured.get(Metric.FEATURE_MOMENT, feature, Distribution.PI)))));
    line.append(
        "  KL(p||pi) %s  KL(pi||a) %s"
            .formatted(
                RunConsole.number(measured.get(Metric.KL_NATS, Pair.P_PI)),
                RunConsole.number(measured.get(Metric.KL_NATS, Pair.PI_A))));
    console.line(line.toString());
  }

  /** An evaluation by an earlier process, in the order of steps. */
  void evaluatedEarlier(Measurements measured) {
    if (firstEvaluation == null) {
      firstEvaluation = measured;
    }
  }

  /** Shows base model and policy side by side. */
  void compare(List<String> baseTexts, List<String> policyTexts) {
    if (firstEvaluation != null && lastEvaluation != null) {
      console.comparison(firstEvaluation, lastEvaluation, targets, baseTexts, policyTexts);
    }
  }
}
