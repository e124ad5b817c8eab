package io.tributary.stream;

import static io.tributary.testing.stream.TestWorkers.DRAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.target.FitConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.Draw;
import io.tributary.data.DrawFeatures;
import io.tributary.data.DrawOrder;
import io.tributary.stage.fit.TargetFitting;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import io.tributary.target.fit.Fit;
import io.tributary.testing.stream.RecordedPool;
import io.tributary.testing.stream.TestWorkers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.Materializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fits through real pools; only the model is missing. */
class FitStreamTest {
  private static final Duration STALL = Duration.ofSeconds(60);

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final TestProbe<Long> hung = kit.createTestProbe(Long.class);
  private final List<ActorRef<?>> guardians = new ArrayList<>();
  private final RecordedPool<DrawOrder, Draw> samplerPool = new RecordedPool<>();
  private final RecordedPool<Draw, DrawFeatures> scorerPool = new RecordedPool<>();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private record Value(String name) implements Feature {
    @Override
    public double value(Text text) {
      throw new UnsupportedOperationException();
    }
  }

  /** Extended once, to twice the first sequences. */
  private static TargetFitting fitting(double maxDropRate) {
    EnergyBasedModel target =
        new EnergyBasedModel(List.of(new Factor.Tilted(new Value("v"), 1.2, Double.NaN)));
    return new TargetFitting(target, new FitConfig(101, 202, 1e-3, 1), DRAW, maxDropRate);
  }

  private FitStream stream(
      TestWorkers workers,
      int samplers,
      int scorers,
      TargetFitting fitting,
      Consumer<DrawFeatures> first) {
    guardians.forEach(kit::stop); // and with them their workers
    guardians.clear();
    var samplerGuardian = kit.spawn(TestWorkers.guardian(samplers, workers::sampler));
    var scorerGuardian = kit.spawn(TestWorkers.guardian(scorers, workers::scorer));
    guardians.addAll(List.of(samplerGuardian, scorerGuardian));
    var sample =
        kit.spawn(
            WorkerPool.create(
                PoolSettings.samplers(1 + DRAW, STALL), samplerGuardian, samplerPool));
    var score =
        kit.spawn(WorkerPool.create(PoolSettings.features(1, STALL), scorerGuardian, scorerPool));
    return new FitStream(
        1,
        DRAW,
        sample,
        score,
        fitting::wantedDraws,
        draw -> {
          first.accept(draw);
          fitting.add(draw);
        },
        Materializer.createMaterializer(kit.system()));
  }

  private static void await(CompletionStage<Done> completion) throws Exception {
    completion.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Fit fit(TestWorkers workers, int samplers, int scorers) throws Exception {
    TargetFitting fitting = fitting(1);
    await(stream(workers, samplers, scorers, fitting, draw -> {}).run());
    return fitting.result().orElseThrow();
  }

  private TestWorkers workers(long seed) {
    return new TestWorkers(seed, hung.getRef());
  }

  @Test
  void lambdaDoesNotDependOnTheNumberOfWorkersNorOnWhoIsFaster() throws Exception {
    Fit one = fit(workers(1), 1, 1);
    assertThat(one.sequences()).isEqualTo(202);
    assertThat(one.lambdaErrors()).containsOnlyKeys("v");
    assertThat(fit(workers(2), 3, 2)).isEqualTo(one);
    assertThat(fit(workers(3), 2, 5)).isEqualTo(one);
  }

  @Test
  void workersThatDieOrHangWhileTheyFitChangeNothing() throws Exception {
    Fit undisturbed = fit(workers(1), 2, 2);
    assertThat(samplerPool.reissued).isEmpty();

    assertThat(fit(workers(4).throwingOnceAt(5).scorerThrowingOnceAt(40), 2, 2))
        .isEqualTo(undisturbed);
    // a listing may still hold workers of the stream before, whose draws are handed out again too
    assertThat(samplerPool.reissued).containsOnlyOnce(5L);
    assertThat(scorerPool.reissued).containsOnlyOnce(40L);

    TargetFitting fitting = fitting(1);
    CompletionStage<Done> completion =
        stream(workers(5).hangingOnceAt(9), 2, 2, fitting, draw -> {}).run();
    assertThat(hung.receiveMessage()).isEqualTo(9);
    ManualTime.get(kit.system()).timePasses(STALL);
    await(completion);
    assertThat(fitting.result()).contains(undisturbed);
    assertThat(samplerPool.reissued).containsOnlyOnce(9L);
  }

  @Test
  void noMoreIsDrawnThanTheFitIsMadeOf() throws Exception {
    fit(workers(6), 3, 3);
    long kept = samplerPool.accepted.size() * (long) DRAW - samplerPool.accepted.size() / 5;
    assertThat(kept).isBetween(202L, 202L + DRAW);
  }

  @Test
  void itEndsWithoutAFitWhenItIsStopped() throws Exception {
    TargetFitting fitting = fitting(1);
    FitStream[] stream = new FitStream[1];
    stream[0] =
        stream(
            workers(7),
            2,
            2,
            fitting,
            draw -> {
              if (draw.number() == 10) {
                stream[0].stop();
              }
            });
    await(stream[0].run());
    assertThat(fitting.result()).isEmpty();
  }

  @Test
  void whatCanNotBeHadFailsIt() {
    CompletionStage<Done> completion = stream(workers(8), 2, 2, fitting(0.01), draw -> {}).run();
    assertThatThrownBy(() -> await(completion))
        .hasCauseInstanceOf(BadInputException.class)
        .hasMessageContaining("a feature failed on 5 of 104 sequences");
  }
}
