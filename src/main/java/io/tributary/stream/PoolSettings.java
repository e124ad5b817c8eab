package io.tributary.stream;

import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.WorkerEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/**
 * What a pool hands out, to whom, and how it checks what comes back.
 *
 * @param workers the key under which workers register
 * @param number the number of the draw that a piece of work belongs to
 * @param command the message that tells a worker to do the work, and whom to report to
 * @param flaw what is wrong with the result of a piece of work; empty if it is valid
 * @param stallTimeout a busy worker is lost after this time without a sign of life
 * @param <W> work
 * @param <R> result
 * @param <C> messages of a worker
 */
public record PoolSettings<W, R, C>(
    ServiceKey<C> workers,
    ToLongFunction<W> number,
    BiFunction<W, ActorRef<WorkerEvent<R>>, C> command,
    BiFunction<W, R, Optional<String>> flaw,
    Duration stallTimeout) {

  /**
   * Samplers, who make draws.
   *
   * @param drawSequences sequences in a draw
   * @param vocabulary size of the vocabulary
   */
  public static PoolSettings<DrawOrder, Draw, SamplerCommand> samplers(
      int drawSequences, int vocabulary, Duration stallTimeout) {
    return new PoolSettings<>(
        SamplerCommand.KEY,
        DrawOrder::number,
        SamplerCommand.DrawSequences::new,
        (asked, got) -> ResultChecks.ofDraw(asked, got, drawSequences, vocabulary),
        stallTimeout);
  }

  /**
   * Scorers, who score draws.
   *
   * @param features number of the target's features
   * @param lambdas of the target, by feature
   */
  public static PoolSettings<Draw, ScoredDraw, ScorerCommand> scorers(
      int features, Map<String, Double> lambdas, Duration stallTimeout) {
    return new PoolSettings<>(
        ScorerCommand.KEY,
        Draw::number,
        (draw, replyTo) -> new ScorerCommand.Score(draw, lambdas, replyTo),
        (asked, got) -> ResultChecks.ofScores(asked, got, features),
        stallTimeout);
  }

  /**
   * Scorers, who compute the features of draws alone.
   *
   * @param features number of the target's features
   */
  public static PoolSettings<Draw, DrawFeatures, ScorerCommand> features(
      int features, Duration stallTimeout) {
    return new PoolSettings<>(
        ScorerCommand.KEY,
        Draw::number,
        ScorerCommand.ComputeFeatures::new,
        (asked, got) -> ResultChecks.ofFeatures(asked, got, features),
        stallTimeout);
  }
}
