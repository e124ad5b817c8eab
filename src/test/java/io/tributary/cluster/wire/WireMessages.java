package io.tributary.cluster.wire;

import io.tributary.cluster.transfer.Manifest;
import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.data.DrawOrder.Purpose;
import io.tributary.data.Sequence;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.WorkTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/** One message of each kind. */
final class WireMessages {
  private static final LeaseId ID = new LeaseId(-7_000_000_001L, 2, Purpose.TRAINING, 300);
  private static final WorkTime TIME =
      new WorkTime(
          Duration.ofNanos(1_234_567_890_123L),
          Map.of(
              BlockedReason.WEIGHTS,
              Duration.ofMillis(2),
              BlockedReason.INPUT,
              Duration.ofDays(1)));

  private WireMessages() {}

  /**
   * By manifest.
   *
   * @param ref stands for every actor in them
   */
  static Map<String, WireMessage> all(ActorRef<?> ref) {
    ActorRef<FromSlot> replyTo = ref.unsafeUpcast();
    ActorRef<ToNode> node = ref.unsafeUpcast();
    Manifest file =
        Manifest.of("base/größe.safetensors", 9, 8, List.of("0a".repeat(32), "ff".repeat(32)));
    Draw draw =
        new Draw(
            300,
            Purpose.WINDOW,
            9,
            List.of(
                new Sequence(300, 0, new int[] {1, 50_256, 0}, new double[] {-1.5, -0.1, 1e-9}, 9),
                new Sequence(300, 1, new int[] {127}, new double[] {-1e-300}, 9)));
    Map<String, WireMessage> all = new LinkedHashMap<>();
    all.put(
        "draw-lease.2",
        new ToSlot.DrawLease(
            ID,
            new DrawOrder(300, 8, Purpose.FITTING, 128),
            new ToSlot.Proposal(9, "fingerprint of 9", file, 2.75),
            replyTo));
    all.put(
        "score-lease.1", new ToSlot.ScoreLease(ID, draw, Map.of("größe", 0.1, "a", -3.0), replyTo));
    all.put("features-lease.1", new ToSlot.FeaturesLease(ID, draw, replyTo));
    all.put(
        "offer.2",
        new ToSlot.Offer(new ToSlot.Proposal(9, "fingerprint of 9", file, 2.75), replyTo));
    all.put("fetched.1", new FromSlot.Fetched(9));
    all.put("holds.1", new FromSlot.Holds(9, "fingerprint of 9"));
    all.put("accepted.1", new ToSlot.Accepted(ID));
    all.put("received.1", new FromSlot.Received(ID));
    all.put("progress.1", new FromSlot.Progress(ID));
    all.put("drawn.1", new FromSlot.Drawn(ID, draw, TIME));
    all.put(
        "scored.3",
        new FromSlot.Scored(
            ID,
            List.of(
                new FromSlot.Score(
                    1,
                    "naïve 日本 \n\0",
                    new double[] {0, 1},
                    -12.5,
                    new double[] {-12, -0.5},
                    new double[] {0.25, 1e-30},
                    Double.NEGATIVE_INFINITY,
                    2)),
            3,
            TIME));
    all.put(
        "featured.1",
        new FromSlot.Featured(
            ID, new DrawFeatures(300, List.of(new double[] {1, 0.25}), 1), WorkTime.NONE));
    all.put("failed.1", new FromSlot.Failed(ID, "no: space left", TIME, true));
    all.put(
        "hello.1",
        new ToTrainer.Hello(1, 300, "0.9-SNAPSHOT", "http://worker:9464/metrics", "token", node));
    all.put(
        "ready.1",
        new ToTrainer.Ready(
            -7_000_000_001L,
            300,
            "0123456789abcdef",
            List.of(
                new ToTrainer.OfferedSlot(SlotKind.SAMPLER, "gpu:0", ref.unsafeUpcast()),
                new ToTrainer.OfferedSlot(SlotKind.SCORER, "cpu", ref.unsafeUpcast())),
            node));
    all.put("leaving.1", new ToTrainer.Leaving("drained", node));
    all.put("pong.1", new ToTrainer.Pong(-1, node));
    all.put(
        "welcome.1",
        new ToNode.Welcome(
            -7_000_000_001L,
            1,
            "run 7",
            "tributary { }",
            List.of(file, Manifest.of("1", 0, Manifest.CHUNK_SIZE, List.of())),
            "https://trainer:17356",
            "secret",
            Duration.ofSeconds(10),
            Duration.ofSeconds(20)));
    all.put("refused.1", new ToNode.Refused("numerics differ"));
    all.put("admitted.1", new ToNode.Admitted(-7_000_000_001L, 300, "node-0"));
    all.put("ping.1", new ToNode.Ping(Long.MAX_VALUE));
    all.put("drain.1", new ToNode.Drain("by an operator"));
    all.put("provide.1", new ToNode.Provide(300, 0));
    all.put("release.1", new ToSlot.Release("fewer"));
    all.put("dismissed.1", new ToNode.Dismissed("it hangs"));
    return all;
  }
}
