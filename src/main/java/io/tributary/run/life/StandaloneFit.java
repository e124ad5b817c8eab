package io.tributary.run.life;

import io.tributary.metrics.RunMetrics;
import io.tributary.run.assembly.FitSetup;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.watch.StreamMetrics;
import io.tributary.target.fit.Fit;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Fits lambda without a run, in the same way: with samplers, scorers and pools. */
public final class StandaloneFit {
  private static final long LOOK_MILLIS = 100;

  private StandaloneFit() {}

  /**
   * Draws and fits. The engine must be loaded.
   *
   * @param samplers number of samplers
   * @param scorers number of scorers
   * @param workers their behaviours
   * @param stopped polled; once true, the fit is given up
   * @param progress receives its progress
   * @return empty if it was given up
   * @throws io.tributary.data.BadInputException if the base model can't have what is asked of it
   * @throws RuntimeException if the fit failed
   */
  public static Optional<Fit> run(
      FitSetup setup,
      int samplers,
      int scorers,
      Function<RunMetrics, WorkerBehaviors> workers,
      BooleanSupplier stopped,
      Consumer<String> progress) {
    RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC());
    CompletableFuture<Fit> outcome = new CompletableFuture<>();
    ActorSystem<GuardianCommand> system =
        ActorSystem.create(
            GuardianFailure.told(
                outcome::completeExceptionally,
                Behaviors.setup(
                    context ->
                        FittingGuardian.create(
                            new WorkerSupervisor(
                                context,
                                setup.stream(),
                                setup.stream().stallTimeout(),
                                samplers,
                                scorers,
                                workers.apply(metrics),
                                metrics),
                            setup,
                            new StreamMetrics(metrics, setup.drawSequences()),
                            new Caller(outcome, progress)))),
            "tributary-fit");
    system
        .getWhenTerminated()
        .whenComplete(
            (done, failure) ->
                outcome.completeExceptionally(
                    new IllegalStateException("the actor system has ended", failure)));
    try {
      while (!outcome.isDone() && !stopped.getAsBoolean()) {
        Thread.sleep(LOOK_MILLIS);
      }
      return outcome.isDone() ? Optional.of(outcome.join()) : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    } finally {
      RunSession.stop(system, setup.stream().stallTimeout()); // a worker hangs after that
    }
  }

  private record Caller(CompletableFuture<Fit> outcome, Consumer<String> progress)
      implements FittingGuardian.Owner {
    @Override
    public void progressed(String line) {
      progress.accept(line);
    }

    @Override
    public Behavior<GuardianCommand> fitted(Fit fit, WorkerSupervisor workers) {
      outcome.complete(fit);
      return Behaviors.same();
    }

    @Override
    public void failed(Throwable cause) {
      outcome.completeExceptionally(cause);
    }
  }
}
