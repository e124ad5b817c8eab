package io.tributary.protocol;

import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.ScoredDraw;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/** What a scorer is told. */
public sealed interface ScorerCommand {

  /** Scorers register under this key, on this machine or another. */
  ServiceKey<ScorerCommand> KEY = ServiceKey.create(ScorerCommand.class, "scorer");

  /** The draw to work on. */
  Draw draw();

  /**
   * Compute the features, log a(x) and log P(x) of every sequence of the draw.
   *
   * @param lambdas lambda of the target by feature, for the features that have one
   */
  record Score(Draw draw, Map<String, Double> lambdas, ActorRef<WorkerEvent<ScoredDraw>> replyTo)
      implements ScorerCommand {
    public Score {
      lambdas = Map.copyOf(lambdas);
    }
  }

  /** Compute the features alone: all that is known of a sequence before lambda is fitted. */
  record ComputeFeatures(Draw draw, ActorRef<WorkerEvent<DrawFeatures>> replyTo)
      implements ScorerCommand {}
}
