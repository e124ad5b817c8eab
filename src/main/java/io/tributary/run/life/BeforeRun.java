package io.tributary.run.life;

import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.LogMarkers;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.ConfigChange;
import io.tributary.metrics.Metric;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Unable;
import io.tributary.run.life.GuardianCommand.Begin;
import io.tributary.run.life.GuardianCommand.Change;
import io.tributary.run.life.GuardianCommand.Drain;
import io.tributary.run.life.GuardianCommand.Perform;
import io.tributary.run.life.GuardianCommand.Request;
import io.tributary.run.watch.RunConsole;
import io.tributary.stage.fit.FitJson;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.fit.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guardian while files are read and lambda is fitted: operators can drain the run; all else is
 * refused.
 *
 * @param from the checkpoint to resume from; null for a new run
 * @param outcome completed when the run has ended, with the failure if it failed
 */
record BeforeRun(RunServices services, @Nullable LearnerState from, CompletableFuture<Void> outcome)
    implements FittingGuardian.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(BeforeRun.class);

  /** The behaviour until the run begins, and with it all later ones. */
  Behavior<GuardianCommand> behavior() {
    return GuardianFailure.told(
        cause -> failed("the run has failed", cause),
        Behaviors.receive(GuardianCommand.class)
            .onMessageEquals(Begin.INSTANCE, this::begin)
            .onMessage(Drain.class, this::requested)
            .onMessage(Request.class, this::requested)
            .build());
  }

  private Behavior<GuardianCommand> begin() {
    return Behaviors.setup(
        context -> {
          TributaryConfig config = services.config().current();
          WorkerSupervisor workers =
              new WorkerSupervisor(
                  context,
                  config.stream(),
                  config.publish().timeout(),
                  config.samplers().count(),
                  config.scorers().count(),
                  services.workers(),
                  services.metrics());
          EnergyBasedModel target = services.parts().target();
          if (from != null) {
            return train(target(target, from), workers);
          }
          if (target.isFitted()) {
            return train(target, workers);
          }
          services.watch().state(ServiceState.FITTING, null);
          return FittingGuardian.create(
              workers, services.parts().fitSetup(), services.streamMetrics(), this);
        });
  }

  /**
   * The target with the lambdas of a checkpoint.
   *
   * @throws BadInputException if they are of another target
   */
  static EnergyBasedModel target(EnergyBasedModel target, LearnerState from) {
    try {
      return target.withLambdas(from.lambdas());
    } catch (IllegalArgumentException e) {
      throw new BadInputException(
          "the checkpoint of step %d is of another target: %s"
              .formatted(from.step(), e.getMessage()),
          e);
    }
  }

  @Override
  public void progressed(String line) {
    services.console().transientLine(line);
  }

  @Override
  public void look() {
    services.watch().look();
  }

  @Override
  public Behavior<GuardianCommand> fitted(Fit fit, WorkerSupervisor workers) {
    double tolerance = services.config().current().target().fit().tolerance();
    try {
      write(fit, tolerance);
    } catch (BadInputException e) {
      failed(e);
      return Behaviors.same();
    }
    tell(fit, tolerance);
    services.watch().state(ServiceState.STARTING, null);
    return train(fit.target(), workers);
  }

  private Behavior<GuardianCommand> train(EnergyBasedModel target, WorkerSupervisor workers) {
    return Guardian.create(services, from, target, workers, outcome);
  }

  private void write(Fit fit, double tolerance) {
    Path file = services.directory().home().resolve("fit.json");
    try {
      Files.writeString(file, FitJson.text(fit, tolerance));
    } catch (IOException e) {
      throw new BadInputException("run.directory: %s can't be written: %s".formatted(file, e), e);
    }
  }

  private void tell(Fit fit, double tolerance) {
    RunConsole console = services.console();
    console.line(
        "lambda fitted on %,d sequences of the base model, effective sample size %,.0f"
            .formatted(fit.sequences(), fit.effectiveSampleSize()));
    fit.lambdaErrors()
        .forEach(
            (feature, error) ->
                console.line(
                    "  lambda[%s] = %.4g ± %.1g  E[%s] %s ± %.1g of %s"
                        .formatted(
                            feature,
                            fit.target().lambdas().get(feature),
                            error,
                            feature,
                            number(fit.moments(), feature),
                            fit.momentErrors().get(feature),
                            number(fit.desired(), feature))));
    if (fit.largestError() > tolerance) {
      console.line(
          "  the standard error is above target.fit.tolerance = %s, since target.fit.max-sequences allows no more sequences"
              .formatted(tolerance));
    }
  }

  private static String number(Map<String, Double> values, String feature) {
    return RunConsole.number(values.getOrDefault(feature, Double.NaN));
  }

  @Override
  public void failed(Throwable cause) {
    failed("lambda can't be fitted", cause);
  }

  private void failed(String what, Throwable cause) {
    if (outcome.isDone()) {
      return;
    }
    LOG.error(LogMarkers.REPORTED, what, cause);
    services.watch().state(ServiceState.FAILED, String.valueOf(cause.getMessage()));
    outcome.completeExceptionally(cause);
  }

  @Override
  public Behavior<GuardianCommand> requested(GuardianCommand request) {
    if (request instanceof Perform asked && asked.action() == Action.DRAIN) {
      asked.answer().complete(new Done("the run ends before it has begun"));
      end();
    } else if (request instanceof Request asked) {
      if (asked instanceof Change) {
        services.metrics().add(Metric.CONFIG_CHANGES_TOTAL, 1, ConfigChange.REJECTED);
      }
      asked.answer().complete(refusal());
    } else {
      end();
    }
    return Behaviors.same();
  }

  private Answer refusal() {
    return new Unable(
        "the run has not begun, its state is %s; until it is RUNNING it can only be drained"
            .formatted(services.watch().get().state()));
  }

  private void end() {
    services.watch().state(ServiceState.DRAINING, null);
    services.console().line("no checkpoint: the run had not begun");
    outcome.complete(null);
  }
}
