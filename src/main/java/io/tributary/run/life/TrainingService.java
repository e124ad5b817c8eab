package io.tributary.run.life;

import io.tributary.config.EffectiveConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.RunStatus;
import io.tributary.protocol.ServiceControl;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.Workers;
import io.tributary.run.files.AuditLog;
import io.tributary.run.files.EarlierRows;
import io.tributary.run.files.RunDirectory;
import io.tributary.run.files.RunLog;
import io.tributary.run.watch.RunConsole;
import io.tributary.run.watch.RunWatch;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.serve.HttpService;
import io.tributary.stage.evaluate.PolicyEvaluation;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.Owed;
import io.tributary.tensor.NativeHeap;
import io.tributary.tensor.Torch;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A training run from its start to its end, in this process. */
public final class TrainingService {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingService.class);

  /** As long as the longest step: what waits for its end is answered then. */
  private static final Duration CONTROL_DEADLINE = Duration.ofMinutes(10);

  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

  private final EffectiveConfig effective;
  private final TributaryConfig config;
  private final RunConsole console;
  private final Consumer<LearnerEvent> listener;
  private final BiFunction<TrainingParts, RunMetrics, Workers> workers;
  private final Clock clock;
  private final CompletableFuture<ServiceControl> control = new CompletableFuture<>();
  private boolean hangs; // an actor may still compute

  /** A service that shows its progress on {@code console}. */
  public TrainingService(EffectiveConfig config, RunConsole console) {
    this(config, console, event -> {}, Workers::of, Clock.systemUTC());
  }

  /**
   * A service that tells its progress to {@code listener} too.
   *
   * @param listener hears of everything that the learner does; one call at a time, not to block
   */
  public TrainingService(
      TributaryConfig config, RunConsole console, Consumer<LearnerEvent> listener) {
    this(config, console, listener, Workers::of);
  }

  TrainingService(
      TributaryConfig config,
      RunConsole console,
      Consumer<LearnerEvent> listener,
      BiFunction<TrainingParts, RunMetrics, Workers> workers) {
    this(config, console, listener, workers, Clock.systemUTC());
  }

  /**
   * As the other ones, with the time of day from another clock; nothing that lasts is measured with
   * it.
   */
  TrainingService(
      TributaryConfig config,
      RunConsole console,
      Consumer<LearnerEvent> listener,
      BiFunction<TrainingParts, RunMetrics, Workers> workers,
      Clock clock) {
    this(EffectiveConfig.of(config), console, listener, workers, clock);
  }

  private TrainingService(
      EffectiveConfig effective,
      RunConsole console,
      Consumer<LearnerEvent> listener,
      BiFunction<TrainingParts, RunMetrics, Workers> workers,
      Clock clock) {
    this.effective = effective;
    this.config = effective.training();
    this.console = console;
    this.listener = listener;
    this.workers = workers;
    this.clock = clock;
  }

  /** The operator's hand on the run, as soon as it is started. */
  CompletionStage<ServiceControl> control() {
    return control;
  }

  /**
   * Whether and where a run goes on.
   *
   * @param wanted whether it goes on with what the run's directory holds
   * @param step only from the checkpoint of this step, if present
   */
  public record Resume(boolean wanted, OptionalLong step) {
    /** A new run. */
    public static final Resume NO = new Resume(false, OptionalLong.empty());
  }

  /**
   * Runs until the last step, a signal or a failure. The engine must be loaded.
   *
   * @throws BadInputException if something that was given can't be used
   * @throws RuntimeException if the run failed
   */
  public void run(Resume resume) {
    TrainingParts parts = new TrainingParts(config);
    try (RunDirectory directory =
        RunDirectory.claim(config, resume.wanted(), parts.checkpointBytes())) {
      RunLog log = RunLog.open(directory.home());
      try {
        Optional<LearnerState> from =
            resume.wanted()
                ? directory.files().checkpoints().state(resume.step(), this::tell)
                : Optional.empty();
        from.ifPresent(parts::requireSameRun);
        if (resume.wanted() && from.isEmpty()) {
          tell("no checkpoint in %s yet: the run begins".formatted(directory.home()));
        }
        if (from.isPresent() && isFinished(from.get())) {
          if (!directory.hasTexts()) {
            recordTexts(parts, directory, from.get());
          }
          tell(
              "the run in %s is finished: it has made its %d steps"
                  .formatted(directory.home(), from.get().step()));
          return;
        }
        run(parts, directory, from.orElse(null));
      } finally {
        log.close();
      }
    } finally {
      if (!hangs) {
        parts.close();
      }
    }
  }

  /** Later checkpoints than the one that is gone on from would be mistaken for the run's newest. */
  private void goOn(RunDirectory directory, LearnerState from) {
    try {
      List<Long> aside = directory.files().checkpoints().setAsideAfter(from.step());
      if (!aside.isEmpty()) {
        tell("checkpoints of later steps are put aside: " + aside);
      }
    } catch (IOException e) {
      throw new BadInputException("a checkpoint of a later step can't be put aside: " + e, e);
    }
    tell("going on from the checkpoint of step " + from.step());
  }

  /** What was decided on the way into a run is asked for later, too. */
  private void tell(String decision) {
    LOG.info(decision);
    console.line(decision);
  }

  private boolean isFinished(LearnerState from) {
    return from.owed() == Owed.NOTHING
        && config.totalSteps().isPresent()
        && from.step() >= config.totalSteps().getAsLong();
  }

  /** Draws the texts of both models, the same as those that an end which was cut off lacks. */
  private static void recordTexts(TrainingParts parts, RunDirectory directory, LearnerState last) {
    parts.takeOver(last.lambdas());
    try (PolicyEvaluation evaluation = parts.evaluation(() -> {})) {
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

  private void run(TrainingParts parts, RunDirectory directory, @Nullable LearnerState from) {
    Map<String, Double> targets = parts.featureTargets();
    RunMetrics metrics = RunMetrics.create(targets, clock);
    metrics.service().run(config.run().name(), config.objective().type().toString());
    NativeHeap.usedBytes().ifPresent(metrics::nativeTensorBytes);
    StreamMetrics streamMetrics = new StreamMetrics(metrics, config.samplers().batchSize());
    LiveConfig live = new LiveConfig(effective, directory, metrics.service());
    RunWatch watch =
        new RunWatch(
            live, metrics, console, streamMetrics, targets, listener, clock, System::nanoTime);
    if (Torch.takesMklFastPath()) {
      console.line("AMD processor: MKL's fast path is taken (native.mkl-fast-path = off)");
    }
    if (from != null) {
      watch.resumed(from);
    }
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    ActorSystem<GuardianCommand> system =
        ActorSystem.create(
            Guardian.create(
                new RunServices(
                    live,
                    parts,
                    workers.apply(parts, metrics),
                    directory,
                    metrics,
                    watch,
                    streamMetrics,
                    console),
                from,
                outcome),
            "tributary");
    system
        .getWhenTerminated()
        .whenComplete(
            (done, failure) ->
                outcome.completeExceptionally(
                    new IllegalStateException("the actor system has ended", failure)));
    RunControl hand =
        new RunControl(
            system,
            live,
            new AuditLog(directory.auditLog()),
            outcome::isDone,
            CONTROL_DEADLINE,
            clock);
    control.complete(hand);
    Thread onSignal = new Thread(() -> drain(system, ended), "drain-on-signal");
    Runtime.getRuntime().addShutdownHook(onSignal);
    HttpService http = null;
    try {
      http =
          HttpService.start(
                  system,
                  config.http(),
                  metrics,
                  watch.view(),
                  hand,
                  config.stream().stallTimeout())
              .toCompletableFuture()
              .join();
      console.line(
          "run %s: %s, files in %s".formatted(config.run().name(), http.uri(), directory.home()));
      if (from != null) {
        parts.takeOver(from.lambdas());
        goOn(directory, from);
        EarlierRows.tell(directory.files(), from.step(), watch);
        watch.checkpoints(directory.files().checkpoints().kept(RunStatus.CHECKPOINTS_SHOWN));
      }
      live.record();
      if (from == null && parts.needsFit()) {
        new RunFitting(config, parts, directory, watch, console, metrics.stage(Stage.FIT))
            .run(outcome::isDone);
      }
      if (!outcome.isDone()) { // it may have been ended while it was fitted
        system.tell(GuardianCommand.Begin.INSTANCE);
      }
      outcome.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    } finally {
      if (http != null) {
        stop(http);
      }
      terminate(system);
      hand.finish();
      ended.complete(null);
      removeHook(onSignal);
    }
  }

  private void drain(ActorSystem<GuardianCommand> system, CompletableFuture<Void> ended) {
    system.tell(GuardianCommand.Drain.INSTANCE); // first: whoever is to read the line may not
    console.line(
        "finishing what is in flight, then a checkpoint; this takes at most "
            + config.shutdown().grace().toSeconds()
            + " s, and a second signal ends it at once");
    try {
      ended.get(config.shutdown().grace().plusSeconds(5).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.error("the run has not ended within the grace time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException e) {
      LOG.error("the run has failed while ending", e);
    }
    console.finish();
  }

  /** Whoever asks now still gets an answer. */
  private static void stop(HttpService http) {
    try {
      http.stop(LAST_ANSWERS).toCompletableFuture().join();
    } catch (CompletionException e) {
      LOG.debug("answers were cut off", e);
    }
  }

  private void terminate(ActorSystem<?> system) {
    hangs = true;
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(15, TimeUnit.SECONDS);
      hangs = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      LOG.warn("some actors have not stopped; a native call may hang");
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("a signal is ending the process");
    }
  }
}
