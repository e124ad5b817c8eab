package io.tributary.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.data.Paused;
import io.tributary.data.ServiceState;
import io.tributary.protocol.NodeStatus;
import io.tributary.protocol.RunStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BottleneckTest {

  private static RunStatus status(Map<String, RunStatus.Load> loads) {
    return status(loads, Paused.NONE);
  }

  private static RunStatus status(Map<String, RunStatus.Load> loads, Paused paused) {
    RunStatus any = TestServer.RUNNING;
    return new RunStatus(
        any.run(),
        any.state(),
        any.reason(),
        any.concern(),
        paused,
        any.startedAt(),
        any.step(),
        any.sequences(),
        any.rates(),
        loads,
        any.versions(),
        any.learnerSilence(),
        any.featureTargets(),
        any.measurements(),
        any.checkpoints(),
        any.nodes());
  }

  private static RunStatus.Load load(double busy, Map<String, Double> blocked) {
    return new RunStatus.Load(1, 0, 0, 0, Map.of(), busy, blocked);
  }

  @ParameterizedTest
  @CsvSource({
    "0.30, 0.70, 0.2, 0.95, 0.02, 0.03, learning, samplers wait 70 %",
    "0.95, 0.02, 0.2, 0.40, 0.58, 0.02, sampling, learner waits 58 %",
    "0.50, 0.05, 0.9, 0.40, 0.58, 0.02, scoring, Raise scorers.count",
    "0.02, 0.97, 0.96, 0.02, 0.97, 0.00, scoring, Raise scorers.count",
    "0.55, 0.44, 0.2, 0.44, 0.55, 0.01, turns, max-staleness-steps",
    "0.90, 0.05, 0.2, 0.92, 0.06, 0.02, none, balanced",
    "0.20, 0.75, 0.2, 0.25, 0.02, 0.70, evaluation, evaluation.interval-steps"
  })
  void theStageThatOthersWaitForIsTheBottleneck(
      double samplerBusy,
      double samplerWaits,
      double scorerBusy,
      double learnerBusy,
      double learnerWaits,
      double evaluation,
      String word,
      String sentence) {
    Bottleneck bottleneck =
        Bottleneck.of(
            status(
                Map.of(
                    "sampler", load(samplerBusy, Map.of("admission", samplerWaits)),
                    "scorer", load(scorerBusy, Map.of()),
                    "learner",
                        load(
                            learnerBusy,
                            Map.of("input", learnerWaits, "evaluation", evaluation)))));
    assertThat(bottleneck.word()).isEqualTo(word);
    assertThat(bottleneck.sentence()).contains(sentence);
  }

  @Test
  void aWaitForWindowsNamesWhatMakesThemFewerOrSmaller() {
    Bottleneck bottleneck =
        Bottleneck.of(
            status(
                Map.of(
                    "sampler", load(0.9, Map.of()),
                    "scorer", load(0.1, Map.of()),
                    "learner", load(0.2, Map.of("input", 0.1, "window", 0.7)))));
    assertThat(bottleneck.word()).isEqualTo("window");
    assertThat(bottleneck.sentence())
        .contains("70 %", "publish.interval-steps", "proposal.window-sequences");
  }

  @Test
  void aPauseHidesWhatWouldOtherwiseHoldTheRunBack() {
    Bottleneck bottleneck = Bottleneck.of(status(Map.of(), new Paused(true, true)));
    assertThat(bottleneck.word()).isEqualTo("paused");
    assertThat(bottleneck.sentence()).contains("sampling and learning", "Resume");
  }

  @Test
  void beforeTheFirstStepsNothingCanBeTold() {
    assertThat(Bottleneck.of(status(Map.of())).word()).isEqualTo("unknown");
  }

  private static RunStatus of(ServiceState state, String reason, List<NodeStatus> nodes) {
    RunStatus any =
        status(
            Map.of(
                "sampler", load(0.95, Map.of("admission", 0.02)),
                "learner", load(0.4, Map.of("input", 0.58))));
    return new RunStatus(
        any.run(),
        state,
        reason,
        any.concern(),
        any.paused(),
        any.startedAt(),
        any.step(),
        any.sequences(),
        any.rates(),
        any.loads(),
        any.versions(),
        any.learnerSilence(),
        any.featureTargets(),
        any.measurements(),
        any.checkpoints(),
        nodes);
  }

  @Test
  void withoutWorkersTheyAreTheBottleneck() {
    Bottleneck found =
        Bottleneck.of(of(ServiceState.WAITING_FOR_WORKERS, "there is no sampler", List.of()));
    assertThat(found.word()).isEqualTo("workers");
    assertThat(found.sentence()).isEqualTo("The run waits for workers: there is no sampler.");
  }

  @Test
  void inAClusterAnotherWorkerIsAdvised() {
    assertThat(Bottleneck.of(of(ServiceState.RUNNING, null, List.of())).sentence())
        .contains("Start another worker, or raise samplers.count");
  }
}
