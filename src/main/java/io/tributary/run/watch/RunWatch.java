package io.tributary.run.watch;

import com.google.gson.JsonObject;
import io.tributary.config.TributaryConfig;
import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.io.JsonLines;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.NodeStatus;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.RunStatus;
import io.tributary.serve.RunHistory;
import io.tributary.stage.learn.LearnerFiles;
import io.tributary.stage.learn.checkpoint.LearnerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a run: keeps its status for HTTP, and passes events on to metrics, console and history.
 * Thread-safe.
 */
public final class RunWatch implements Supplier<RunStatus> {
  private static final Logger LOG = LoggerFactory.getLogger(RunWatch.class);
  private static final Set<ServiceState> WORKING =
      EnumSet.of(
          ServiceState.STARTING,
          ServiceState.FITTING,
          ServiceState.RUNNING,
          ServiceState.THROTTLED,
          ServiceState.WAITING_FOR_DATA);

  private final Supplier<TributaryConfig> config;
  private final Consumer<LearnerEvent> listener;
  private final Map<String, Double> targets;
  private final RunMetrics metrics;
  private final EventReport report;
  private final StageLoads loads;
  private final StepPace pace;
  private final DesiredWorkers desired;
  private final RunHistory history = new RunHistory();
  private final TargetLoss loss = new TargetLoss();
  private final Instant startedAt;
  private final LongSupplier nanoTime;
  private final RunConsole console;
  private ServiceState state = ServiceState.STARTING;
  private ServiceState stateBefore = ServiceState.STARTING; // it waited for workers
  private @Nullable String reason;
  private @Nullable Supplier<List<NodeStatus>> nodes;
  private Paused paused = Paused.NONE;
  private boolean streaming;
  private long step;
  private long sequences;
  private RunStatus.Rates rates = new RunStatus.Rates(0, 0);
  private RunStatus.Versions versions = new RunStatus.Versions(0, 0, Map.of());
  private @Nullable Long learnerActiveNanos;
  private Map<Measurements.Key, Double> measurements = Map.of(); // of the last step
  private Map<Measurements.Key, Double> published = Map.of(); // of the last publication
  private List<RunStatus.Checkpoint> checkpoints = List.of();

  /**
   * @param targets desired moments by feature; NaN where none is asked
   * @param listener hears every event first
   * @param nanoTime a clock that only goes forward
   */
  public RunWatch(
      Supplier<TributaryConfig> config,
      RunMetrics metrics,
      RunConsole console,
      StreamMetrics stream,
      Map<String, Double> targets,
      Consumer<LearnerEvent> listener,
      Clock clock,
      LongSupplier nanoTime) {
    this.config = config;
    this.console = console;
    this.listener = listener;
    this.targets = targets;
    this.metrics = metrics;
    this.report = new EventReport(config, metrics, console, targets);
    this.loads = new StageLoads(metrics, stream);
    this.pace = new StepPace(metrics, nanoTime.getAsLong());
    this.desired =
        new DesiredWorkers(
            metrics,
            stage -> stream.queue(stage).workers(),
            stage ->
                DesiredWorkers.most(stage, config.get(), nodes == null ? List.of() : nodes.get()));
    this.startedAt = clock.instant();
    this.nanoTime = nanoTime;
  }

  /** Measurements and sequences since the first step. */
  public RunHistory history() {
    return history;
  }

  /** The run has workers on other machines, of which this tells; it must not block. */
  public synchronized void nodes(Supplier<List<NodeStatus>> present) {
    nodes = present;
  }

  /** The run as it is now. */
  @Override
  public synchronized RunStatus get() {
    return new RunStatus(
        config.get().run().name(),
        state,
        reason,
        loss.concern(),
        paused,
        startedAt,
        step,
        sequences,
        rates,
        loads.loads(),
        versions,
        silence(),
        targets,
        known(),
        checkpoints,
        nodes == null ? null : nodes.get());
  }

  private Map<Measurements.Key, Double> known() {
    Map<Measurements.Key, Double> known = new HashMap<>(measurements);
    known.putAll(published);
    return known;
  }

  private @Nullable Duration silence() {
    Long active = learnerActiveNanos;
    return active == null ? null : Duration.ofNanos(nanoTime.getAsLong() - active);
  }

  /**
   * Changes the state of the service.
   *
   * @param cause why it has failed or waits for workers; null if it does neither
   */
  public synchronized void state(ServiceState next, @Nullable String cause) {
    if (state != next) {
      LOG.info("state {} -> {}", state, next);
      metrics.state(next);
    }
    state = next;
    reason = cause;
  }

