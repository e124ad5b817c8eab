package io.tributary.boot;

import io.tributary.config.TributaryConfig;
import io.tributary.data.Measurements;
import io.tributary.data.ServiceState;
import io.tributary.learn.LearnerState;
import io.tributary.metrics.BlockedReason;
import io.tributary.metrics.Metric;
import io.tributary.metrics.ProposalDecision;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.RunStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a run: keeps its status for HTTP, its metrics for Prometheus and the lines of the
 * console. Its methods are called by the guardian alone; {@link #status} may be called from any
 * thread.
 */
final class RunWatch implements Supplier<RunStatus> {
  private static final Logger LOG = LoggerFactory.getLogger(RunWatch.class);

  /**
   * A side counts as waiting for the other if it has waited for more than this share of the last
   * interval.
   */
  private static final double WAITING_SHARE = 0.1;

  private final TributaryConfig config;
  private final RunMetrics metrics;
  private final RunConsole console;
  private final StreamMetrics stream;
  private final Map<String, Double> targets;
  private final ProgressLine progress;
  private volatile RunStatus status;
  private @Nullable Measurements firstEvaluation;
  private @Nullable Measurements lastEvaluation;
  private long stepNanos;
  private double learnerWaited;
  private double samplersWaited;
  private long proposalSince;

  RunWatch(
      TributaryConfig config,
      RunMetrics metrics,
      RunConsole console,
      StreamMetrics stream,
      Map<String, Double> targets) {
    this.config = config;
    this.metrics = metrics;
    this.console = console;
    this.stream = stream;
    this.targets = targets;
    this.progress = new ProgressLine(config, targets);
    this.status = RunStatus.starting(config.run().name(), targets, Instant.now());
    this.stepNanos = System.nanoTime();
  }

  /** The run as it is now. */
  @Override
  public RunStatus get() {
    return status.withQueues(stream.queues());
  }

  void state(ServiceState state, @Nullable String failure) {
    if (status.state() != state) {
      LOG.info("state {} -> {}", status.state(), state);
      metrics.service().state(state);
    }
    status = status.withState(state, failure);
  }

  void confirmed(ProposalConfirmed confirmation) {
    status =
        status.withVersions(
            new RunStatus.Versions(
                status.versions().policy(), confirmation.version(), confirmation.samplers()));
  }

  void event(LearnerEvent event) {
    if (event instanceof LearnerEvent.Active) {
      status = status.withLearnerActiveAt(Instant.now());
    } else if (event instanceof LearnerEvent.Idle) {
      status = status.withLearnerActiveAt(null);
    } else if (event instanceof LearnerEvent.Bootstrapped bootstrapped) {
      console.line(
          String.format(
              Locale.ROOT,
              "Z = %.3g ± %.1g from %,d sequences of the base model",
              bootstrapped.partitionFunction(),
              bootstrapped.standardError(),
              bootstrapped.sequences()));
    } else if (event instanceof LearnerEvent.Stepped stepped) {
      stepped(stepped);
    } else if (event instanceof LearnerEvent.ProposalJudged judged) {
      judged(judged);
    } else if (event instanceof LearnerEvent.PolicyEvaluated evaluated) {
      evaluated(evaluated);
    } else if (event instanceof LearnerEvent.CheckpointWritten written) {
      metrics.service().checkpointed(written.duration(), written.bytes());
      LOG.info(
          "checkpoint of step {}: {} bytes in {}",
          written.step(),
          written.bytes(),
          written.duration());
      status =
          status.withCheckpoint(
              new RunStatus.Checkpoint(written.step(), Instant.now(), written.bytes()));
    } else if (event instanceof LearnerEvent.CheckpointFailed failed) {
      metrics.service().checkpointFailed();
      console.line(
          "no checkpoint of step %d (%s); the run goes on and tries again"
              .formatted(failed.step(), failed.reason()));
    }
  }

  /** Totals and versions of the run that is gone on with. */
  void resumed(LearnerState state) {
    metrics.learning().totals(state.step(), state.sequences());
    metrics.weights().policyVersion(state.policyVersion());
    proposalSince = state.proposalSince();
    status =
        status
            .withTotals(state.step(), state.sequences())
            .withVersions(
                new RunStatus.Versions(state.policyVersion(), state.proposalVersion(), Map.of()));
  }

  private void stepped(LearnerEvent.Stepped stepped) {
    metrics.learning().totals(stepped.step(), stepped.sequences());
    metrics.learning().stepped(stepped.duration());
    metrics.publish(stepped.measurements());
    metrics.weights().proposalAge(stepped.step() - proposalSince);
    if (!stepped.finite()) {
      metrics.learning().nonfiniteStep();
      LOG.warn("step {} is skipped: loss or gradient is not finite", stepped.step());
    }
    long now = System.nanoTime();
    double seconds = Math.max(1e-9, (now - stepNanos) / 1e9);
    stepNanos = now;
    long learned = stepped.sequences() - status.sequences();
    status =
        status
            .withTotals(stepped.step(), stepped.sequences())
            .withRates(new RunStatus.Rates(1 / seconds, learned / seconds))
            .withMeasurements(stepped.measurements().values());
    double learnerShare = share(Stage.LEARNER, BlockedReason.INPUT, learnerWaited, seconds);
    double samplerShare =
        share(
            Stage.SAMPLER,
            BlockedReason.ADMISSION,
            samplersWaited,
            seconds * config.samplers().count());
    learnerWaited += learnerShare * seconds;
    samplersWaited += samplerShare * seconds * config.samplers().count();
    state(
        learnerShare > WAITING_SHARE && learnerShare > samplerShare
            ? ServiceState.WAITING_FOR_DATA
            : samplerShare > WAITING_SHARE ? ServiceState.THROTTLED : ServiceState.RUNNING,
        null);
    progress.add(stepped, seconds, learned, learnerShare, samplerShare);
    if (stepped.step() % config.publish().intervalSteps() == 0) {
      console.line(progress.text());
      progress.restart();
    } else {
      console.transientLine(progress.text());
    }
  }

  private double share(Stage stage, BlockedReason reason, double before, double seconds) {
    double total = metrics.value(Metric.STAGE_BLOCKED_SECONDS_TOTAL, stage.label(), reason.label());
    return Math.max(0, Math.min(1, (total - before) / seconds));
  }

  private void judged(LearnerEvent.ProposalJudged judged) {
    metrics.weights().policyVersion(judged.policyVersion());
    metrics.weights().decided(ProposalDecision.valueOf(judged.decision()));
    if (judged.proposalVersion() == judged.policyVersion()) {
      proposalSince = judged.step();
      LOG.info(
          "step {}: policy {} is the proposal from now on (difference {})",
          judged.step(),
          judged.policyVersion(),
          judged.difference());
    }
    status =
        status.withVersions(
            new RunStatus.Versions(
                judged.policyVersion(), judged.proposalVersion(), status.versions().samplers()));
  }

  private void evaluated(LearnerEvent.PolicyEvaluated evaluated) {
    if (firstEvaluation == null) {
      firstEvaluation = evaluated.measurements();
    }
    lastEvaluation = evaluated.measurements();
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
                                evaluated.measurements().get("feature_moment", feature, "pi")))));
    line.append(
        "  KL(p||pi) %s  KL(pi||a) %s"
            .formatted(
                RunConsole.number(evaluated.measurements().get("kl_nats", "p_pi")),
                RunConsole.number(evaluated.measurements().get("kl_nats", "pi_a"))));
    console.line(line.toString());
  }

  /** Replaces what this process saw first by what the run saw first, when it goes on. */
  void firstEvaluation(Measurements measurements) {
    firstEvaluation = measurements;
  }

  void compare(java.util.List<String> baseTexts, java.util.List<String> policyTexts) {
    if (firstEvaluation != null && lastEvaluation != null) {
      console.comparison(firstEvaluation, lastEvaluation, targets, baseTexts, policyTexts);
    }
  }
}
