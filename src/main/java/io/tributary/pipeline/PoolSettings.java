package io.tributary.pipeline;

import io.tributary.data.Draw;
import io.tributary.data.ScoredDraw;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.WorkerEvent;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/**
 * What a pool hands out, to whom.
 *
 * @param workers the key under which workers register
 * @param number the number of the draw that a piece of work belongs to
 * @param order the message that tells a worker to do the work and whom to report to
 * @param stallTimeout a busy worker that is silent for so long is lost
 * @param <W> work
 * @param <R> result
 * @param <C> messages of a worker
 */
public record PoolSettings<W, R, C>(
    ServiceKey<C> workers,
    ToLongFunction<W> number,
    BiFunction<W, ActorRef<WorkerEvent<R>>, C> order,
    Duration stallTimeout) {

  /** Samplers, who make draws. */
  public static PoolSettings<AdmittedDraw, Draw, SamplerCommand> samplers(Duration stallTimeout) {
    return new PoolSettings<>(
        SamplerCommand.KEY,
        AdmittedDraw::number,
        (draw, replyTo) ->
            new SamplerCommand.DrawSequences(draw.number(), draw.minimumVersion(), replyTo),
        stallTimeout);
  }

  /** Scorers, who score draws. */
  public static PoolSettings<Draw, ScoredDraw, ScorerCommand> scorers(Duration stallTimeout) {
    return new PoolSettings<>(
        ScorerCommand.KEY, Draw::number, ScorerCommand.Score::new, stallTimeout);
  }
}
