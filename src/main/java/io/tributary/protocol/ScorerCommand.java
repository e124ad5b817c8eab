package io.tributary.protocol;

import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.ScoredDraw;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/** What a scorer is told. */
public sealed interface ScorerCommand {

  /** Under this key scorers are found, on this machine or another. */
  ServiceKey<ScorerCommand> KEY = ServiceKey.create(ScorerCommand.class, "scorer");

  /** The draw to work on. */
  Draw draw();

  /**
   * Compute features, log a(x), log P(x) of every sequence of the draw.
   *
   * @param lambdas of the target, by feature; of those features that have one
   */
  record Score(Draw draw, Map<String, Double> lambdas, ActorRef<WorkerEvent<ScoredDraw>> replyTo)
      implements ScorerCommand {
    public Score {
      lambdas = Map.copyOf(lambdas);
    }
  }

  /** Compute the features alone: all that can be told of a sequence before lambda is fitted. */
  record ComputeFeatures(Draw draw, ActorRef<WorkerEvent<DrawFeatures>> replyTo)
      implements ScorerCommand {}
}
