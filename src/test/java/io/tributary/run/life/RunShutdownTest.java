package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.RunFailedException;
import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.Metric;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.LearnerCommand;
import io.tributary.protocol.LearnerCommand.CheckpointFailed;
import io.tributary.protocol.LearnerCommand.NothingToSave;
import io.tributary.protocol.LearnerCommand.ProposalSwapped;
import io.tributary.protocol.LearnerCommand.Saved;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Invalid;
import io.tributary.protocol.ServiceControl.Unable;
import io.tributary.protocol.WorkerLost;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a run ends, and what it answers meanwhile. */
class RunShutdownTest extends GuardianAlone {
  private static final Saved NOTHING = new NothingToSave("it is there");

  /** The learner says that it has made its last step. */
  private void complete() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    guardian.run(
        command(
            "LearnerSpoke",
            Map.of(
                LearnerEvent.class,
                new LearnerEvent.Ready(
                    guardian.<LearnerCommand>childInbox("learner-0").getRef(), 1, true))));
    assertThat(guardian.<LearnerCommand>childInbox("learner-0").receiveMessage())
        .isInstanceOf(LearnerCommand.WriteCheckpoint.class);
  }

  /** The last checkpoint is written, and the evaluator draws texts. */
  private void compare() {
    complete();
    guardian.run(command("LastCheckpoint", Map.of(Saved.class, NOTHING)));
    assertThat(guardian.<EvaluatorCommand>childInbox("evaluator-0").receiveMessage())
        .isInstanceOf(EvaluatorCommand.Compare.class);
    assertThat(outcome).isNotDone();
  }

  private void drawTexts() {
    guardian.run(
        command(
            "TextsCompared",
            Map.of(Compared.class, new Compared(List.of("of base"), List.of("of policy")))));
  }

  private void assertFailed(String message) {
    assertThat(outcome)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining(message);
    assertThat(watch.get().state()).isEqualTo(ServiceState.FAILED);
  }

  @ParameterizedTest
  @EnumSource(Action.class)
  void aCompleteRunCanOnlyBeDrained(Action action) {
    complete();
    Answer answer = perform(action);
    if (action == Action.DRAIN) {
      assertThat(answer).isInstanceOf(Done.class);
    } else {
      assertThat(answer)
          .isEqualTo(new Unable("the run has made all its steps and writes its last checkpoint"));
    }
    assertThat(change(Map.of("samplers.count", "2"))).isInstanceOf(Unable.class);
    assertThat(outcome).as("the checkpoint is not written yet").isNotDone();
  }

  @Test
  void textsOfBothModelsAreTheLastOfARun() throws IOException {
    compare();
    assertThat(perform(Action.PAUSE_SAMPLING))
        .isEqualTo(new Unable("the run has made all its steps and draws texts to compare"));
    drawTexts();
    assertThat(outcome).isCompleted();
    assertThat(Files.readString(files.home().resolve("comparison.json")))
        .contains("of base", "of policy");
  }

  @Test
  void aRunIsCompleteThoughItsTextsCanNotBeWritten() throws IOException {
    Files.createDirectory(files.home().resolve("comparison.json.part"));
    compare();
    drawTexts();
    assertThat(outcome).isCompleted();
    assertThat(files.hasTexts()).isFalse();
  }

  @Test
  void aRunIsCompleteThoughItsTextsCanNotBeDrawn() {
    compare();
    stop("evaluator-0");
    assertThat(outcome).isCompleted();
  }

  @Test
  void aRunIsCompleteThoughItsTextsTakeTooLong() {
    compare();
    guardian.run(GuardianCommand.TimeOver.INSTANCE);
    assertThat(outcome).isCompleted();
    assertThat(files.hasTexts()).isFalse();
  }

  @Test
  void whoDrainsARunWaitsForNoTexts() {
    compare();
    assertThat(perform(Action.DRAIN)).isInstanceOf(Done.class);
    assertThat(outcome).isCompleted();
    drawTexts(); // too late
    assertThat(outcome).isCompleted();
  }

  @Test
  void aRunWithoutALastCheckpointHasFailedAndStaysSo() {
    complete();
    guardian.run(command("LastCheckpoint", Map.of(Saved.class, new CheckpointFailed("disk"))));
    assertFailed("the last checkpoint could not be written");
    guardian.run(command("LastCheckpoint", Map.of(Saved.class, NOTHING)));
    stop("publisher");
    assertFailed("the last checkpoint could not be written");
  }

  @Test
  void aRunEndsWithItsPublisher() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    stop("publisher");
    assertFailed("publisher has stopped");
  }

  @Test
  void theLossOfAWorkerThatIsReplacedAlreadyCountsForNothing() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    for (int i = 0; i < 1000; i++) {
      guardian.run(
          command(
              "WorkerLost",
              Map.of(
                  WorkerLost.class,
                  new WorkerLost(
                      TestInbox.create().getRef(), FailureReason.STALLED, "another's"))));
    }
    assertThat(outcome).isNotDone();
    assertThat(metrics.value(Metric.STAGE_FAILURES_TOTAL, "sampler", "stalled")).isZero();
  }

  private LearnerCommand asked(Action action, CompletableFuture<Answer> answer) {
    guardian.<LearnerCommand>childInbox("learner-0").getAllReceived();
    guardian.run(new GuardianCommand.Perform(action, answer));
    return guardian.<LearnerCommand>childInbox("learner-0").receiveMessage();
  }

  @Test
  void whyTheLearnerHasNotDoneWhatItWasAskedForIsTheAnswer() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    CompletableFuture<Answer> nothing = new CompletableFuture<>();
    if (asked(Action.CHECKPOINT, nothing) instanceof LearnerCommand.WriteCheckpoint write) {
      write.done().complete(NOTHING);
    }
    assertThat(nothing).isCompletedWithValue(new Unable("no checkpoint: it is there"));

    CompletableFuture<Answer> failed = new CompletableFuture<>();
    if (asked(Action.CHECKPOINT, failed) instanceof LearnerCommand.WriteCheckpoint write) {
      write.done().complete(new CheckpointFailed("the disk is full"));
    }
    assertThat(failed)
        .isCompletedWithValue(
            new Unable("no checkpoint (the disk is full); it will be tried again"));

    CompletableFuture<Answer> early = new CompletableFuture<>();
    if (asked(Action.SWAP_PROPOSAL, early) instanceof LearnerCommand.SwapProposal swap) {
      swap.done().complete(new ProposalSwapped(0, OptionalLong.empty(), NOTHING));
    }
    assertThat(early)
        .isCompletedWithValue(
            new Unable("nothing to swap: before the first step, policy and proposal are the same"));

    CompletableFuture<Answer> stopped = new CompletableFuture<>();
    if (asked(Action.SWAP_PROPOSAL, stopped) instanceof LearnerCommand.SwapProposal swap) {
      swap.done().completeExceptionally(new RunFailedException("the learner has stopped"));
    }
    assertThat(stopped).isCompletedWithValue(new Unable("the learner has stopped"));
  }

  @Test
  void aChangeOfNothingIsInvalidAndTheLatestHundredAreShown() {
    guardian.run(GuardianCommand.Begin.INSTANCE);
    assertThat(change(Map.of()))
        .isEqualTo(new Invalid("no change was given, expected at least one key"));
    for (int steps = 1; steps <= 101; steps++) {
      assertThat(change(Map.of("evaluation.interval-steps", String.valueOf(steps))))
          .isInstanceOf(Done.class);
    }
    assertThat(live.view().changes()).hasSize(100);
    assertThat(live.view().changes().get(0).after()).isEqualTo("2");
  }

  @Test
  void aChangeIsInForceThoughItCanNotBeRecorded() throws IOException {
    Files.createDirectory(files.home().resolve("effective.conf.part"));
    guardian.run(GuardianCommand.Begin.INSTANCE);
    assertThat(change(Map.of("evaluation.interval-steps", "7"))).isInstanceOf(Done.class);
    live.recordChange();
    assertThat(live.current().evaluation().intervalSteps()).isEqualTo(7);
  }

  @Test
  void aSignalEndsAFit() {
    close();
    make(
        Map.of(
            "target.features",
            "[{name = letter, type = wordlist, words = [a, b, c, d, e, f], moment = 0.5}]"));
    guardian.run(GuardianCommand.Begin.INSTANCE);
    assertThat(watch.get().state()).isEqualTo(ServiceState.FITTING);
    guardian.run(GuardianCommand.Drain.INSTANCE);
    assertThat(outcome).isCompleted();
    assertThat(shown.toString()).contains("no checkpoint: the run had not begun");
    stop("publisher"); // too late to be a failure
    assertThat(outcome).isCompleted();
  }
}
