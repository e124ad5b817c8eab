package io.tributary.run.assembly;

import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.ScorerCommand;
import io.tributary.stage.sample.Sampler;
import io.tributary.stage.score.Scorer;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.Behavior;

/**
 * The behaviours of samplers and scorers by place.
 *
 * @param sampler behaviour of the sampler at a place
 * @param scorer behaviour of the scorer at a place
 */
public record WorkerBehaviors(
    IntFunction<Behavior<SamplerCommand>> sampler, IntFunction<Behavior<ScorerCommand>> scorer) {

  /** Those that a run has. */
  public static WorkerBehaviors of(TrainingParts parts, RunMetrics metrics) {
    return new WorkerBehaviors(
        place -> Sampler.create(() -> parts.sampling(place), metrics.stage(Stage.SAMPLER)::clock),
        place -> Scorer.create(() -> parts.scoring(place), metrics.stage(Stage.SCORER)::clock));
  }
}
