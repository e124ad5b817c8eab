package io.tributary.stream;

import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawKey;
import io.tributary.data.DrawOrder;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.data.WeightSnapshot;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.WorkerEvent;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/**
 * What a pool hands out, to whom, and how it checks what comes back, so that a broken worker is
 * caught and replaced, and its work redone, before the learner sees any of it.
 *
 * @param workers the key under which workers register
 * @param key of the draw that a piece of work belongs to
 * @param command the message that tells a worker to do the work, and whom to report to
 * @param begun a piece of work for further attempts, after a worker has begun it with a proposal
 * @param flaw what is wrong with the result of a piece of work; empty if it is valid
 * @param stallTimeout a busy worker is lost after this time without a sign of life
 * @param patience how long work waits if there is no worker at all; empty: for ever
 * @param <W> work
 * @param <R> result
 * @param <C> messages of a worker
 */
public record PoolSettings<W, R, C>(
    ServiceKey<C> workers,
    Function<W, DrawKey> key,
    BiFunction<W, ActorRef<WorkerEvent<R>>, C> command,
    BiFunction<W, WeightSnapshot, W> begun,
    BiFunction<W, R, Optional<String>> flaw,
    Duration stallTimeout,
    Optional<Duration> patience) {
  /** How long work waits for a first worker, in stall timeouts. */
  private static final int PATIENCE = 4;

  /**
   * What is asked of the score of each sequence, besides its features.
   *
   * @param tokens whether log a of each token
   * @param milestones how many, of a sequence of these tokens to train on
   */
  public record ScoreDetail(boolean tokens, ToIntFunction<int[]> milestones) {
    /** Nothing. */
    public static final ScoreDetail NONE = new ScoreDetail(false, tokens -> 0);

    private Optional<String> flaw(Draw asked, ScoredSequence got) {
      int[] drawn = got.sequence().tokens();
      int expected =
          asked.purpose() == DrawOrder.Purpose.TRAINING ? milestones.applyAsInt(drawn) : 0;
      if ((tokens && got.tokenLogBases().length != drawn.length)
          || got.milestoneBases().length != expected) {
        return PoolSettings.flaw(
            "returned sequence %d with log a of %d tokens and %d milestones, %d and %d were asked"
                + " for",
            got.sequence().index(),
            got.tokenLogBases().length,
            got.milestoneBases().length,
            tokens ? drawn.length : 0,
            expected);
      }
      return Optional.empty();
    }
  }

  /** With what makes one process give up: workers on other machines come when they come. */
  public PoolSettings(
      ServiceKey<C> workers,
      Function<W, DrawKey> key,
      BiFunction<W, ActorRef<WorkerEvent<R>>, C> command,
      BiFunction<W, WeightSnapshot, W> begun,
      BiFunction<W, R, Optional<String>> flaw,
      Duration stallTimeout) {
    this(
        workers,
        key,
        command,
        begun,
        flaw,
        stallTimeout,
        Optional.of(stallTimeout.multipliedBy(PATIENCE)));
  }

  /**
   * The same for workers that may be on other machines: work waits for them as long as it takes.
   */
  public PoolSettings<W, R, C> ofCluster() {
    return new PoolSettings<>(workers, key, command, begun, flaw, stallTimeout, Optional.empty());
  }

  /**
   * Samplers, who make draws.
   *
   * @param vocabulary size of the vocabulary
   */
  public static PoolSettings<DrawOrder, Draw, SamplerCommand> samplers(
      int vocabulary, Duration stallTimeout) {
    return new PoolSettings<>(
        SamplerCommand.KEY,
        DrawOrder::key,
        SamplerCommand.DrawSequences::new,
        DrawOrder::begunWith,
        (asked, got) -> flawOfDraw(asked, got, vocabulary),
        stallTimeout);
  }

  /**
   * Scorers, who score draws.
   *
   * @param features number of the target's features
   * @param lambdas of the target, by feature
   */
  public static PoolSettings<Draw, ScoredDraw, ScorerCommand> scorers(
      int features, Map<String, Double> lambdas, ScoreDetail detail, Duration stallTimeout) {
    return new PoolSettings<>(
        ScorerCommand.KEY,
        Draw::key,
        (draw, replyTo) -> new ScorerCommand.Score(draw, lambdas, replyTo),
        (draw, proposal) -> draw,
        (asked, got) -> flawOfScores(asked, got, features, detail),
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
        Draw::key,
        ScorerCommand.ComputeFeatures::new,
        (draw, proposal) -> draw,
        (asked, got) -> flawOfFeatures(asked, got, features),
        stallTimeout);
  }

  /** A draw must be the one asked for, complete, and within the vocabulary. */
  static Optional<String> flawOfDraw(DrawOrder asked, Draw got, int vocabulary) {
    if (got.number() != asked.number() || got.sequences().size() != asked.sequences()) {
      return flaw(
          "returned draw %d with %d sequences, draw %d with %d was asked for",
          got.number(), got.sequences().size(), asked.number(), asked.sequences());
    }
    if (got.purpose() != asked.purpose()) {
      return flaw(
          "returned draw %d for %s, it was asked for %s",
          got.number(), got.purpose(), asked.purpose());
    }
    if (!asked.allows(got.proposalVersion())) {
      WeightSnapshot begunWith = asked.begunWith();
      return flaw(
          "drew with proposal %d, %s %d was asked for",
          got.proposalVersion(),
          begunWith != null || asked.purpose() == DrawOrder.Purpose.WINDOW ? "exactly" : "at least",
          begunWith == null ? asked.minimumVersion() : begunWith.version().number());
    }
    for (int i = 0; i < asked.sequences(); i++) {
      Sequence sequence = got.sequences().get(i);
      if (sequence.draw() != asked.number() || sequence.index() != i) {
        return flaw(
            "returned sequence %d of draw %d in place of sequence %d of draw %d",
            sequence.index(), sequence.draw(), i, asked.number());
      }
      if (sequence.proposalVersion() != got.proposalVersion()) {
        return flaw(
            "returned sequence %d of proposal %d in a draw of proposal %d",
            i, sequence.proposalVersion(), got.proposalVersion());
      }
      if (!Double.isFinite(sequence.logProposal())) {
        return flaw("returned sequence %d with log q(x) = %s", i, sequence.logProposal());
      }
      for (int token : sequence.tokens()) {
        if (token < 0 || token >= vocabulary) {
          return flaw(
              "returned sequence %d with token %d, the vocabulary has %d", i, token, vocabulary);
        }
      }
    }
    return Optional.empty();
  }

  /** Every sequence of a draw must be scored or counted as dropped. */
  static Optional<String> flawOfScores(
      Draw asked, ScoredDraw got, int features, ScoreDetail detail) {
    List<ScoredSequence> scored = got.sequences();
    if (got.number() != asked.number()
        || got.dropped() < 0
        || scored.size() + got.dropped() != asked.sequences().size()) {
      return flaw(
          "returned draw %d with %d sequences scored and %d dropped, draw %d with %d was asked for",
          got.number(), scored.size(), got.dropped(), asked.number(), asked.sequences().size());
    }
    int last = -1;
    for (ScoredSequence each : scored) {
      Sequence sequence = each.sequence();
      if (sequence.draw() != asked.number()
          || sequence.index() <= last
          || sequence.index() >= asked.sequences().size()) {
        return flaw(
            "returned sequence %d of draw %d after sequence %d of draw %d",
            sequence.index(), sequence.draw(), last, asked.number());
      }
      last = sequence.index();
      if (Double.isNaN(each.logBase()) || each.features().length != features) {
        return flaw(
            "returned sequence %d with log a(x) = %s and %d features, a number and %d were asked"
                + " for",
            last, each.logBase(), each.features().length, features);
      }
      Optional<String> incomplete = detail.flaw(asked, each);
      if (incomplete.isPresent()) {
        return incomplete;
      }
    }
    return Optional.empty();
  }

  /** Every sequence of a draw must have its features or be counted as dropped. */
  static Optional<String> flawOfFeatures(Draw asked, DrawFeatures got, int features) {
    if (got.number() != asked.number()
        || got.dropped() < 0
        || got.features().size() + got.dropped() != asked.sequences().size()) {
      return flaw(
          "returned draw %d with features of %d sequences and %d dropped, draw %d with %d was asked"
              + " for",
          got.number(),
          got.features().size(),
          got.dropped(),
          asked.number(),
          asked.sequences().size());
    }
    for (double[] each : got.features()) {
      if (each.length != features) {
        return flaw("returned %d features of a sequence, %d were asked for", each.length, features);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> flaw(String format, Object... values) {
    return Optional.of(String.format(Locale.ROOT, format, values));
  }
}
