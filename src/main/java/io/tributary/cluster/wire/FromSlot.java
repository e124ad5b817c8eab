package io.tributary.cluster.wire;

import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.metrics.WorkTime;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a slot reports to the trainer. A result is sent again until it is {@link ToSlot.Accepted
 * accepted}.
 */
public sealed interface FromSlot extends WireMessage {

  /** About one piece of work. */
  sealed interface Report extends FromSlot {

    /** Which work it is about. */
    LeaseId id();
  }

  /** The sampler's copy of the proposal has this version, and really this fingerprint. */
  record Holds(long version, String fingerprint) implements FromSlot {}

  /** The slot has fetched this version of the proposal, and can begin its next draw with it. */
  record Fetched(long version) implements FromSlot {}

  /** The slot has the work, or will begin it when it is done with what it has. */
  record Received(LeaseId id) implements Report {}

  /** The work makes progress; sent at most once a second. */
  record Progress(LeaseId id) implements Report {}

  /** The end of a piece of work. */
  sealed interface Result extends Report {

    /** How the slot's worker spent the time since its previous result. */
    WorkTime time();

    /** Number of sequences in it. */
    int sequences();
  }

  /** What was drawn. */
  record Drawn(LeaseId id, Draw draw, WorkTime time) implements Result {
    @Override
    public int sequences() {
      return draw.sequences().size();
    }
  }

  /**
   * What the scorer found out about one sequence; see {@link io.tributary.data.ScoredSequence}.
   *
   * @param index of the sequence in its draw
   */
  record Score(
      int index,
      String text,
      double[] features,
      double logBase,
      double[] tokenLogBases,
      double[] milestoneBases,
      double logTarget,
      int decidedAt) {
    private static final int OTHERS = 40;

    private long bytes() {
      return OTHERS
          + text.getBytes(StandardCharsets.UTF_8).length
          + (long) Double.BYTES * (features.length + tokenLogBases.length + milestoneBases.length);
    }
  }

  /**
   * The scores of a draw, without the sequences, which the trainer has.
   *
   * @param dropped sequences on which a feature failed
   */
  record Scored(LeaseId id, List<Score> scores, int dropped, WorkTime time) implements Result {
    public Scored {
      scores = List.copyOf(scores);
    }

    /** About what it takes as a message. */
    public long bytes() {
      return scores.stream().mapToLong(Score::bytes).sum();
    }

    @Override
    public int sequences() {
      return scores.size();
    }
  }

  /** The features of a draw. */
  record Featured(LeaseId id, DrawFeatures features, WorkTime time) implements Result {
    @Override
    public int sequences() {
      return features.features().size();
    }
  }

  /**
   * There is no result.
   *
   * @param tried whether the slot's sampler or scorer has failed on the work; otherwise it could
   *     not begin
   */
  record Failed(LeaseId id, String reason, WorkTime time, boolean tried) implements Result {
    @Override
    public int sequences() {
      return 0;
    }
  }
}
