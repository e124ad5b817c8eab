package io.tributary.run.life;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ServiceControl;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.files.LogFile;
import io.tributary.run.files.RunDirectory;
import io.tributary.run.watch.RunConsole;
import io.tributary.run.watch.RunWatch;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.stage.evaluate.PolicyEvaluation;
import io.tributary.stage.learn.LearnerFiles;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.LearnerState.PendingWork;
import io.tributary.target.EnergyBasedModel;
import io.tributary.tensor.NativeHeap;
import io.tributary.tensor.Torch;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the training of a policy from start to end in this process. */
public final class TrainingService {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingService.class);

  private final EffectiveConfig effective;
  private final TributaryConfig config;
  private final RunConsole console;
  private final Consumer<LearnerEvent> listener;
  private final BiFunction<TrainingParts, RunMetrics, WorkerBehaviors> workers;
  private final Clock clock;
  private final CompletableFuture<ServiceControl> control = new CompletableFuture<>();

  /** A service that shows its progress on {@code console}. */
  public TrainingService(EffectiveConfig config, RunConsole console) {
    this(config, console, event -> {}, WorkerBehaviors::of, Clock.systemUTC());
  }

  /**
   * A service that others take part in.
   *
   * @param listener hears every event of the learner; one call at a time, must not block
   * @param clock tells the time of day; durations are not measured with it
   */
  public TrainingService(
      EffectiveConfig effective,
      RunConsole console,
      Consumer<LearnerEvent> listener,
      BiFunction<TrainingParts, RunMetrics, WorkerBehaviors> workers,
      Clock clock) {
    this.effective = effective;
    this.config = effective.training();
    this.console = console;
    this.listener = listener;
    this.workers = workers;
    this.clock = clock;
  }

  /** The operators' control of the run, as soon as it is started. */
  public CompletionStage<ServiceControl> control() {
    return control;
  }

  /**
   * Whether to resume a run, and from where.
   *
   * @param wanted whether to resume the run in the directory
   * @param step of the checkpoint to resume from; empty for the newest one
   */
  public record Resume(boolean wanted, OptionalLong step) {
    /** A new run. */
    public static final Resume NO = new Resume(false, OptionalLong.empty());
  }

  /**
   * Runs until the last step, a signal or a failure. The engine must be loaded.
   *
   * @throws BadInputException if something given to it can't be used
   * @throws RuntimeException if the run failed
   */
  public void run(Resume resume) {
    if (resume.wanted()) { // which takes a while, like loading the models
      console.line("reading the checkpoint to resume from in " + config.run().home());
    }
    TrainingParts parts = new TrainingParts(config);
    try (RunDirectory directory = claim(parts, resume)) {
      LogFile log = new LogFile(directory.home());
      try (parts) { // what it says when it is closed belongs into the log
        run(parts, directory, start(parts, directory, resume));
      } finally {
        log.close();
      }
    }
  }

  private RunDirectory claim(TrainingParts parts, Resume resume) {
    try {
      return RunDirectory.claim(config, resume.wanted(), parts.checkpointBytes());
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private @Nullable LearnerState start(TrainingParts parts, RunDirectory directory, Resume resume) {
    if (!resume.wanted()) {
      return null;
    }
    Optional<LearnerState> from = directory.files().checkpoints().state(resume.step(), this::tell);
    from.ifPresentOrElse(
        parts::requireSameRun,
        () -> tell("no checkpoint in %s yet: the run begins".formatted(directory.home())));
    return from.orElse(null);
  }

  private void run(TrainingParts parts, RunDirectory directory, @Nullable LearnerState from) {
    if (from == null || !isFinished(from)) {
      train(services(parts, directory), from);
      return;
    }
    if (!directory.hasTexts()) {
      recordTexts(parts, directory, from);
    }
    tell(
        "the run in %s is finished: it has made its %d steps"
            .formatted(directory.home(), from.step()));
  }

  private RunServices services(TrainingParts parts, RunDirectory directory) {
    RunMetrics metrics = new RunMetrics(parts.featureTargets(), clock);
    metrics.info(Metric.RUN_INFO, config.run().name(), config.objective().type().toString());
    NativeHeap.usedBytes().ifPresent(metrics::nativeTensorBytes);
    StreamMetrics streamMetrics = new StreamMetrics(metrics, config.samplers().batchSize());
    LiveConfig live = new LiveConfig(effective, directory, metrics);
    RunWatch watch =
        new RunWatch(
            live::current,
            metrics,
            console,
            streamMetrics,
            parts.featureTargets(),
            listener,
            clock,
            System::nanoTime);
    return new RunServices(
        live,
        parts,
        workers.apply(parts, metrics),
        directory,
        metrics,
        watch,
        streamMetrics,
        console);
  }

  private void train(RunServices services, @Nullable LearnerState from) {
    if (Torch.takesMklFastPath()) {
      console.line("AMD processor: using MKL's fast path (native.mkl-fast-path = off disables it)");
    }
    if (from != null) {
      services.watch().resumed(from);
    }
    RunSession session = new RunSession(services, from, clock);
    try {
      control.complete(session.control());
      session.serve();
      if (from != null) {
        resume(services, from);
      }
      services.config().record();
      session.run();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    } finally {
      session.close();
    }
  }

  private void resume(RunServices services, LearnerState from) {
    LearnerFiles files = services.directory().files();
    try { // later checkpoints would be mistaken for the run's newest
      List<Long> aside = files.checkpoints().setAsideAfter(from.step());
      if (!aside.isEmpty()) {
        tell("checkpoints of later steps are moved aside: " + aside);
      }
    } catch (IOException e) {
      throw new BadInputException("a checkpoint of a later step can't be moved aside: " + e, e);
    }
    tell("resuming from the checkpoint of step " + from.step());
    services.watch().earlier(files, from.step());
  }

  /** How a run was started is asked for later, too: log and console say it. */
  private void tell(String decision) {
    LOG.info(decision);
    console.line(decision);
  }

  private boolean isFinished(LearnerState from) {
    return from.pendingWork() == PendingWork.NOTHING
        && config.totalSteps().isPresent()
        && from.step() >= config.totalSteps().getAsLong();
  }

  /** Draws the texts of both models that the end of the run lacks, since it was cut off. */
  private static void recordTexts(TrainingParts parts, RunDirectory directory, LearnerState last) {
    EnergyBasedModel target = BeforeRun.target(parts.target(), last);
    try (PolicyEvaluation evaluation = parts.evaluation(target, () -> {})) {
      evaluation.takeOver(parts.checkpoint(directory.files(), last.step()).policy());
      directory.recordTexts(
          evaluation.baseTexts(RunShutdown.COMPARED_TEXTS),
          evaluation.policyTexts(RunShutdown.COMPARED_TEXTS));
    } catch (IOException e) {
      throw new BadInputException(
          "run.directory: the texts of both models can't be written in %s: %s"
              .formatted(directory.home(), e),
          e);
    }
  }
}
