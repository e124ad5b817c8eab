package io.tributary.run.watch;

import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.ProposalDecision;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.RunStatus;
import io.tributary.run.assembly.GradientScale;
import io.tributary.run.life.LiveConfig;
import io.tributary.serve.LatestSequences;
import io.tributary.serve.RunHistory;
import io.tributary.serve.RunView;
import io.tributary.stage.learn.Learner;
import io.tributary.stage.learn.checkpoint.LearnerState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Follows a run: keeps its status for HTTP, its metrics for Prometheus and the lines of the
 * console. Safe for use by several threads.
 */
public final class RunWatch implements Supplier<RunStatus> {
  private static final Logger LOG = LoggerFactory.getLogger(RunWatch.class);

  private static final int ON_POLICY_LINE_INTERVAL = 10;

  private final LiveConfig config;
  private final RunMetrics metrics;
  private final RunConsole console;
  private final Map<String, Double> targets;
  private final Consumer<LearnerEvent> listener;
  private final ProgressLine progress;
  private final StageLoads loads;
  private final StepPace pace;
  private final RunHistory history = new RunHistory();
  private final LatestSequences sequencesLearned = new LatestSequences();
  private final Instant startedAt;
  private final LongSupplier nanoTime;
  private boolean checkpointsFail;
  private ServiceState state = ServiceState.STARTING;
  private @Nullable String failure;
  private Paused paused = Paused.NONE;
  private boolean streaming;
  private long step;
  private long sequences;
  private RunStatus.Rates rates = new RunStatus.Rates(0, 0);
  private RunStatus.Versions versions = new RunStatus.Versions(0, 0, Map.of());
  private @Nullable Long learnerActiveNanos;
  private Map<Measurements.Key, Double> measurements = Map.of();
  private List<RunStatus.Checkpoint> checkpoints = List.of();
  private @Nullable Measurements firstEvaluation;
  private @Nullable Measurements lastEvaluation;
  private long proposalSince;

  public RunWatch(
      LiveConfig config,
      RunMetrics metrics,
      RunConsole console,
      StreamMetrics stream,
      Map<String, Double> targets,
      Consumer<LearnerEvent> listener,
      Clock clock,
      LongSupplier nanoTime) {
    this.config = config;
    this.metrics = metrics;
    this.console = console;
    this.targets = targets;
    this.listener = listener;
    this.startedAt = clock.instant();
    this.progress = new ProgressLine(config.current(), targets);
    this.nanoTime = nanoTime;
    this.pace =
        new StepPace(
            () -> config.current().samplers().count(), metrics::time, nanoTime.getAsLong());
    this.loads = new StageLoads(metrics::time, stream);
  }

  /** What HTTP shows of the run. */
  public RunView view() {
    return new RunView(this, history, sequencesLearned);
  }

  private @Nullable Duration silence() {
    Long active = learnerActiveNanos;
    return active == null ? null : Duration.ofNanos(nanoTime.getAsLong() - active);
  }

  /** The run as it is now. */
  @Override
  public synchronized RunStatus get() {
    return new RunStatus(
        config.current().run().name(),
        state,
        failure,
        paused,
        startedAt,
        step,
        sequences,
        rates,
        loads.loads(),
        versions,
        silence(),
        targets,
        measurements,
        checkpoints);
  }

  public synchronized void state(ServiceState newState, @Nullable String newFailure) {
    if (state != newState) {
      LOG.info("state {} -> {}", state, newState);
      metrics.service().state(newState);
    }
    state = newState;
    failure = newFailure;
  }

  /** Training has failed, and begins again at the last checkpoint; a pause outlives that. */
  public synchronized void restarting() {
    streaming = false;
    if (state != ServiceState.PAUSED) {
      state(ServiceState.STARTING, null);
    }
  }

  /** Sequences flow from now on. */
  public synchronized void streamStarted() {
    streaming = true;
    if (state == ServiceState.STARTING) {
      state(ServiceState.RUNNING, null);
    }
  }

