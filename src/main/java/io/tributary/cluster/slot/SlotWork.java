package io.tributary.cluster.slot;

import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.LeaseId;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.WorkerEvent;
import java.util.function.BiFunction;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Translates leases into the commands of samplers or scorers, and their results into reports.
 *
 * @param <C> messages of the sampler or scorer
 */
public record SlotWork<C>(
    SlotKind kind,
    BiFunction<ToSlot.Lease, ActorRef<WorkerEvent<Object>>, C> commands,
    SlotListener listener) {

  /** A sampler's. */
  public static SlotWork<SamplerCommand> sampling(SlotListener listener) {
    return new SlotWork<>(
        SlotKind.SAMPLER,
        (lease, replyTo) -> {
          if (lease instanceof ToSlot.DrawLease draw) {
            return new SamplerCommand.DrawSequences(draw.order(), replyTo.unsafeUpcast());
          }
          throw new IllegalArgumentException("a sampler was asked for " + lease.getClass());
        },
        listener);
  }

  /** A scorer's. */
  public static SlotWork<ScorerCommand> scoring(SlotListener listener) {
    return new SlotWork<>(
        SlotKind.SCORER,
        (lease, replyTo) -> {
          if (lease instanceof ToSlot.ScoreLease score) {
            return new ScorerCommand.Score(score.draw(), score.lambdas(), replyTo.unsafeUpcast());
          }
          if (lease instanceof ToSlot.FeaturesLease features) {
            return new ScorerCommand.ComputeFeatures(features.draw(), replyTo.unsafeUpcast());
          }
          throw new IllegalArgumentException("a scorer was asked for " + lease.getClass());
        },
        listener);
  }

  C command(ToSlot.Lease lease, ActorRef<WorkerEvent<Object>> replyTo) {
    return commands.apply(lease, replyTo);
  }

  FromSlot.Result report(LeaseId id, Object result, WorkTime time) {
    if (result instanceof Draw draw) {
      return new FromSlot.Drawn(id, draw, time);
    }
    if (result instanceof DrawFeatures features) {
      return new FromSlot.Featured(id, features, time);
    }
    ScoredDraw scored = (ScoredDraw) result;
    return new FromSlot.Scored(
        id, scored.sequences().stream().map(SlotWork::score).toList(), scored.dropped(), time);
  }

  private static FromSlot.Score score(ScoredSequence scored) {
    return new FromSlot.Score(
        scored.sequence().index(),
        scored.text(),
        scored.features(),
        scored.logBase(),
        scored.tokenLogBases(),
        scored.milestoneBases(),
        scored.logTarget(),
        scored.decidedAt());
  }
}