  /** Training has failed, and restarts from the last checkpoint; a pause outlasts that. */
  public synchronized void restarting() {
    streaming = false;
    desired.restart();
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
   * These sides are paused from now on, and no others. Pauses do not count as time of the step that
   * follows.
   */
  public synchronized void paused(Paused sides) {
    if (!paused.any()) {
      pace.paused(nanoTime.getAsLong());
    } else if (!sides.any()) {
      pace.unpaused(nanoTime.getAsLong());
    }
    paused = sides;
    metrics.paused(sides.any());
    if (sides.any()) {
      state(ServiceState.PAUSED, null);
    } else if (state == ServiceState.PAUSED) {
      state(streaming ? ServiceState.RUNNING : ServiceState.STARTING, null);
      loads.restart();
      desired.restart();
    }
  }

  /** There are more or fewer workers from now on, or another bound on staleness. */
  public synchronized void reconfigured() {
    loads.restart();
    desired.restart();
  }

  /** Time goes by: the state shows it if the next step is overdue, or workers are missing. */
  public synchronized void look() {
    lookForWorkers();
    if (state == ServiceState.RUNNING
        || state == ServiceState.THROTTLED
        || state == ServiceState.WAITING_FOR_DATA) {
      pace.overdue(nanoTime.getAsLong()).ifPresent(waiting -> state(waiting.state(), null));
    }
  }

  private void lookForWorkers() {
    Optional<String> missing =
        nodes == null ? Optional.empty() : MissingWorkers.of(config.get(), nodes.get());
    boolean waits = state == ServiceState.WAITING_FOR_WORKERS;
    if (waits && missing.isEmpty()) {
      console.line("a worker has joined");
      state(streaming ? ServiceState.RUNNING : stateBefore, null);
    } else if (missing.isPresent() && (waits || WORKING.contains(state))) {
      if (!waits) {
        console.line("waiting for workers: " + missing.get());
        stateBefore = state;
      }
      state(ServiceState.WAITING_FOR_WORKERS, missing.get());
    }
  }

  /** Samplers have confirmed a proposal. */
  public synchronized void confirmed(ProposalConfirmed confirmation) {
    long policy = Math.max(versions.policy(), confirmation.version()); // the first one is the base
    metrics.set(Metric.POLICY_VERSION, policy);
    versions = new RunStatus.Versions(policy, confirmation.version(), confirmation.byName());
  }

  /** The learner reports. */
  public synchronized void event(LearnerEvent event) {
    listener.accept(event);
    report.event(event);
    if (event == LearnerEvent.Active.INSTANCE) {
      learnerActiveNanos = nanoTime.getAsLong();
    } else if (event instanceof LearnerEvent.Idle) {
      learnerActiveNanos = null;
    } else if (event instanceof LearnerEvent.Stepped stepped) {
      stepped(stepped);
    } else if (event instanceof LearnerEvent.SequencesLearned learned) {
      history.learned(learned.sequences());
    } else if (event instanceof LearnerEvent.ProposalJudged judged) {
      if (judged.replaced()) {
        history.replaced(judged.step(), judged.policyVersion());
      }
      versions(judged.policyVersion(), judged.proposalVersion());
      published(judged.step(), judged.measurements()).ifPresent(this::warn);
    } else if (event instanceof LearnerEvent.PolicyEvaluated evaluated) {
      history.evaluated(evaluated.step(), evaluated.measurements());
    } else if (event instanceof LearnerEvent.CheckpointWritten written) {
      checkpoints = written.kept();
    }
  }

  /** What the console is to say of it. */
  private Optional<String> published(long at, Measurements measured) {
    published = measured.values();
    history.published(at, measured);
    return loss.published(at, measured, config.get(), checkpoints);
  }

  private void warn(String line) {
    console.line(line);
    LOG.info(line); // a warning would be on the console twice
  }

  private void stepped(LearnerEvent.Stepped stepped) {
    long now = nanoTime.getAsLong();
    StepPace.Timing timing = pace.stepped(now);
    long learned = stepped.sequences() - sequences;
    step = stepped.step();
    sequences = stepped.sequences();
    rates = new RunStatus.Rates(1 / timing.seconds(), learned / timing.seconds());
    loads.stepped(now);
    Measurements wanted =
        config.get().cluster().isPresent() ? desired.stepped(now) : new Measurements();
    metrics.publish(wanted);
    measurements = wanted.put(stepped.measurements()).values();
    history.stepped(
        step, stepped.measurements(), rates.stepsPerSecond(), rates.sequencesPerSecond());
    if (state != ServiceState.DRAINING
        && state != ServiceState.FAILED
        && state != ServiceState.WAITING_FOR_WORKERS
        && state != ServiceState.PAUSED) {
      state(timing.waiting().state(), null);
    }
    report.progress(stepped, timing, learned);
  }

  private void versions(long policy, long proposal) {
    versions = new RunStatus.Versions(policy, proposal, versions.samplers());
  }

  /** The run starts from a checkpoint. */
  public synchronized void resumed(LearnerState from) {
    report.resumed(from);
    step = from.step();
    sequences = from.sequences();
    versions(from.policyVersion(), from.proposalVersion());
  }

  /**
   * Takes over what earlier processes of the run have written, up to the step that it resumes from.
   * A file that can't be read is skipped: the run is shown without that part of its past.
   */
  public synchronized void earlier(LearnerFiles files, long last) {
    checkpoints = files.checkpoints().list(RunStatus.CHECKPOINTS_SHOWN);
    earlier("metrics.jsonl", files.metrics(), last, this::earlierRow);
    earlier(
        "versions.jsonl",
        files.versions(),
        last,
        row -> {
          if (row.has("fingerprint")) {
            history.replaced(stepOf(row), row.get("version").getAsLong());
          }
        });
  }

  private static void earlier(
      String name, JsonLines file, long last, Consumer<JsonObject> listener) {
    try (Stream<JsonObject> rows = file.rows()) {
      rows.filter(row -> stepOf(row) <= last).forEach(listener);
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} can't be read", name, e);
    }
  }

  private void earlierRow(JsonObject row) {
    Measurements measured = MetricsJsonl.measurements(row);
    if (row.has(MetricsJsonl.EVALUATION)) {
      report.evaluatedEarlier(measured);
      history.evaluated(stepOf(row), measured);
    } else if (row.has(MetricsJsonl.PUBLICATION)) {
      report.published(measured);
      var unused = published(stepOf(row), measured); // said by that process
    } else {
      history.stepped(stepOf(row), measured);
    }
  }

  private static long stepOf(JsonObject row) {
    return row.get("step").getAsLong();
  }

  /** Shows base model and policy side by side, at the end. */
  public synchronized void compare(List<String> baseTexts, List<String> policyTexts) {
    report.compare(loss.ending(), baseTexts, policyTexts);
  }
}