  /**
   * An operator has paused these sides, and lets the others go on. The time of a pause is not held
   * against the step that follows it.
   */
  public synchronized void paused(Paused sides) {
    metrics.service().paused(sides.any());
    if (!paused.any()) {
      pace.paused(nanoTime.getAsLong());
    } else if (!sides.any()) {
      pace.unpaused(nanoTime.getAsLong());
    }
    if (sides.any()) {
      state(ServiceState.PAUSED, null);
    } else if (state == ServiceState.PAUSED) {
      loads.restart();
      state(streaming ? ServiceState.RUNNING : ServiceState.STARTING, null);
    }
    paused = sides;
  }

  /** There are more or fewer workers from now on, or another bound on staleness. */
  public synchronized void reconfigured() {
    loads.restart();
  }

  public synchronized void confirmed(ProposalConfirmed confirmation) {
    long policy = Math.max(versions.policy(), confirmation.version()); // the first one is the base
    metrics.weights().policyVersion(policy);
    versions = new RunStatus.Versions(policy, confirmation.version(), confirmation.byName());
  }

  public synchronized void event(LearnerEvent event) {
    listener.accept(event);
    if (event == LearnerEvent.Active.INSTANCE) {
      learnerActiveNanos = nanoTime.getAsLong();
    } else if (event instanceof LearnerEvent.Idle idle) {
      metrics.stage(Stage.LEARNER).worked(idle.time());
      learnerActiveNanos = null;
    } else if (event instanceof LearnerEvent.Bootstrapped bootstrapped) {
      console.line(
          String.format(
              Locale.ROOT,
              "Z = %.3g ± %.1g from %,d sequences of the base model",
              bootstrapped.partitionFunction(),
              bootstrapped.standardError(),
              bootstrapped.sequences()));
      GradientScale.warning(config.current(), bootstrapped.partitionFunction())
          .ifPresent(
              warning -> {
                console.line(warning);
                LOG.warn(warning);
              });
    } else if (event instanceof LearnerEvent.Stepped stepped) {
      stepped(stepped);
    } else if (event instanceof LearnerEvent.SequencesLearned learned) {
      sequencesLearned.add(learned.sequences());
    } else if (event instanceof LearnerEvent.ProposalJudged judged) {
      judged(judged);
    } else if (event instanceof LearnerEvent.PolicyEvaluated evaluated) {
      evaluated(evaluated);
    } else if (event instanceof LearnerEvent.CheckpointWritten written) {
      metrics.service().checkpointed(written.duration(), written.pause(), written.bytes());
      LOG.info(
          "checkpoint of step {}: {} bytes in {}, for {} of which training stood still",
          written.step(),
          written.bytes(),
          written.duration(),
          written.pause());
      if (checkpointsFail) {
        console.line("checkpoints are written again, that of step %d is".formatted(written.step()));
      }
      checkpointsFail = false;
      checkpoints = written.kept();
    } else if (event instanceof LearnerEvent.CheckpointFailed failed) {
      metrics.service().checkpointFailed();
      if (!checkpointsFail) {
        console.line(
            "no checkpoint of step %d (%s); it is tried again, and nothing more is said until it works"
                .formatted(failed.step(), failed.reason()));
      }
      checkpointsFail = true;
    } else if (event instanceof LearnerEvent.LineLost lost) {
      metrics.service().lineLost();
      LOG.info("a line of step {} is lost: {}", lost.step(), lost.reason());
    }
  }

  /** The checkpoints that are on the disk, newest first. */
  public synchronized void checkpoints(List<RunStatus.Checkpoint> kept) {
    checkpoints = List.copyOf(kept);
  }

