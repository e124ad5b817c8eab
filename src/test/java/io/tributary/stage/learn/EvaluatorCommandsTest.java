package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.TargetSample;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.stage.evaluate.Evaluator;
import io.tributary.testing.Commands;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchExtension.class)
class EvaluatorCommandsTest {

  @Test
  void everyCommandIsHandledAndNothingIsInFlightAfterIt(@TempDir Path directory)
      throws IOException {
    RunMetrics metrics = new RunMetrics(Map.of("chosen", 1.0), Clock.systemUTC());
    try (TinyWorld world = TinyWorld.arbitrary(directory)) {
      BehaviorTestKit<EvaluatorCommand> evaluator =
          BehaviorTestKit.create(
              Evaluator.create(() -> world.evaluation(8), metrics.stage(Stage.EVALUATOR)));
      var weights = world.base.snapshot();
      Map<Class<?>, Object> values =
          Map.of(
              long.class,
              3L,
              int.class,
              2,
              List.class,
              weights,
              WeightSnapshot.class,
              new WeightSnapshot(new WeightVersion(1, "fingerprint"), weights),
              PartitionFunctionEstimate.class,
              new PartitionFunctionEstimate(0, 0.1, 100, 50, 40),
              TargetSample.class,
              TargetSample.EMPTY,
              ActorRef.class,
              TestInbox.create().getRef());
      for (EvaluatorCommand command : Commands.of(EvaluatorCommand.class, values)) {
        evaluator.run(command);
        assertThat(Behavior.isUnhandled(evaluator.returnedBehavior())).as("%s", command).isFalse();
      }
      assertThat(metrics.value(Metric.STAGE_SEQUENCES_TOTAL, "evaluator")).isPositive();
      assertThat(metrics.value(Metric.STAGE_INFLIGHT_SEQUENCES, "evaluator")).isZero();
    }
  }
}
