package io.tributary.cluster.remote;

import io.tributary.cluster.wire.FromSlot;
import io.tributary.data.Draw;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.ScorerCommand.ComputeFeatures;
import io.tributary.protocol.ScorerCommand.Score;
import io.tributary.protocol.WorkerEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Work that a pool has given to a worker, and what the pool is told of it.
 *
 * @param worker as the pool knows it
 * @param read the pool's kind of result, of what a slot reports
 */
record PoolWork<R>(
    long number,
    ActorRef<WorkerEvent<R>> pool,
    ActorRef<?> worker,
    Function<FromSlot.Result, R> read) {

  static PoolWork<?> of(DrawSequences command, ActorRef<?> worker) {
    return new PoolWork<>(
        command.order().number(),
        command.replyTo(),
        worker,
        result -> ((FromSlot.Drawn) result).draw());
  }

  static PoolWork<?> of(Score command, ActorRef<?> worker) {
    return new PoolWork<>(
        command.draw().number(),
        command.replyTo(),
        worker,
        result -> joined(command.draw(), (FromSlot.Scored) result));
  }

  static PoolWork<?> of(ComputeFeatures command, ActorRef<?> worker) {
    return new PoolWork<>(
        command.draw().number(),
        command.replyTo(),
        worker,
        result -> ((FromSlot.Featured) result).features());
  }

  void begun(WeightSnapshot proposal) {
    pool.tell(new WorkerEvent.Begun<>(number, worker, proposal));
  }

  void progressed() {
    pool.tell(new WorkerEvent.Progressed<>(number, worker));
  }

  /**
   * @param failedOn the node that has tried it and failed; null if none has
   */
  void givenBack(String reason, @Nullable String failedOn) {
    pool.tell(new WorkerEvent.GivenBack<>(number, worker, reason, failedOn));
  }

  /**
   * @throws IllegalArgumentException if the result is not one of this work
   */
  void finished(FromSlot.Result result) {
    R value;
    try {
      value = read.apply(result);
    } catch (IndexOutOfBoundsException | ClassCastException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    pool.tell(new WorkerEvent.Finished<>(number, worker, value, result.time()));
  }

  private static ScoredDraw joined(Draw draw, FromSlot.Scored result) {
    List<ScoredSequence> scored = new ArrayList<>();
    for (FromSlot.Score score : result.scores()) {
      scored.add(
          new ScoredSequence(
              draw.sequences().get(score.index()),
              score.text(),
              score.features(),
              score.logBase(),
              score.tokenLogBases(),
              score.milestoneBases(),
              score.logTarget(),
              score.decidedAt()));
    }
    return new ScoredDraw(draw.number(), scored, result.dropped());
  }
}
