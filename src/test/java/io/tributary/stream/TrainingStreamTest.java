package io.tributary.stream;

import static io.tributary.testing.stream.Draws.draw;
import static io.tributary.testing.stream.Draws.hits;
import static io.tributary.testing.stream.Draws.names;
import static io.tributary.testing.stream.Draws.plan;
import static io.tributary.testing.stream.Draws.score;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.Batch;
import io.tributary.data.Draw;
import io.tributary.data.DrawOrder;
import io.tributary.data.Paused;
import io.tributary.data.ScoredDraw;
import io.tributary.protocol.LearnerCommand.BatchLearned;
import io.tributary.testing.stream.RecordedStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.FlowWithContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TrainingStreamTest {
  private static ActorTestKit kit;

  /** A batch that the learner has and its answer. */
  private record Lesson(Batch batch, CompletableFuture<BatchLearned> answer) {}

  private final RecordedStream listener = new RecordedStream();
  private final List<DrawOrder> sampled = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Lesson> lessons = new LinkedBlockingQueue<>();
  private Function<DrawOrder, CompletionStage<Draw>> sample =
      admitted -> done(draw(admitted.number(), admitted.minimumVersion(), 4));
  private Function<Draw, CompletionStage<ScoredDraw>> score = drawn -> done(score(drawn));

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }

  private TrainingStream run(StreamPlan plan) {
    return run(plan, Paused.NONE);
  }

  private TrainingStream run(StreamPlan plan, Paused paused) {
    int parallelism = 100;
    var samplers =
        FlowWithContext.<DrawOrder, AdmittedDraw>create()
            .mapAsync(
                parallelism,
                admitted -> {
                  sampled.add(admitted);
                  return sample.apply(admitted);
                });
    var scorers =
        FlowWithContext.<Draw, AdmittedDraw>create()
            .mapAsync(parallelism, drawn -> score.apply(drawn));
    return TrainingStream.start(
        plan,
        paused,
        new TrainingStream.Stages(
            samplers,
            scorers,
            batch -> {
              Lesson lesson = new Lesson(batch, new CompletableFuture<>());
              lessons.add(lesson);
              return lesson.answer();
            }),
        listener,
        System::nanoTime,
        Materializer.createMaterializer(kit.system()));
  }

  private Lesson nextLesson() throws InterruptedException {
    Lesson lesson = lessons.poll(10, TimeUnit.SECONDS);
    assertThat(lesson).as("next batch").isNotNull();
    return lesson;
  }

  private Lesson nextLesson(long version) throws InterruptedException {
    Lesson lesson = nextLesson();
    lesson.answer().complete(new BatchLearned(version, false));
    return lesson;
  }

  private Batch learn(long version) throws InterruptedException {
    return nextLesson(version).batch();
  }

  private static void awaitEnd(TrainingStream stream) throws Exception {
    stream.completion().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void a_stopped_learner_stops_the_samplers_at_the_staleness_bound() throws Exception {
    TrainingStream stream = run(plan(3, 4, 8, 2));
    listener.await("closed");
    assertThat(sampled).as("those of the first batch are one step old").hasSize(3 + 2 * 2);

    learn(1);
    listener.await("closed");
    assertThat(sampled).hasSize(3 + 3 * 2);
    learn(1);
    listener.await("closed");
    assertThat(sampled).hasSize(3 + 4 * 2);
    learn(1);
    listener.await("closed");
    assertThat(sampled).hasSize(3 + 5 * 2);

    assertThat(listener.dropped).hasValue(0);
    stream.stop();
    awaitEnd(stream);
  }

  @Test
  void at_staleness_zero_every_batch_is_drawn_from_the_proposal_of_its_step() throws Exception {
    TrainingStream stream = run(plan(1, 4, 8, 0));

    assertThat(names(learn(2))).containsExactly("0.0@1", "0.1@1", "0.2@1", "0.3@1");
    assertThat(names(learn(2)))
        .as("the bootstrap has replaced it, since it gave it a guide")
        .allMatch(name -> name.endsWith("@2"))
        .hasSize(8);
    assertThat(names(learn(2))).allMatch(name -> name.endsWith("@2")).hasSize(8);
    assertThat(names(learn(7))).allMatch(name -> name.endsWith("@2")).hasSize(8);
    assertThat(names(learn(7))).allMatch(name -> name.endsWith("@7")).hasSize(8);

    assertThat(listener.staleness).containsOnly(0L);
    stream.stop();
    awaitEnd(stream);
  }

  @Test
  void a_bootstrap_goes_on_a_batch_at_a_time_until_it_has_enough_hits_at_staleness_zero()
      throws Exception {
    score = drawn -> done(hits(drawn, drawn.number() % 2 == 0 ? Set.of(1) : Set.of()));
    TrainingStream stream = run(plan(new BootstrapPlan(1, 99, 3), 4, 8, 0));

    Batch.Bootstrap bootstrap = (Batch.Bootstrap) nextLesson(2).batch();
    Batch first = learn(2);

    assertThat(bootstrap.sequences()).hasSize((1 + 2 * 2) * 4);
    assertThat(bootstrap.nextDraw()).isEqualTo(5);
    assertThat(names(first)).allMatch(name -> name.endsWith("@2")).hasSize(8);
    assertThat(first.nextDraw()).isEqualTo(7);
    assertThat(listener.bootstrap)
        .containsExactly(
            "4 sequences, 1 of 3",
            "8 sequences, 1 of 3",
            "12 sequences, 2 of 3",
            "16 sequences, 2 of 3",
            "20 sequences, 3 of 3");
    stream.stop();
    awaitEnd(stream);
  }

  @Test
  void a_bootstrap_that_finds_too_little_ends_at_its_limit() throws Exception {
    score = drawn -> done(hits(drawn, Set.of()));
    TrainingStream stream = run(plan(new BootstrapPlan(2, 5, 1), 4, 8, 1));

    Batch bootstrap = learn(1);

    assertThat(bootstrap).isInstanceOf(Batch.Bootstrap.class);
    assertThat(bootstrap.sequences()).hasSize(5 * 4);
    assertThat(learn(1).nextDraw()).isEqualTo(7);
    stream.stop();
    awaitEnd(stream);
  }

  @Test
  void draws_of_training_are_bounded_wherever_the_bootstrap_ends() throws Exception {
    score = drawn -> done(hits(drawn, drawn.number() == 6 ? Set.of(0) : Set.of()));
    TrainingStream stream = run(plan(new BootstrapPlan(3, 99, 1), 4, 8, 1));

    Lesson bootstrap = nextLesson();
    assertThat(bootstrap.batch().nextDraw()).isEqualTo(3 + 2 * 2);
    while (sampled.size() < 3 + 2 * 2 + 2) {
      listener.await("closed");
    }
    assertThat(sampled).as("and one batch").hasSize(3 + 2 * 2 + 2);
    bootstrap.answer().complete(new BatchLearned(1, false));
    while (sampled.size() < 3 + 2 * 2 + 4) {
      listener.await("closed");
    }
    assertThat(sampled).hasSize(3 + 2 * 2 + 4);
    stream.stop();
    awaitEnd(stream);
  }

  @Test
  void dropped_sequences_are_replaced_and_batches_stay_full_at_staleness_zero() throws Exception {
    score = drawn -> done(score(drawn, Set.of((int) (drawn.number() % 4))));
    TrainingStream stream = run(plan(0, 4, 8, 0));

    Batch first = learn(2);
    Batch second = learn(3);

    assertThat(names(first))
        .containsExactly("0.1@1", "0.2@1", "0.3@1", "1.0@1", "1.2@1", "1.3@1", "2.0@1", "2.1@1");
    assertThat(names(second))
        .containsExactly("3.0@2", "3.1@2", "3.2@2", "4.1@2", "4.2@2", "4.3@2", "5.0@2", "5.2@2");
    assertThat(first.nextDraw()).isEqualTo(3);
    assertThat(second.nextDraw()).isEqualTo(6);
    assertThat(nextLesson().batch().sequences()).hasSize(8);
    assertThat(listener.staleness).containsOnly(0L);
    stream.stop();
    awaitEnd(stream);
  }

  @Test
  void a_resumed_stream_gives_the_batches_that_the_uninterrupted_one_gives() throws Exception {
    TrainingStream whole = run(plan(1, 4, 8, 0));
    learn(1);
    learn(2);
    Batch before = learn(3);
    Batch expected = nextLesson().batch();
    whole.stop();
    awaitEnd(whole);

    TrainingStream resumed =
        run(new StreamPlan(before.nextDraw(), BootstrapPlan.NONE, 4, 8, 0, 1.0, 3));
    Batch first = nextLesson().batch();

    assertThat(names(first)).isEqualTo(names(expected));
    resumed.stop();
    awaitEnd(resumed);
  }

  @Test
  void the_stream_completes_when_the_learner_is_finished() throws Exception {
    TrainingStream stream = run(plan(0, 4, 8, 1));
    learn(1);
    nextLesson().answer().complete(new BatchLearned(1, true));

    awaitEnd(stream);

    assertThat(lessons).isEmpty();
  }

  @Test
  void one_batch_is_learned_at_a_time() throws Exception {
    TrainingStream stream = run(plan(0, 4, 8, 3));
    Lesson lesson = nextLesson();
    listener.await("closed");

    assertThat(lessons).isEmpty();
    lesson.answer().complete(new BatchLearned(1, false));
    assertThat(nextLesson().batch().nextDraw()).isEqualTo(4);
    stream.stop();
    awaitEnd(stream);
  }

  @Test
  void a_drained_stream_finishes_what_is_in_flight() throws Exception {
    TrainingStream stream = run(plan(0, 4, 8, 1));
    Lesson lesson = nextLesson();
    listener.await("closed");
    stream.drain();
    lesson.answer().complete(new BatchLearned(1, false));
    learn(1);

    awaitEnd(stream);

    assertThat(lessons).isEmpty();
    assertThat(sampled).hasSize(4);
  }

  @Test
  void a_drain_that_takes_too_long_can_be_ended() throws Exception {
    TrainingStream stream = run(plan(0, 4, 8, 1));
    nextLesson();
    stream.drain();

    stream.stop();

    awaitEnd(stream);
  }

  @Test
  void a_failure_of_any_stage_fails_the_stream_with_its_cause() {
    var broken = new IllegalStateException("out of order");
    var failure = CompletableFuture.<Draw>failedFuture(broken);
    sample = admitted -> admitted.number() == 3 ? failure : done(draw(admitted.number(), 1, 4));
    TrainingStream sampling = run(plan(2, 4, 8, 1));
    assertThatThrownBy(() -> awaitEnd(sampling)).hasCause(broken);

    sample = admitted -> done(draw(admitted.number(), 1, 4));
    score = drawn -> CompletableFuture.failedFuture(broken);
    TrainingStream scoring = run(plan(0, 4, 8, 1));
    assertThatThrownBy(() -> awaitEnd(scoring)).hasCause(broken);
  }

  @Test
  void a_learner_that_fails_fails_the_stream() throws Exception {
    TrainingStream stream = run(plan(0, 4, 8, 1));
    var broken = new IllegalStateException("10 steps in a row were not finite");

    nextLesson().answer().completeExceptionally(broken);

    assertThatThrownBy(() -> awaitEnd(stream)).hasCause(broken);
  }

  @Test
  void while_learning_is_paused_draws_are_made_up_to_the_bound_and_then_learned_one_by_one()
      throws Exception {
    TrainingStream stream = run(plan(0, 4, 8, 2), new Paused(false, true));
    listener.await("closed");
    assertThat(sampled).hasSize(3 * 2);
    assertThat(lessons).isEmpty();

    stream.pause(Paused.NONE);

    for (long step = 1; step <= 3; step++) {
      assertThat(learn(1).nextDraw()).isEqualTo(2 * step);
    }
    stream.stop();
    awaitEnd(stream);
  }

  @Test
  void while_sampling_is_paused_what_is_in_flight_is_learned_and_flow_is_full_again_after_it()
      throws Exception {
    TrainingStream stream = run(plan(0, 4, 8, 2));
    listener.await("closed");
    stream.pause(new Paused(true, false));
    for (int step = 0; step < 3; step++) {
      learn(1);
    }
    listener.await("limit 48");
    assertThat(sampled).as("nothing was admitted since").hasSize(3 * 2);

    stream.pause(Paused.NONE);

    listener.await("closed");
    assertThat(sampled).as("up to the bound, without a further step").hasSize(6 * 2);
    stream.stop();
    awaitEnd(stream);
  }

  @Test
  void pauses_change_no_batch() throws Exception {
    TrainingStream whole = run(plan(1, 4, 8, 0));
    List<List<String>> expected = new ArrayList<>();
    for (long step = 0; step < 5; step++) {
      expected.add(names(learn(step)));
    }
    nextLesson();
    whole.stop();
    awaitEnd(whole);

    TrainingStream paused = run(plan(1, 4, 8, 0), new Paused(true, true));
    List<List<String>> batches = new ArrayList<>();
    for (long step = 0; step < 5; step++) {
      paused.pause(new Paused(step % 2 == 0, step % 2 == 1));
      paused.pause(Paused.NONE);
      batches.add(names(learn(step)));
    }
    assertThat(batches).isEqualTo(expected);
    paused.stop();
    awaitEnd(paused);
  }

  @Test
  void a_paused_stream_drains_what_is_in_flight() throws Exception {
    TrainingStream stream = run(plan(0, 4, 8, 1), new Paused(false, true));
    listener.await("closed");
    stream.drain();
    learn(1);
    learn(1);

    awaitEnd(stream);

    assertThat(sampled).hasSize(4);
  }

  @Test
  void the_bound_on_staleness_changes_while_the_stream_runs_and_no_draw_is_lost() throws Exception {
    TrainingStream stream = run(plan(0, 4, 8, 0));
    List<String> learned = new ArrayList<>(names(learn(1)));
    stream.maxStaleness(3);
    for (int step = 0; step < 4; step++) {
      learned.addAll(names(learn(1)));
    }
    stream.maxStaleness(0);
    for (int step = 0; step < 6; step++) {
      learned.addAll(names(learn(1)));
    }
    assertThat(learned)
        .containsExactlyElementsOf(
            LongStream.range(0, 22)
                .boxed()
                .flatMap(k -> IntStream.range(0, 4).mapToObj(i -> k + "." + i + "@1"))
                .toList());
    assertThat(listener.leftOver).hasValue(0);
    stream.stop();
    awaitEnd(stream);
  }
}
