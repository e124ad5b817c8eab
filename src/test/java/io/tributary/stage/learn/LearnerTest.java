package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.tributary.data.Batch;
import io.tributary.data.DrawOrder;
import io.tributary.data.RunFailedException;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.model.LanguageModel;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Evaluate;
import io.tributary.protocol.EvaluatorCommand.Evaluated;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.BatchLearned;
import io.tributary.protocol.LearnerCommand.Learn;
import io.tributary.protocol.LearnerCommand.LearnerSettings;
import io.tributary.protocol.LearnerCommand.ProposalSwapped;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerCommand.WriteCheckpoint;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.PublisherCommand.ReplaceProposal;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.LearnerState.PendingWork;
import io.tributary.stage.learn.checkpoint.Retention;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.testing.Commands;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TorchExtension.class)
class LearnerTest {
  private record AskedWindow(DrawOrder order, CompletableFuture<ScoredDraw> window) {}

  @TempDir private static Path shared;
  private static TinyWorld world;
  private static Batch.Bootstrap bootstrap;
  private static Batch.Training batch;

  @TempDir Path directory;
  private final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  "pekko.actor.default-blocking-io-dispatcher.thread-pool-executor.fixed-pool-size"
                      + " = 1")
              .withFallback(ManualTime.config()));
  private final RunMetrics metrics = new RunMetrics(Map.of("chosen", 1.0), Clock.systemUTC());
  private TestProbe<PublisherCommand> publisher;
  private TestProbe<EvaluatorCommand> evaluator;
  private TestProbe<AskedWindow> windows;
  private TestProbe<LearnerEvent> events;
  private final List<Batch> used = new CopyOnWriteArrayList<>();
  private LearnerFiles files;
  private ActorRef<LearnerCommand> learner;

  @BeforeAll
  static void drawBatches() throws IOException {
    world = TinyWorld.arbitrary(shared);
    try (LanguageModel proposal = world.copy(world.base);
        ProposalSampling sampling = world.sampling(64, proposal, 1);
        DrawScoring scoring = world.scoring()) {
      bootstrap =
          new Batch.Bootstrap(
              world.score(scoring, sampling.draw(TinyWorld.order(0, 64), () -> {})), 1);
      batch =
          new Batch.Training(
              world.score(scoring, sampling.draw(TinyWorld.order(1, 64), () -> {})), 2);
    }
  }

  @AfterAll
  static void closeTheWorld() {
    world.close();
  }

  @BeforeEach
  void spawn() throws IOException {
    publisher = kit.createTestProbe(PublisherCommand.class);
    evaluator = kit.createTestProbe(EvaluatorCommand.class);
    windows = kit.createTestProbe(AskedWindow.class);
    events = kit.createTestProbe(LearnerEvent.class);
    files = TinyTraining.files(directory, new Retention(3, 0, 0));
    learner = kit.spawn(behavior(schedule(1, 2, 1, 4)));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static StepSchedule schedule(int publish, int evaluation, int checkpoint, long lastStep) {
    return schedule(publish, evaluation, checkpoint, Duration.ofDays(100), true, lastStep);
  }

  private static StepSchedule schedule(
      int publish,
      int evaluation,
      int checkpoint,
      Duration checkpointTime,
      boolean background,
      long lastStep) {
    LearnerSettings settings =
        new LearnerSettings(0.01, publish, evaluation, checkpoint, checkpointTime, 0, 16);
    return new StepSchedule(settings, background, lastStep);
  }

  private Behavior<LearnerCommand> behavior(StepSchedule schedule) throws IOException {
    return behavior(schedule, Map.of("proposal.criterion", "always"));
  }

  private Behavior<LearnerCommand> behavior(StepSchedule schedule, Map<String, String> overrides)
      throws IOException {
    LearnerSetup setup =
        TinyTraining.setup(world, TinyTraining.config(directory, overrides), directory);
    return Learner.create(
        setup::begin,
        schedule,
        publisher.getRef(),
        this::window,
        evaluator.getRef(),
        events.getRef(),
        metrics.stage(Stage.LEARNER));
  }

  private CompletionStage<ScoredDraw> window(DrawOrder order) {
    CompletableFuture<ScoredDraw> window = new CompletableFuture<>();
    windows.getRef().tell(new AskedWindow(order, window));
    return window;
  }

  private AskedWindow expectWindow(long step) {
    AskedWindow asked = windows.receiveMessage();
    assertThat(asked.order())
        .isEqualTo(
            new DrawOrder(step, asked.order().minimumVersion(), DrawOrder.Purpose.WINDOW, 2048));
    return asked;
  }

  /** The sequences of the batch as a window. */
  private static ScoredDraw window() {
    return new ScoredDraw(1, batch.sequences(), 0);
  }

  /** The same of another target, of which the policy knows less than the proposal. */
  private static ScoredDraw windowOfTheOpposite() {
    return new ScoredDraw(
        1,
        batch.sequences().stream()
            .map(
                s ->
                    new ScoredSequence(
                        s.sequence(),
                        s.text(),
                        s.features(),
                        s.logBase(),
                        s.features()[0] == 0 ? s.logBase() : Double.NEGATIVE_INFINITY))
            .toList(),
        0);
  }

  private CompletableFuture<BatchLearned> learn(Batch next) {
    CompletableFuture<BatchLearned> done = new CompletableFuture<>();
    learner.tell(new Learn(next, () -> used.add(next), done));
    return done;
  }

  private static BatchLearned await(CompletableFuture<BatchLearned> done) throws Exception {
    return done.get(10, TimeUnit.SECONDS);
  }

  private Evaluate expectEvaluation(long step) {
    Evaluate evaluate = evaluator.expectMessageClass(Evaluate.class);
    assertThat(evaluate.step()).isEqualTo(step);
    return evaluate;
  }

  private static void answer(Evaluate evaluate) {
    evaluate.replyTo().tell(new Evaluated(evaluate.step(), new Measurements()));
  }

  private long expectProposal() {
    return publisher.expectMessageClass(ReplaceProposal.class).proposal().version().number();
  }

  /** What was told since, without signs of life. */
  private List<Class<?>> told(Class<? extends LearnerEvent> last) {
    List<Class<?>> told = new ArrayList<>();
    while (told.isEmpty() || told.get(told.size() - 1) != last) {
      LearnerEvent event = events.receiveMessage();
      if (!(event instanceof LearnerEvent.Active
          || event instanceof LearnerEvent.Idle
          || event instanceof LearnerEvent.SequencesLearned
          || event instanceof LearnerEvent.Ready)) {
        told.add(event.getClass());
      }
    }
    return told;
  }

  private void begin() throws Exception {
    CompletableFuture<BatchLearned> done = learn(bootstrap);
    answer(expectEvaluation(0));
    await(done);
  }

  @Test
  void theProposalIsPublishedBeforeAnythingIsLearned() throws Exception {
    ReplaceProposal first = publisher.expectMessageClass(ReplaceProposal.class);
    assertThat(first.proposal().version().number()).isEqualTo(LearnerSetup.FIRST_VERSION);
    assertThat(first.proposal().tensors())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(world.base.snapshot());
  }

  @Test
  void theBootstrapIsAnsweredAfterTheFirstEvaluation() throws Exception {
    CompletableFuture<BatchLearned> done = learn(bootstrap);
    Evaluate evaluate = expectEvaluation(0);
    assertThat(used).as("used, though not answered").containsExactly(bootstrap);
    assertThat(evaluate.partitionFunction().count()).isEqualTo(64);
    assertThat(done).isNotDone();
    answer(evaluate);
    assertThat(await(done)).isEqualTo(new BatchLearned(1, false));
    assertThat(told(LearnerEvent.CheckpointWritten.class))
        .containsExactly(
            LearnerEvent.Bootstrapped.class,
            LearnerEvent.PolicyEvaluated.class,
            LearnerEvent.CheckpointWritten.class);
  }

  @Test
  void aStepIsAnsweredAfterPublicationEvaluationAndCheckpointInThisOrder() throws Exception {
    begin();
    assertThat(expectProposal()).isEqualTo(1);
    assertThat(await(learn(batch)))
        .as("no evaluation is due")
        .isEqualTo(new BatchLearned(2, false));
    assertThat(expectProposal()).isEqualTo(2);

    CompletableFuture<BatchLearned> done = learn(batch);
    Evaluate evaluate = expectEvaluation(2);
    assertThat(expectProposal()).as("published before the evaluation").isEqualTo(3);
    assertThat(files.checkpoints().steps()).as("not yet").doesNotContain(2L);
    assertThat(done).isNotDone();
    answer(evaluate);
    assertThat(await(done)).isEqualTo(new BatchLearned(3, false));
    assertThat(files.metrics().rows().toList())
        .extracting(row -> row.get("step").getAsInt())
        .containsExactly(0, 1, 2, 2);

    List<Class<?>> told = new ArrayList<>();
    for (int checkpoints = 0; checkpoints < 3; checkpoints++) {
      told.addAll(told(LearnerEvent.CheckpointWritten.class));
    }
    assertThat(told).endsWith(LearnerEvent.CheckpointWritten.class);
    told.removeIf(type -> type == LearnerEvent.CheckpointWritten.class);
    told.removeIf(type -> type == LearnerEvent.SequencesLearned.class);
    assertThat(told)
        .endsWith(
            LearnerEvent.Stepped.class,
            LearnerEvent.ProposalJudged.class,
            LearnerEvent.PolicyEvaluated.class);
    assertThat(files.checkpoints().steps()).containsExactly(2L, 1L, 0L);
  }

  /** Keeps the only thread that writes checkpoints busy until the latch is at zero. */
  private CountDownLatch slowDisk() throws InterruptedException {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch idle = new CountDownLatch(1);
    kit.system()
        .dispatchers()
        .lookup(DispatcherSelector.blocking())
        .execute(
            () -> {
              busy.countDown();
              try {
                idle.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    busy.await();
    return idle;
  }

  @Test
  void trainingGoesOnWhileACheckpointIsWrittenAndWaitsWhereTheNextOneIsDue() throws Exception {
    CountDownLatch idle = slowDisk();
    begin();
    assertThat(files.checkpoints().steps()).isEmpty();
    CompletableFuture<BatchLearned> done = learn(batch);
    CompletableFuture<Saved> asked = new CompletableFuture<>();
    learner.tell(new WriteCheckpoint(asked));
    told(LearnerEvent.ProposalJudged.class);
    assertThat(done).as("one checkpoint at a time").isNotDone();

    idle.countDown();
    assertThat(await(done)).isEqualTo(new BatchLearned(2, false));
    assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo(new LearnerCommand.CheckpointSaved(1));
    told(LearnerEvent.CheckpointWritten.class);
    toldOfAWaitForACheckpoint();
    told(LearnerEvent.CheckpointWritten.class);
    assertThat(files.checkpoints().steps()).containsExactly(1L, 0L);
  }

  @Test
  void trainingWaitsForEachCheckpointThatIsDueWhereItIsNotWrittenInTheBackground()
      throws Exception {
    kit.stop(learner);
    learner = kit.spawn(behavior(schedule(1, 10, 2, Duration.ofDays(100), false, 4)));
    begin();
    assertThat(files.checkpoints().steps()).containsExactly(0L);
    CountDownLatch idle = slowDisk();
    await(learn(batch));
    CompletableFuture<Saved> asked = new CompletableFuture<>();
    learner.tell(new WriteCheckpoint(asked));
    CompletableFuture<BatchLearned> done = learn(batch);
    told(LearnerEvent.ProposalJudged.class);
    told(LearnerEvent.ProposalJudged.class);
    events.fishForMessage(
        Duration.ofSeconds(10),
        "that the learner does not hang",
        event ->
            event instanceof LearnerEvent.Idle
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
    CompletableFuture<Saved> askedLater = new CompletableFuture<>();
    learner.tell(new WriteCheckpoint(askedLater));
    assertThat(done).as("the one that was asked for is written first").isNotDone();

    idle.countDown();
    assertThat(await(done)).isEqualTo(new BatchLearned(3, false));
    assertThat(files.checkpoints().steps()).containsExactly(2L, 1L, 0L);
    assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo(new LearnerCommand.CheckpointSaved(1));
    assertThat(askedLater.get(10, TimeUnit.SECONDS))
        .isEqualTo(new LearnerCommand.CheckpointSaved(2));
    toldOfAWaitForACheckpoint();
  }

  private void toldOfAWaitForACheckpoint() {
    events.fishForMessage(
        Duration.ofSeconds(10),
        "the time that the learner has waited for a checkpoint",
        event ->
            event instanceof LearnerEvent.Idle done
                    && done.time().blocked().containsKey(BlockedReason.CHECKPOINT)
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }

  @Test
  void aCheckpointThatFailsIsNotWaitedForAgain() throws Exception {
    kit.stop(learner);
    Path inTheWay = Files.writeString(directory.resolve("checkpoints"), "in the way");
    learner = kit.spawn(behavior(schedule(1, 10, 2, Duration.ofDays(100), false, 4)));
    begin();
    await(learn(batch));
    Files.delete(inTheWay);
    assertThat(await(learn(batch))).isEqualTo(new BatchLearned(3, false));
    assertThat(files.checkpoints().steps()).containsExactly(2L);
  }

  @Test
  void aCheckpointThatFailedIsTriedAgainAtTheNextPublication() throws Exception {
    kit.stop(learner);
    learner = kit.spawn(behavior(schedule(2, 4, 1000, 4)));
    Path inTheWay = Files.writeString(directory.resolve("checkpoints"), "in the way");
    begin();
    told(LearnerEvent.CheckpointFailed.class);
    Files.delete(inTheWay);
    await(learn(batch));
    await(learn(batch));
    told(LearnerEvent.CheckpointWritten.class);
    assertThat(files.checkpoints().steps()).containsExactly(2L);
  }

  @Test
  void aPolicyThatIsAmongTheBestGetsACheckpointAtOnce() throws Exception {
    kit.stop(learner);
    learner = kit.spawn(behavior(schedule(1, 1, 1000, 1000), Map.of("checkpoint.keep-best", "1")));
    begin();
    for (double divergence : new double[] {2, 3, 1}) {
      CompletableFuture<BatchLearned> done = learn(batch);
      Evaluate evaluate = evaluator.expectMessageClass(Evaluate.class);
      evaluate
          .replyTo()
          .tell(
              new Evaluated(
                  evaluate.step(), new Measurements().put(Metric.KL_NATS, divergence, Pair.P_PI)));
      await(done);
    }
    kit.stop(learner);
    assertThat(files.checkpoints().steps()).as("2 was not").containsExactly(3L, 1L, 0L);
  }

  @Test
  void aLearnerThatStopsWaitsForItsCheckpoint() throws Exception {
    CountDownLatch idle = slowDisk();
    begin();
    learner.tell(new WriteCheckpoint(new CompletableFuture<>()));
    kit.system().executionContext().execute(idle::countDown);
    kit.stop(learner);
    assertThat(files.checkpoints().steps()).containsExactly(0L);
  }

  @Test
  void aCheckpointIsDueByTimeHoweverFewTheSteps() throws Exception {
    kit.stop(learner);
    learner = kit.spawn(behavior(schedule(1, 2, 1000, Duration.ofNanos(1), true, 4)));
    begin();
    await(learn(batch));
    told(LearnerEvent.CheckpointWritten.class);
    told(LearnerEvent.CheckpointWritten.class);
    assertThat(files.checkpoints().steps()).containsExactly(1L, 0L);
  }

  @Test
  void aStepWaitsForTheJudgementOfFreshSequencesBeforeItsEvaluation() throws Exception {
    assertThat(expectProposal()).isEqualTo(1);
    learner = kit.spawn(behavior(schedule(2, 2, 1, 4), Map.of("proposal.window", "fresh")));
    assertThat(expectProposal()).isEqualTo(1);
    begin();
    await(learn(batch));
    CompletableFuture<BatchLearned> done = learn(batch);
    AskedWindow asked = expectWindow(2);
    assertThat(asked.order().minimumVersion()).isEqualTo(1);
    evaluator.expectNoMessage(Duration.ZERO);
    assertThat(done).isNotDone();

    asked.window().complete(window());
    Evaluate evaluate = expectEvaluation(2);
    assertThat(evaluate.partitionFunction().count()).isEqualTo(3 * 64 + 64);
    assertThat(expectProposal()).as("the policy is nearer to the target").isEqualTo(2);
    answer(evaluate);
    assertThat(await(done)).isEqualTo(new BatchLearned(2, false));

    await(learn(batch));
    CompletableFuture<BatchLearned> later = learn(batch);
    expectWindow(4).window().complete(windowOfTheOpposite());
    answer(expectEvaluation(4));
    assertThat(await(later).proposalVersion()).as("the policy is farther").isEqualTo(2);
  }

  @Test
  void aWindowThatCanNotBeDrawnFailsTheBatchUnlessTheStreamWasStopped() throws Exception {
    kit.stop(learner);
    learner = kit.spawn(behavior(schedule(1, 2, 10, 4), Map.of("proposal.window", "fresh")));
    begin();
    CompletableFuture<BatchLearned> done = learn(batch);
    expectWindow(1).window().completeExceptionally(new CancellationException("stopped"));
    writeCheckpoint();
    assertThat(done).as("its end is near").isNotDone();
    assertThat(goOn(schedule(1, 2, 10, 4), Map.of("proposal.window", "fresh")).pendingWork())
        .isEqualTo(PendingWork.JUDGEMENT);

    TestProbe<Object> watcher = kit.createTestProbe(Object.class);
    expectWindow(1).window().completeExceptionally(new RunFailedException("given up"));
    watcher.expectTerminated(learner, Duration.ofSeconds(10));
  }

  @Test
  void whatKeptAWindowFromBeingDrawnIsTheCauseOfTheFailure() throws Exception {
    kit.stop(learner);
    learner = kit.spawn(behavior(schedule(1, 2, 10, 4), Map.of("proposal.window", "fresh")));
    begin();
    CompletableFuture<BatchLearned> done = learn(batch);
    IOException lost = new IOException("the sampler is lost");
    expectWindow(1).window().completeExceptionally(new CompletionException(lost));
    assertThatThrownBy(() -> await(done)).hasRootCause(lost);
    kit.createTestProbe().expectTerminated(learner);
  }

  private void writeCheckpoint() throws Exception {
    assertThat(askForCheckpoint()).isInstanceOf(LearnerCommand.CheckpointSaved.class);
  }

  private Saved askForCheckpoint() throws Exception {
    CompletableFuture<Saved> done = new CompletableFuture<>();
    learner.tell(new WriteCheckpoint(done));
    return done.get(10, TimeUnit.SECONDS);
  }

  /** Stops the learner and lets another go on from the newest checkpoint. */
  private LearnerState goOn(StepSchedule schedule, Map<String, String> overrides)
      throws IOException {
    kit.stop(learner);
    Checkpoint newest = files.checkpoints().read(files.checkpoints().steps().get(0), world.config);
    LearnerSetup setup =
        TinyTraining.setup(world, TinyTraining.config(directory, overrides), directory);
    learner =
        kit.spawn(
            Learner.create(
                () -> setup.resume(newest),
                schedule,
                publisher.getRef(),
                this::window,
                evaluator.getRef(),
                events.getRef(),
                metrics.stage(Stage.LEARNER)));
    return newest.state();
  }

  private LearnerEvent.Ready expectReady() {
    LearnerEvent event = events.receiveMessage();
    while (!(event instanceof LearnerEvent.Ready ready && ready.learner().equals(learner))) {
      event = events.receiveMessage();
    }
    return (LearnerEvent.Ready) event;
  }

  @Test
  void anEvaluationThatIsOwedIsMadeFirstWhenTheRunGoesOn() throws Exception {
    begin();
    await(learn(batch));
    CompletableFuture<BatchLearned> waiting = learn(batch);
    expectEvaluation(2);
    writeCheckpoint();
    assertThat(waiting).isNotDone();
    StepSchedule schedule = schedule(1, 2, 1, 2);
    assertThat(goOn(schedule, Map.of("proposal.criterion", "always")).pendingWork())
        .isEqualTo(PendingWork.EVALUATION);
    Evaluate evaluate = expectEvaluation(2);
    answer(evaluate);
    assertThat(expectReady().finished()).isTrue();
    assertThat(files.metrics().rows())
        .extracting(row -> row.get("step").getAsInt())
        .containsExactly(0, 1, 2, 2);
    assertThat(goOn(schedule, Map.of("proposal.criterion", "always")).pendingWork())
        .as("the checkpoint was written again")
        .isEqualTo(PendingWork.NOTHING);
    assertThat(expectReady().finished()).isTrue();
    evaluator.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aJudgementThatIsOwedIsMadeFirstWhenTheRunGoesOn() throws Exception {
    StepSchedule schedule = schedule(1, 2, 10, 4);
    Map<String, String> fresh = Map.of("proposal.window", "fresh");
    kit.stop(learner);
    learner = kit.spawn(behavior(schedule, fresh));
    begin();
    CompletableFuture<BatchLearned> waiting = learn(batch);
    expectWindow(1);
    writeCheckpoint();
    assertThat(waiting).isNotDone();
    assertThat(goOn(schedule, fresh).pendingWork()).isEqualTo(PendingWork.JUDGEMENT);
    expectWindow(1).window().complete(window());
    assertThat(expectReady().proposalVersion()).as("the policy is nearer").isEqualTo(2);
  }

  @Test
  void theLastStepIsEvaluatedAndSaysThatItIsTheLast() throws Exception {
    begin();
    await(learn(batch));
    for (long step = 2; step <= 4; step++) {
      CompletableFuture<BatchLearned> done = learn(batch);
      if (step != 3) {
        answer(expectEvaluation(step));
      }
      assertThat(await(done).finished()).isEqualTo(step == 4);
    }
  }

  @Test
  void aCheckpointIsWrittenWhenItIsAskedFor() throws Exception {
    assertThat(askForCheckpoint()).isInstanceOf(LearnerCommand.NothingToSave.class);
    assertThat(files.checkpoints().steps()).as("there is nothing to go on from").isEmpty();

    begin();
    assertThat(askForCheckpoint()).isEqualTo(new LearnerCommand.CheckpointSaved(0));
    assertThat(files.checkpoints().steps()).containsExactly(0L);
  }

  private CompletableFuture<ProposalSwapped> swap() {
    CompletableFuture<ProposalSwapped> done = new CompletableFuture<>();
    learner.tell(new LearnerCommand.SwapProposal(done));
    return done;
  }

  @Test
  void theProposalIsSwappedWhenItIsAskedForAndACheckpointKeepsIt() throws Exception {
    StepSchedule schedule = schedule(10, 10, 10, 40);
    kit.stop(learner);
    learner = kit.spawn(behavior(schedule, Map.of()));
    begin();
    assertThat(swap().get(10, TimeUnit.SECONDS).version())
        .as("the policy is the base model, as the proposal is")
        .isEmpty();
    await(learn(batch));
    publisher.expectMessageClass(ReplaceProposal.class);
    assertThat(expectProposal()).isEqualTo(1);

    assertThat(swap().get(10, TimeUnit.SECONDS))
        .isEqualTo(
            new ProposalSwapped(1, OptionalLong.of(2), new LearnerCommand.CheckpointSaved(1)));

    assertThat(expectProposal()).isEqualTo(2);
    assertThat(files.versions().rows().toList())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.get("decision").getAsString()).isEqualTo("FORCED");
              assertThat(row.has("fingerprint")).isTrue();
            });
    LearnerState kept = goOn(schedule, Map.of());
    assertThat(kept.proposalVersion()).isEqualTo(2);
    assertThat(kept.window().proposalVersion()).isEqualTo(2);
    assertThat(await(learn(batch)).proposalVersion()).isEqualTo(2);
  }

  @Test
  void aSwapThatIsAskedForWhileThePolicyIsEvaluatedComesBeforeTheNextStep() throws Exception {
    begin();
    await(learn(batch));
    CompletableFuture<BatchLearned> step = learn(batch);
    Evaluate evaluate = expectEvaluation(2);
    CompletableFuture<ProposalSwapped> swapped = swap();
    writeCheckpoint();
    assertThat(swapped).isNotDone();

    answer(evaluate);

    assertThat(await(step).proposalVersion()).isEqualTo(4);
    assertThat(swapped.get(10, TimeUnit.SECONDS).version()).hasValue(4);
  }

  @Test
  void aSwapThatALearnerDoesNotComeToFails() throws Exception {
    begin();
    await(learn(batch));
    CompletableFuture<BatchLearned> step = learn(batch);
    expectEvaluation(2);
    CompletableFuture<ProposalSwapped> swapped = swap();
    writeCheckpoint(); // the learner has heard of the swap, too
    kit.stop(learner);
    assertThat(step).isCompletedExceptionally();
    assertThatThrownBy(() -> swapped.get(10, TimeUnit.SECONDS))
        .hasMessageContaining("the learner has stopped");
  }

  @Test
  void otherSettingsHoldFromTheNextStepOn() throws Exception {
    begin();
    await(learn(batch));
    CompletableFuture<BatchLearned> step = learn(batch);
    Evaluate evaluate = expectEvaluation(2);
    learner.tell(
        new LearnerCommand.Adjust(new LearnerSettings(0.125, 7, 3, 100, Duration.ofDays(1), 1, 2)));
    answer(evaluate);
    await(step);
    Awaitility.await("of the old interval").until(() -> files.checkpoints().steps().contains(2L));

    step = learn(batch);
    answer(expectEvaluation(3));
    assertThat(await(step).proposalVersion()).as("nothing is published").isEqualTo(3);

    assertThat(files.checkpoints().steps()).as("the new interval").doesNotContain(3L);
    assertThat(files.samples().rows()).hasSize(16 + 2);
    assertThat(files.metrics().rows().filter(row -> row.has("learner_learning_rate")).toList())
        .extracting(row -> row.get("learner_learning_rate").getAsDouble())
        .containsExactly(0.01, 0.01, 0.125);
    assertThat(files.metrics().rows().filter(row -> row.has("gradient_variance")).toList())
        .extracting(row -> row.get("step").getAsLong())
        .containsExactly(3L);
  }

  @Test
  void aBatchThatCanNotBeLearnedFailsItsAnswerAndTheLearner() throws Exception {
    begin();
    Sequence unknown = new Sequence(9, 0, new int[] {77}, new double[] {-3}, 1);
    ScoredSequence scored = new ScoredSequence(unknown, "", new double[] {1}, -3, -3);
    CompletableFuture<BatchLearned> done = learn(new Batch.Training(List.of(scored), 10));
    assertThatThrownBy(() -> await(done))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("token 77 is not in the model's vocabulary");
    kit.createTestProbe().expectTerminated(learner);
  }

  @Test
  void aLearnerThatIsStoppedOwesNoAnswer() {
    CompletableFuture<BatchLearned> done = learn(bootstrap);
    expectEvaluation(0);
    kit.stop(learner);
    assertThatThrownBy(() -> await(done)).hasMessageContaining("the learner has stopped");
  }

  @Test
  void everyMessageIsHandled() throws IOException {
    BehaviorTestKit<Object> alone =
        BehaviorTestKit.create(behavior(schedule(1, 1, 1, 4)).unsafeCast());
    Map<Class<?>, Object> values =
        Map.of(
            Batch.class,
            bootstrap,
            Runnable.class,
            (Runnable) () -> {},
            CompletableFuture.class,
            new CompletableFuture<>(),
            LearnerSettings.class,
            new LearnerSettings(0.1, 1, 1, 1, Duration.ofDays(1), 0, 1));
    List<Object> messages = new ArrayList<>(Commands.of(LearnerCommand.class, values));
    messages.add(new Evaluated(0, new Measurements()));
    messages.add(new CheckpointWriter.Ended(new LearnerEvent.CheckpointFailed(0, "full")));
    for (Object message : messages) {
      alone.run(message);
      assertThat(Behavior.isUnhandled(alone.returnedBehavior())).as("%s", message).isFalse();
    }
  }
}
