package io.tributary.cluster.remote;

import io.tributary.cluster.slot.SlotListener;
import io.tributary.cluster.wire.FromSlot;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer.Hello;
import io.tributary.metrics.RunMetrics;
import java.time.Clock;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** What observes nodes and slots in tests that don't look at it. */
final class TestRecord {
  static final SlotListener UNOBSERVED =
      new SlotListener() {
        @Override
        public void ended(SlotKind kind, FromSlot.Result result) {}

        @Override
        public void holds(long version) {}
      };

  private TestRecord() {}

  static NodeRecord of(ActorTestKit kit) {
    return new NodeRecords(new RunMetrics(Map.of(), Clock.systemUTC()), System::nanoTime)
        .welcomed(
            "node-0", new Hello(1, 1, "build", "", "", kit.createTestProbe(ToNode.class).getRef()));
  }
}
