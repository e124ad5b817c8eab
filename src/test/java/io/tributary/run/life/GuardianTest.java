package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Invalid;
import io.tributary.protocol.ServiceControl.NodeAction;
import io.tributary.protocol.ServiceControl.Unable;
import io.tributary.protocol.WorkerLost;
import io.tributary.run.files.AuditLog;
import io.tributary.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.Behavior;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuardianTest extends GuardianAlone {
  @Test
  void everyCommandIsHandled() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    Map<Class<?>, Object> values = new HashMap<>();
    values.put(Action.class, Action.RESUME);
    values.put(CompletableFuture.class, new CompletableFuture<Answer>());
    values.put(Map.class, Map.of("samplers.count", "2"));
    values.put(String.class, "somebody");
    values.put(Instant.class, Instant.EPOCH);
    values.put(LearnerEvent.class, new LearnerEvent.Idle(3, WorkTime.NONE));
    values.put(
        WorkerLost.class,
        new WorkerLost(TestInbox.create().getRef(), FailureReason.STALLED, "lost"));
    values.put(ProposalConfirmed.class, new ProposalConfirmed(1, Map.of()));
    values.put(Saved.class, new LearnerCommand.NothingToSave("none"));
    values.put(Compared.class, new Compared(List.of(), List.of()));
    values.put(Throwable.class, new IllegalStateException("as the test asked"));
    List<Class<?>> types = new ArrayList<>(List.of(GuardianCommand.class.getPermittedSubclasses()));
    types.remove(GuardianCommand.Request.class);
    types.addAll(List.of(GuardianCommand.Request.class.getPermittedSubclasses()));
    for (Class<?> type : types) {
      GuardianCommand command =
          type == GuardianCommand.StreamEnded.class
              ? ended()
              : type == GuardianCommand.FitEnded.class
                  ? new GuardianCommand.FitEnded(null, new IllegalStateException("as asked"))
                  : (GuardianCommand) Commands.message(type, values);
      guardian.run(command);
      assertThat(Behavior.isUnhandled(guardian.returnedBehavior())).as("%s", command).isFalse();
    }
  }

  /** A stream of an earlier learner. */
  @SuppressWarnings("NullAway")
  private static GuardianCommand.StreamEnded ended() {
    return new GuardianCommand.StreamEnded(null, new IllegalStateException("as the test asked"));
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void beforeARunBeginsItCanBeEndedAndNothingElse(Action action) {
    Answer answer = perform(action);
    assertThat(change(Map.of("samplers.count", "2"))).isInstanceOf(Unable.class);
    assertThat(live.current().samplers().count()).isEqualTo(1);
    if (action == Action.DRAIN) {
      assertThat(answer).isInstanceOf(Done.class);
      assertThat(outcome).isCompleted();
      assertThat(shown.toString()).contains("no checkpoint: the run had not begun");
    } else {
      assertThat(answer)
          .isEqualTo(
              new Unable(
                  "the run has not begun, its state is STARTING; until it is RUNNING it can only be"
                      + " drained"));
      assertThat(outcome).isNotDone();
    }
  }

  @Test
  void pausesAreTakenBeforeTheFirstSamplerIsThere() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    assertThat(perform(Action.PAUSE_LEARNING)).isInstanceOf(Done.class);
    assertThat(watch.get().state()).isEqualTo(ServiceState.PAUSED);
    assertThat(watch.get().paused().learning()).isTrue();
    assertThat(perform(Action.PAUSE_LEARNING))
        .isInstanceOfSatisfying(
            Done.class, done -> assertThat(done.text()).startsWith("nothing to do"));
    assertThat(perform(Action.PAUSE_SAMPLING)).isInstanceOf(Done.class);
    assertThat(watch.get().paused().sampling()).isTrue();
    assertThat(perform(Action.RESUME)).isInstanceOf(Done.class);
    assertThat(watch.get().state()).isEqualTo(ServiceState.STARTING);
    assertThat(watch.get().paused().any()).isFalse();
  }

  @Test
  void whatALearnerIsAskedForAndDoesNotDoIsAnsweredWhenItIsGone() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    CompletableFuture<Answer> checkpoint = new CompletableFuture<>();
    CompletableFuture<Answer> swap = new CompletableFuture<>();
    guardian.run(new GuardianCommand.Perform(Action.CHECKPOINT, checkpoint));
    guardian.run(new GuardianCommand.Perform(Action.SWAP_PROPOSAL, swap));
    assertThat(checkpoint).isNotDone();
    assertThat(swap).isNotDone();
    stopLearner();
    assertThat(checkpoint).isCompletedWithValueMatching(Unable.class::isInstance);
    assertThat(swap).isCompletedWithValueMatching(Unable.class::isInstance);
    assertThat(outcome).as("there is no checkpoint to resume from").isCompletedExceptionally();
    for (Action action : Action.values()) {
      assertThat(perform(action)).as("%s", action).isEqualTo(new Unable("the run is over"));
    }
    assertThat(change(Map.of("samplers.count", "2"))).isEqualTo(new Unable("the run is over"));
  }

  @Test
  void aRunThatGoesBackToItsLastCheckpointIsNotReady() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    watch.streamStarted();
    assertThat(watch.get().state()).isEqualTo(ServiceState.RUNNING);
    stop("evaluator-0");
    assertThat(outcome).isNotDone();
    assertThat(watch.get().state()).isEqualTo(ServiceState.STARTING);
    watch.confirmed(
        new ProposalConfirmed(1, Map.of(TestInbox.<SamplerCommand>create().getRef(), 1L)));
    assertThat(watch.get().state())
        .as("samplers have what the learner had before")
        .isEqualTo(ServiceState.STARTING);
    assertThat(perform(Action.PAUSE_LEARNING)).isInstanceOf(Done.class);
    assertThat(perform(Action.RESUME)).isInstanceOf(Done.class);
    assertThat(watch.get().state()).isEqualTo(ServiceState.STARTING);
    watch.streamStarted();
    assertThat(watch.get().state()).isEqualTo(ServiceState.RUNNING);
  }

  @Test
  void aLearnerThatDoesNotStopForARecoveryEndsTheRun() throws Exception {
    close();
    make(Map.of("stream.stall-timeout", "10ms", "publish.timeout", "10ms"));
    guardian.run(GuardianCommand.Begin.INSTANCE);
    guardian.run(
        command(
            "LearnerSpoke", Map.of(LearnerEvent.class, new LearnerEvent.Idle(0, WorkTime.NONE))));
    for (int look = 0; look < 100; look++) {
      checkProgress();
    }
    assertThat(outcome).as("nobody waits for anything").isNotDone();

    stop("evaluator-0");
    long start = System.nanoTime();
    while (!outcome.isDone() && System.nanoTime() - start < Duration.ofSeconds(30).toNanos()) {
      checkProgress();
    }
    assertThat(outcome)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("neither the learner nor the evaluator has shown progress");
  }

  /**
   * Looks as often as the guardian's timer has it look; later, it would take itself for stopped.
   */
  private void checkProgress() throws InterruptedException {
    Thread.sleep(1);
    guardian.run(command("CheckProgress", Map.of()));
  }

  private void stopLearner() {
    stop("learner-0");
  }

  @Test
  void aDrainBeforeAnythingIsLearnedEndsAtOnce() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    assertThat(perform(Action.DRAIN)).isInstanceOf(Done.class);
    assertThat(outcome).isCompleted();
    assertThat(shown.toString()).contains("no checkpoint: nothing was learned");
  }

  private void seconds(double seconds) {
    nanos.addAndGet(Math.round(seconds * 1e9));
  }

  private void step(int step) {
    watch.event(
        new LearnerEvent.Stepped(
            step, 16L * step, new Measurements(), true, Duration.ofSeconds(1)));
  }

  @Test
  void theTimeOfAPauseIsNotHeldAgainstTheStepThatFollowsIt() {
    step(1);
    seconds(0.5);
    watch.paused(new Paused(false, true));
    seconds(3600);
    watch.paused(new Paused(true, true));
    seconds(3600);
    watch.paused(Paused.NONE);
    seconds(0.5);
    step(2);
    assertThat(watch.get().rates().sequencesPerSecond()).isEqualTo(16);

    watch.paused(new Paused(true, false));
    seconds(2);
    step(3);
    assertThat(watch.get().rates().sequencesPerSecond()).as("learned meanwhile").isEqualTo(8);
    seconds(3600);
    watch.paused(Paused.NONE);
    seconds(4);
    step(4);
    assertThat(watch.get().rates().sequencesPerSecond()).isEqualTo(4);
  }

  @Test
  void sharesOfTheTimeBeforeAChangeOfTheWorkersSayNothing() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    step(1);
    seconds(2);
    step(2);
    assertThat(watch.get().loads().get("learner").busyRatio()).isZero();
    assertThat(change(Map.of("samplers.count", "3"))).isInstanceOf(Done.class);
    assertThat(watch.get().loads().get("learner").busyRatio()).isNaN();
  }

  @Test
  void changesReachEveryoneWhomTheyConcern() throws IOException {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    guardian.<LearnerCommand>childInbox("learner-0").getAllReceived();
    Map<String, String> values = Map.of("samplers.count", "3", "evaluation.interval-steps", "9");
    assertThat(change(values)).isInstanceOf(Done.class);
    assertThat(guardian.childInbox("learner-0").getAllReceived())
        .singleElement()
        .isInstanceOfSatisfying(
            LearnerCommand.Adjust.class,
            adjust -> assertThat(adjust.settings().evaluationInterval()).isEqualTo(9));
    assertThat(guardian.childInbox("sampler-2.2")).isNotNull();
    assertThat(metrics.value(Metric.CONFIG_SETTING, "samplers.count")).isEqualTo(3);
    assertThat(shown.toString()).contains("changed by somebody: ", "samplers.count: 1 -> 3");
  }

  @Test
  void anAuditLogThatCanNotBeWrittenStopsNothing() throws Exception {
    Files.createDirectory(files.home().resolve("audit.jsonl"));
    RunControl control =
        new RunControl(
            TestInbox.<GuardianCommand>create().getRef(),
            live,
            new AuditLog(files.auditLog()),
            null,
            () -> false,
            Duration.ofMillis(1),
            Clock.systemUTC());
    assertThat(answer(control.perform(Action.RESUME, "somebody")))
        .as("nobody answers")
        .isInstanceOf(Unable.class);
  }

  @Test
  void whoAskedForWhatIsWrittenDown() throws Exception {
    RunControl control =
        new RunControl(
            TestInbox.<GuardianCommand>create().getRef(),
            live,
            new AuditLog(files.auditLog()),
            null,
            () -> true,
            Duration.ofMinutes(1),
            Clock.systemUTC());
    answer(control.perform(Action.PAUSE_SAMPLING, "127.0.0.1:1"));
    answer(
        control.change(
            Map.of("samplers.count", "4", "no.such", "x", "huge", "1e999"), "127.0.0.1:2"));
    List<String> lines = Files.readAllLines(files.home().resolve("audit.jsonl"));
    assertThat(lines).hasSize(2).allMatch(line -> line.startsWith("{\"at\":\"20"));
    assertThat(lines.get(0))
        .endsWith(
            "\"from\":\"127.0.0.1:1\",\"action\":\"pause-sampling\",\"result\":\"unable\",\"reason\":\"the"
                + " run is over\"}");
    var changes = JsonParser.parseString(lines.get(1)).getAsJsonObject().getAsJsonObject("changes");
    assertThat(changes.getAsJsonObject("samplers.count"))
        .isEqualTo(JsonParser.parseString("{\"old\": 1, \"new\": 4}"));
    assertThat(changes.getAsJsonObject("no.such").get("new").getAsString()).isEqualTo("x");
    assertThat(changes.getAsJsonObject("huge").get("new").getAsJsonPrimitive().isString()).isTrue();
  }

  @Test
  void theValueBeforeIsThatWhichAChangeHasReplaced() throws Exception {
    TestInbox<GuardianCommand> waiting = TestInbox.create();
    RunControl control =
        new RunControl(
            waiting.getRef(),
            live,
            new AuditLog(files.auditLog()),
            null,
            () -> false,
            Duration.ofMinutes(1),
            Clock.systemUTC());
    CompletionStage<Answer> first = control.change(Map.of("samplers.count", "4"), "127.0.0.1:1");
    CompletionStage<Answer> second = control.change(Map.of("samplers.count", "5"), "127.0.0.1:2");
    guardian.run(GuardianCommand.Begin.INSTANCE);
    waiting.getAllReceived().forEach(guardian::run);
    assertThat(answer(first)).isInstanceOf(Done.class);
    assertThat(answer(second)).isInstanceOf(Done.class);
    assertThat(Files.readAllLines(files.home().resolve("audit.jsonl")))
        .satisfiesExactly(
            line -> assertThat(line).contains("{\"old\":1,\"new\":4}"),
            line -> assertThat(line).contains("{\"old\":4,\"new\":5}"));
  }

  /** A disk that takes long holds up nobody but who waits for an answer. */
  @Test
  @Timeout(30)
  void theGuardianDoesNotWaitForTheDisk() throws Exception {
    Set<String> writers = ConcurrentHashMap.newKeySet();
    TestInbox<GuardianCommand> waiting = TestInbox.create();
    RunControl control =
        new RunControl(
            waiting.getRef(),
            live,
            new AuditLog(files.auditLog()),
            null,
            () -> false,
            Duration.ofMinutes(1),
            Clock.systemUTC());
    CompletionStage<Answer> change =
        control
            .change(Map.of("samplers.count", "4"), "127.0.0.1:1")
            .whenComplete((answer, failure) -> writers.add(Thread.currentThread().getName()));
    guardian.run(GuardianCommand.Begin.INSTANCE);
    waiting.getAllReceived().forEach(guardian::run);
    answer(change);
    assertThat(writers).containsExactly("operator-records");
    assertThat(Files.readString(files.home().resolve("effective.conf"))).contains("count = 4");
  }

  private static Answer answer(CompletionStage<Answer> answer) throws Exception {
    return answer.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aRunWithoutAClusterHasNoNodes() throws Exception {
    RunControl control =
        new RunControl(
            TestInbox.<GuardianCommand>create().getRef(),
            live,
            new AuditLog(files.auditLog()),
            null,
            () -> false,
            Duration.ofMinutes(1),
            Clock.systemUTC());
    Invalid none = new Invalid("this run has no nodes: its configuration has no section cluster");
    assertThat(answer(control.perform(NodeAction.DRAIN_NODE, "node-0", "127.0.0.1:1")))
        .isEqualTo(none);
    assertThat(answer(control.change(Map.of("nodes.node-0.samplers.count", "2"), "127.0.0.1:2")))
        .isEqualTo(none);
    assertThat(Files.readAllLines(files.home().resolve("audit.jsonl")).get(0))
        .endsWith(
            "\"from\":\"127.0.0.1:1\",\"action\":\"drain-node\",\"node\":\"node-0\",\"result\":\"invalid\",\"reason\":\""
                + none.text()
                + "\"}");
  }
}
