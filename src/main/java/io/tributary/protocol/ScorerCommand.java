package io.tributary.protocol;

import io.tributary.data.Draw;
import io.tributary.data.ScoredDraw;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/** What a scorer is told. */
public sealed interface ScorerCommand {

  /** Under this key scorers are found, on this machine or another. */
  ServiceKey<ScorerCommand> KEY = ServiceKey.create(ScorerCommand.class, "scorer");

  /** Compute features, log a(x), log P(x) of every sequence of the draw. */
  record Score(Draw draw, ActorRef<WorkerEvent<ScoredDraw>> replyTo) implements ScorerCommand {}
}
