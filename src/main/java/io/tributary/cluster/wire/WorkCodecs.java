package io.tributary.cluster.wire;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.data.Sequence;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.WorkTime;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How leases and their results are written. */
final class WorkCodecs {
  private static final DrawOrder.Purpose[] PURPOSES = DrawOrder.Purpose.values();
  private static final BlockedReason[] REASONS = BlockedReason.values();

  private WorkCodecs() {}

  /** All of them, by manifest. */
  static List<Codec<?>> all() {
    return List.of(
        new Codec<>(
            "draw-lease.2",
            ToSlot.DrawLease.class,
            (out, refs, m) -> {
              id(out, m.id());
              order(out, m.order());
              proposal(out, m.proposal());
              refs.write(out, m.replyTo());
            },
            (in, refs) -> new ToSlot.DrawLease(id(in), order(in), proposal(in), refs.read(in))),
        new Codec<>(
            "score-lease.1",
            ToSlot.ScoreLease.class,
            (out, refs, m) -> {
              id(out, m.id());
              draw(out, m.draw());
              Wire.numbers(out, m.lambdas());
              refs.write(out, m.replyTo());
            },
            (in, refs) -> new ToSlot.ScoreLease(id(in), draw(in), Wire.numbers(in), refs.read(in))),
        new Codec<>(
            "features-lease.1",
            ToSlot.FeaturesLease.class,
            (out, refs, m) -> {
              id(out, m.id());
              draw(out, m.draw());
              refs.write(out, m.replyTo());
            },
            (in, refs) -> new ToSlot.FeaturesLease(id(in), draw(in), refs.read(in))),
        new Codec<>(
            "offer.2",
            ToSlot.Offer.class,
            (out, refs, m) -> {
              proposal(out, m.proposal());
              refs.write(out, m.replyTo());
            },
            (in, refs) -> new ToSlot.Offer(proposal(in), refs.read(in))),
        new Codec<>(
            "fetched.1",
            FromSlot.Fetched.class,
            (out, refs, m) -> out.writeLong(m.version()),
            (in, refs) -> new FromSlot.Fetched(in.readLong())),
        new Codec<>(
            "holds.1",
            FromSlot.Holds.class,
            (out, refs, m) -> {
              out.writeLong(m.version());
              Wire.string(out, m.fingerprint());
            },
            (in, refs) -> new FromSlot.Holds(in.readLong(), Wire.string(in))),
        new Codec<>(
            "accepted.1",
            ToSlot.Accepted.class,
            (out, refs, m) -> id(out, m.id()),
            (in, refs) -> new ToSlot.Accepted(id(in))),
        new Codec<>(
            "release.1",
            ToSlot.Release.class,
            (out, refs, m) -> Wire.string(out, m.reason()),
            (in, refs) -> new ToSlot.Release(Wire.string(in))),
        new Codec<>(
            "received.1",
            FromSlot.Received.class,
            (out, refs, m) -> id(out, m.id()),
            (in, refs) -> new FromSlot.Received(id(in))),
        new Codec<>(
            "progress.1",
            FromSlot.Progress.class,
            (out, refs, m) -> id(out, m.id()),
            (in, refs) -> new FromSlot.Progress(id(in))),
        new Codec<>(
            "drawn.1",
            FromSlot.Drawn.class,
            (out, refs, m) -> {
              id(out, m.id());
              draw(out, m.draw());
              time(out, m.time());
            },
            (in, refs) -> new FromSlot.Drawn(id(in), draw(in), time(in))),
        new Codec<>(
            "scored.3",
            FromSlot.Scored.class,
            (out, refs, m) -> {
              id(out, m.id());
              Wire.list(out, m.scores(), WorkCodecs::score);
              out.writeInt(m.dropped(), true);
              time(out, m.time());
            },
            (in, refs) ->
                new FromSlot.Scored(
                    id(in), Wire.list(in, WorkCodecs::score), in.readInt(true), time(in))),
        new Codec<>(
            "featured.1",
            FromSlot.Featured.class,
            (out, refs, m) -> {
              id(out, m.id());
              Wire.list(out, m.features().features(), Wire::doubles);
              out.writeInt(m.features().dropped(), true);
              time(out, m.time());
            },
            (in, refs) -> {
              LeaseId id = id(in);
              List<double[]> features = Wire.list(in, Wire::doubles);
              int dropped = in.readInt(true);
              return new FromSlot.Featured(
                  id, new DrawFeatures(id.number(), features, dropped), time(in));
            }),
        new Codec<>(
            "failed.1",
            FromSlot.Failed.class,
            (out, refs, m) -> {
              id(out, m.id());
              Wire.string(out, m.reason());
              time(out, m.time());
              out.writeBoolean(m.tried());
            },
            (in, refs) ->
                new FromSlot.Failed(id(in), Wire.string(in), time(in), in.readBoolean())));
  }