  /** The run goes on from a checkpoint. */
  public synchronized void resumed(LearnerState from) {
    metrics.learning().totals(from.step(), from.sequences());
    metrics.weights().policyVersion(from.policyVersion());
    metrics.weights().proposalAge(from.step() - from.proposalSince());
    step = from.step();
    sequences = from.sequences();
    proposalSince = from.proposalSince();
    versions =
        new RunStatus.Versions(from.policyVersion(), from.proposalVersion(), versions.samplers());
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
    long now = nanoTime.getAsLong();
    StepPace.Timing timing = pace.stepped(now);
    long learned = stepped.sequences() - sequences;
    step = stepped.step();
    sequences = stepped.sequences();
    rates = new RunStatus.Rates(1 / timing.seconds(), learned / timing.seconds());
    measurements = stepped.measurements().values();
    loads.stepped(now);
    history.stepped(
        step, stepped.measurements(), rates.stepsPerSecond(), rates.sequencesPerSecond());
    if (state != ServiceState.DRAINING
        && state != ServiceState.FAILED
        && state != ServiceState.PAUSED) {
      state(timing.waiting().state(), null);
    }
    progress.add(stepped, timing, learned);
    boolean endsInterval = stepped.step() % lineInterval() == 0;
    console.progress(progress, endsInterval);
    if (endsInterval) {
      progress.restart();
    }
  }

  /** Time goes by: the state shows it where the next step is missed. */
  public synchronized void look() {
    boolean works =
        state == ServiceState.RUNNING
            || state == ServiceState.THROTTLED
            || state == ServiceState.WAITING_FOR_DATA;
    if (works) {
      pace.missed(nanoTime.getAsLong()).ifPresent(waiting -> state(waiting.state(), null));
    }
  }

  /** Steps between two lines that stay; where every step is published, fewer than that. */
  private int lineInterval() {
    return config.current().objective().type().isOnPolicy()
        ? ON_POLICY_LINE_INTERVAL
        : config.current().publish().intervalSteps();
  }

  private void judged(LearnerEvent.ProposalJudged judged) {
    metrics.weights().policyVersion(judged.policyVersion());
    metrics
        .weights()
        .decided(
            judged.decision().equals(Learner.FORCED)
                ? ProposalDecision.ACCEPTED
                : ProposalDecision.valueOf(judged.decision()));
    if (judged.proposalVersion() == judged.policyVersion()) {
      proposalSince = judged.step();
      history.replaced(judged.step(), judged.policyVersion());
      LOG.atLevel(config.current().objective().type().isOnPolicy() ? Level.DEBUG : Level.INFO)
          .log(
              "step {}: policy {} is the proposal from now on (difference {})",
              judged.step(),
              judged.policyVersion(),
              judged.difference());
    }
    versions =
        new RunStatus.Versions(
            judged.policyVersion(), judged.proposalVersion(), versions.samplers());
  }

  private void evaluated(LearnerEvent.PolicyEvaluated evaluated) {
    if (firstEvaluation == null) {
      firstEvaluation = evaluated.measurements();
    }
    lastEvaluation = evaluated.measurements();
    history.evaluated(evaluated.step(), evaluated.measurements());
    // moments and divergences come from every step: two estimators must not share a gauge
    metrics.publish(evaluated.measurements().without(measurements));
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
                                evaluated
                                    .measurements()
                                    .get(Metric.FEATURE_MOMENT, feature, Distribution.PI)))));
    line.append(
        "  KL(p||pi) %s  KL(pi||a) %s"
            .formatted(
                RunConsole.number(evaluated.measurements().get(Metric.KL_NATS, Pair.P_PI)),
                RunConsole.number(evaluated.measurements().get(Metric.KL_NATS, Pair.PI_A))));
    console.line(line.toString());
  }

  /** A step that an earlier process has made. */
  public void earlierStep(long earlier, Measurements measured) {
    history.stepped(earlier, measured);
  }

  /** An evaluation that an earlier process has made; told in the order of steps. */
  public synchronized void earlierEvaluation(long earlier, Measurements measured) {
    if (firstEvaluation == null) {
      firstEvaluation = measured;
    }
    history.evaluated(earlier, measured);
  }

  /** A replacement that an earlier process has made. */
  public void earlierReplacement(long earlier, long version) {
    history.replaced(earlier, version);
  }

  public void compare(List<String> baseTexts, List<String> policyTexts) {
    if (firstEvaluation != null && lastEvaluation != null) {
      console.comparison(firstEvaluation, lastEvaluation, targets, baseTexts, policyTexts);
    }
  }
}
