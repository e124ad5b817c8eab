package io.tributary.cluster.remote;

import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer.Hello;
import io.tributary.metrics.RunMetrics;
import java.time.Clock;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;

/** Where what is heard of a node is entered in a test that doesn't look at it. */
final class TestRecord {
  private TestRecord() {}

  static NodeRecord of(ActorTestKit kit) {
    return new NodeRecords(new RunMetrics(Map.of(), Clock.systemUTC()), System::nanoTime)
        .welcomed(
            "node-0", new Hello(1, 1, "build", "", kit.createTestProbe(ToNode.class).getRef()));
  }
}