  private static void id(Output out, LeaseId id) {
    out.writeLong(id.epoch());
    out.writeLong(id.lease());
    Wire.constant(out, id.purpose());
    out.writeLong(id.number());
  }

  private static LeaseId id(Input in) {
    return new LeaseId(in.readLong(), in.readLong(), Wire.constant(in, PURPOSES), in.readLong());
  }

  private static void order(Output out, DrawOrder order) {
    out.writeLong(order.number());
    out.writeLong(order.minimumVersion());
    Wire.constant(out, order.purpose());
    out.writeInt(order.sequences(), true);
  }

  private static DrawOrder order(Input in) {
    return new DrawOrder(
        in.readLong(), in.readLong(), Wire.constant(in, PURPOSES), in.readInt(true));
  }

  private static void proposal(Output out, ToSlot.Proposal proposal) {
    out.writeLong(proposal.version());
    Wire.string(out, proposal.fingerprint());
    NodeCodecs.manifest(out, proposal.file());
    out.writeDouble(proposal.guideStrength());
  }

  private static ToSlot.Proposal proposal(Input in) {
    long version = in.readLong();
    String fingerprint = Wire.string(in);
    Manifest file = NodeCodecs.manifest(in);
    double strength = in.readDouble();
    if (!(strength >= 0) || Double.isInfinite(strength)) {
      throw new KryoException("a guide of strength " + strength);
    }
    return new ToSlot.Proposal(version, fingerprint, file, strength);
  }

  private static void draw(Output out, Draw draw) {
    out.writeLong(draw.number());
    Wire.constant(out, draw.purpose());
    out.writeLong(draw.proposalVersion());
    Wire.list(out, draw.sequences(), WorkCodecs::sequence);
  }

  private static Draw draw(Input in) {
    return new Draw(
        in.readLong(),
        Wire.constant(in, PURPOSES),
        in.readLong(),
        Wire.list(in, WorkCodecs::sequence));
  }

  private static void sequence(Output out, Sequence sequence) {
    out.writeLong(sequence.draw());
    out.writeInt(sequence.index(), true);
    Wire.ints(out, sequence.tokens());
    Wire.doubles(out, sequence.tokenLogProposals());
    out.writeLong(sequence.proposalVersion());
  }

  private static Sequence sequence(Input in) {
    return new Sequence(
        in.readLong(), in.readInt(true), Wire.ints(in), Wire.doubles(in), in.readLong());
  }

  private static void score(Output out, FromSlot.Score score) {
    out.writeInt(score.index(), true);
    Wire.string(out, score.text());
    Wire.doubles(out, score.features());
    out.writeDouble(score.logBase());
    Wire.doubles(out, score.tokenLogBases());
    Wire.doubles(out, score.milestoneBases());
    out.writeDouble(score.logTarget());
    out.writeInt(score.decidedAt(), true);
  }

  private static FromSlot.Score score(Input in) {
    return new FromSlot.Score(
        in.readInt(true),
        Wire.string(in),
        Wire.doubles(in),
        in.readDouble(),
        Wire.doubles(in),
        Wire.doubles(in),
        in.readDouble(),
        in.readInt(true));
  }

  private static void time(Output out, WorkTime time) {
    out.writeLong(time.busy().toNanos());
    Wire.list(
        out,
        List.copyOf(blocked(time).entrySet()),
        (o, entry) -> {
          Wire.constant(o, entry.getKey());
          o.writeLong(entry.getValue().toNanos());
        });
  }

  private static Map<BlockedReason, Duration> blocked(WorkTime time) {
    Map<BlockedReason, Duration> sorted = new EnumMap<>(BlockedReason.class);
    sorted.putAll(time.blocked());
    return sorted;
  }

  private static WorkTime time(Input in) {
    Duration busy = duration(in);
    Map<BlockedReason, Duration> blocked = new EnumMap<>(BlockedReason.class);
    Wire.list(in, i -> Map.entry(Wire.constant(i, REASONS), duration(i)))
        .forEach(entry -> blocked.put(entry.getKey(), entry.getValue()));
    return new WorkTime(busy, blocked);
  }

  private static Duration duration(Input in) {
    long nanos = in.readLong();
    if (nanos < 0) {
      throw new KryoException("a duration of %,d ns".formatted(nanos));
    }
    return Duration.ofNanos(nanos);
  }
}
