package io.tributary.run.life;

import io.tributary.cluster.membership.ClusterSystem;
import io.tributary.config.TributaryConfig;
import io.tributary.protocol.ServiceControl;
import io.tributary.run.cluster.TrainerCluster;
import io.tributary.run.files.AuditLog;
import io.tributary.serve.HttpService;
import io.tributary.stage.learn.checkpoint.LearnerState;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What exists only during a run: the actor system, the HTTP service, and the handler of the signals
 * that drain the run.
 */
final class RunSession {
  private static final Logger LOG = LoggerFactory.getLogger(RunSession.class);

  /** As long as the longest step: a request that waits for its end is answered then. */
  private static final Duration CONTROL_DEADLINE = Duration.ofMinutes(10);

  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);
  private static final Duration SIGNAL_MARGIN = Duration.ofSeconds(5);
  private static final Duration ACTORS_STOP = Duration.ofSeconds(15);

  private final RunServices services;
  private final TributaryConfig config;
  private final CompletableFuture<Void> outcome = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ActorSystem<GuardianCommand> system;
  private final @Nullable TrainerCluster cluster;
  private final RunControl control;
  private final Thread onSignal = new Thread(this::drainOnSignal, "drain-on-signal");
  private @Nullable HttpService http;

  /**
   * Starts the actor system; the guardian waits for {@link #run}.
   *
   * @param from the checkpoint to resume from; null for a new run
   */
  RunSession(RunServices services, @Nullable LearnerState from, Clock clock) {
    this.services = services;
    this.config = services.config().current();
    AuditLog audit = new AuditLog(services.directory().auditLog());
    Behavior<GuardianCommand> guardian = new BeforeRun(services, from, outcome).behavior();
    this.cluster =
        config
            .cluster()
            .map(
                own ->
                    new TrainerCluster(
                        config,
                        own,
                        services.parts(),
                        services.directory().home().resolve("weights"),
                        services.metrics(),
                        services.console()::line,
                        note -> audit.node(clock.instant(), note)))
            .orElse(null);
    this.system =
        cluster == null
            ? ActorSystem.create(guardian, "tributary")
            : cluster.start(guardian, outcome::completeExceptionally);
    if (cluster != null) {
      services.watch().nodes(cluster.nodes());
    }
    if (cluster == null) {
      system.getWhenTerminated().whenComplete((done, failure) -> ended("actor system"));
    } else {
      ClusterSystem.whenItEnds(system, () -> ended("actor system"));
    }
    this.control =
        new RunControl(
            system,
            services.config(),
            audit,
            cluster == null ? null : cluster::ask,
            outcome::isDone,
            CONTROL_DEADLINE,
            clock);
    if (cluster == null) {
      Runtime.getRuntime().addShutdownHook(onSignal);
    } else {
      ClusterSystem.onSignal(system, this::drainOnSignal);
    }
  }

  /** Unless the run has, it fails. */
  private void ended(String part) {
    outcome.completeExceptionally(
        new IllegalStateException("the %s has ended, see the log".formatted(part)));
  }

  ServiceControl control() {
    return control;
  }

  /**
   * Starts the HTTP service, and says where it is.
   *
   * @throws CompletionException if it can't be started
   */
  void serve() {
    HttpService started =
        HttpService.start(
                config.http(),
                services.metrics(),
                services.watch(),
                services.watch().history(),
                control,
                config.stream().stallTimeout())
            .toCompletableFuture()
            .join();
    http = started;
    started.whenItEnds(() -> ended("HTTP server"));
    services
        .console()
        .line(
            "run %s: %s, files in %s"
                .formatted(config.run().name(), started.uri(), services.directory().home()));
    if (cluster != null) {
      services.console().line("workers join with --trainer " + cluster.address(system));
    }
  }

  /**
   * Begins the run, unless it is over already, and waits for its end.
   *
   * @throws CompletionException with the cause if the run failed
   */
  void run() {
    if (!outcome.isDone()) {
      system.tell(GuardianCommand.Begin.INSTANCE);
    }
    outcome.join();
  }

  /** Stops everything; requests that wait are still answered. */
  void close() {
    stopHttp();
    if (cluster == null) {
      stop(system, ACTORS_STOP);
    } else {
      cluster.stop(system);
    }
    control.finish();
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      LOG.debug("a signal is ending the process");
    }
  }

  private void stopHttp() {
    if (http == null) {
      return;
    }
    try {
      http.stop(LAST_ANSWERS).toCompletableFuture().join();
    } catch (CompletionException e) {
      LOG.debug("some HTTP answers were cut off", e);
    }
  }

  /** Stops all actors, and waits at most {@code patience} for those that compute. */
  static void stop(ActorSystem<?> system, Duration patience) {
    long millis = Math.min(patience.toMillis(), ACTORS_STOP.toMillis());
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("some actors have not stopped; a native call may hang");
    }
  }

  /** A signal has come: the process ends when this returns. */
  void drainOnSignal() {
    if (closed.getCount() == 0) {
      return; // the run is over, and nothing has to be waited for
    }
    Duration grace = config.shutdown().grace();
    system.tell(GuardianCommand.Drain.INSTANCE); // first: whoever is to read the line may not
    services
        .console()
        .line(
            "finishing what is in flight, then writing a checkpoint; this takes at most "
                + grace.toSeconds()
                + " s, and a second signal ends it at once");
    try {
      if (!closed.await(grace.plus(SIGNAL_MARGIN).toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.error("the run has not ended within shutdown.grace");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    services.console().finish();
  }
}
