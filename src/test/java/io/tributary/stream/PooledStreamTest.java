package io.tributary.stream;

import static io.tributary.testing.stream.Draws.names;
import static io.tributary.testing.stream.TestWorkers.DRAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Paused;
import io.tributary.protocol.LearnerCommand.BatchLearned;
import io.tributary.testing.stream.RecordedPool;
import io.tributary.testing.stream.RecordedStream;
import io.tributary.testing.stream.TestWorkers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.stream.Materializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole stream with real pools; only the model is missing. */
class PooledStreamTest {
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final int BATCHES = 40;

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final TestProbe<Long> hung = kit.createTestProbe(Long.class);
  private final RecordedPool<DrawOrder, Draw> samplerPool = new RecordedPool<>();
  private final List<List<String>> learned = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  /** Learns the given number of batches; every third one replaces the proposal. */
  private TrainingStream run(TestWorkers workers, int samplers, int scorers, int maxStaleness) {
    StreamPlan plan = new StreamPlan(0, BootstrapPlan.of(2), DRAW, 3 * DRAW, maxStaleness, 1.0, 0);
    var samplerGuardian = kit.spawn(TestWorkers.guardian(samplers, workers::sampler));
    var scorerGuardian = kit.spawn(TestWorkers.guardian(scorers, workers::scorer));
    var sample =
        kit.spawn(
            WorkerPool.create(
                PoolSettings.samplers(1 + DRAW, STALL), samplerGuardian, samplerPool));
    var score =
        kit.spawn(
            WorkerPool.create(
                PoolSettings.scorers(1, Map.of(), PoolSettings.ScoreDetail.NONE, STALL),
                scorerGuardian,
                new RecordedPool<>()));
    return TrainingStream.start(
        plan,
        Paused.NONE,
        new TrainingStream.Stages(
            WorkerPool.flow(sample),
            WorkerPool.flow(score),
            batch -> {
              learned.add(names(batch));
              int batches = learned.size() - 1;
              return CompletableFuture.completedFuture(
                  new BatchLearned(batches / 3, batches == BATCHES));
            }),
        new RecordedStream(),
        System::nanoTime,
        Materializer.createMaterializer(kit.system()));
  }

  private static void awaitEnd(TrainingStream stream) throws Exception {
    stream.completion().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** What one sampler after another makes: every fifth draw lacks a sequence, rests are let go. */
  private static List<List<String>> expected() {
    List<List<String>> batches = new ArrayList<>();
    List<String> batch = new ArrayList<>();
    int draw = 0;
    while (batches.size() <= BATCHES) {
      int size = batches.isEmpty() ? 2 * DRAW : 3 * DRAW;
      int k = draw++;
      int version = batches.isEmpty() ? 0 : (batches.size() - 1) / 3;
      IntStream.range(0, DRAW)
          .filter(i -> k % 5 != 4 || i != k % DRAW)
          .mapToObj(i -> k + "." + i + "@" + version)
          .forEach(batch::add);
      if (batch.size() >= size) {
        batches.add(List.copyOf(batch.subList(0, size)));
        batch.clear();
      }
    }
    return batches;
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "3,1,2", "3,2,3", "3,3,4", "5,2,5"})
  void the_batches_do_not_depend_on_the_number_of_workers_nor_on_who_is_faster(
      int samplers, int scorers, long seed) throws Exception {
    awaitEnd(run(new TestWorkers(seed, hung.getRef()), samplers, scorers, 0));

    assertThat(learned).isEqualTo(expected());
  }

  @Test
  void with_staleness_too_batches_are_made_of_consecutive_sequences() throws Exception {
    awaitEnd(run(new TestWorkers(6, hung.getRef()), 3, 2, 2));

    List<String> used =
        learned.stream()
            .flatMap(List::stream)
            .map(name -> name.substring(0, name.indexOf('@')))
            .toList();
    List<String> drawn =
        IntStream.range(0, used.size())
            .boxed()
            .flatMap(
                k ->
                    IntStream.range(0, DRAW)
                        .filter(i -> k % 5 != 4 || i != k % DRAW)
                        .mapToObj(i -> k + "." + i))
            .limit(used.size())
            .toList();
    assertThat(used).isEqualTo(drawn);
    assertThat(learned.stream().skip(1)).allMatch(batch -> batch.size() == 3 * DRAW);
  }

  @Test
  void a_sampler_that_throws_and_one_that_hangs_are_replaced_and_no_draw_is_lost()
      throws Exception {
    var workers =
        new TestWorkers(7, hung.getRef()).throwingOnceAt(5).throwingOnceAt(60).hangingOnceAt(30);
    TrainingStream stream = run(workers, 2, 1, 0);
    assertThat(hung.receiveMessage(Duration.ofSeconds(30))).isEqualTo(30);

    ManualTime.get(kit.system()).timePasses(STALL);
    awaitEnd(stream);

    assertThat(learned).isEqualTo(expected());
    assertThat(samplerPool.reissued).contains(5L, 30L, 60L);
  }

  @Test
  void a_draw_that_every_sampler_dies_of_ends_the_run_with_a_message() {
    var workers = new TestWorkers(8, hung.getRef()).throwingAt(5);

    TrainingStream stream = run(workers, 2, 1, 0);

    assertThatThrownBy(() -> awaitEnd(stream)).hasMessageContaining("draw 5 is given up");
  }
}
