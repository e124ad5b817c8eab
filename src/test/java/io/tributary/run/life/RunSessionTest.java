package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.metrics.Metric;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Unable;
import io.tributary.testing.Waiting;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A run with all its actors, which a signal ends. */
class RunSessionTest extends GuardianAlone {
  private RunSession session;
  private CompletableFuture<Void> run;
  private CompletableFuture<Void> signal;

  /** Starts a run, and sends it a signal once it has made this many steps. */
  private void signalAt(int step, Map<String, String> overrides) {
    close();
    Map<String, String> all = new HashMap<>(overrides);
    all.put("run.steps", "100000000");
    make(all);
    session = new RunSession(services, null, Clock.systemUTC());
    session.serve();
    run = CompletableFuture.runAsync(session::run);
    Waiting.until(
        "step " + step, () -> !run.isDone(), () -> metrics.value(Metric.LEARNER_STEPS) >= step);
    signal = CompletableFuture.runAsync(session::drainOnSignal);
  }

  @Test
  void aSignalEndsARunWithACheckpointAndTheProcessWaitsForIt() throws Exception {
    signalAt(1, Map.of("shutdown.grace", "30s"));
    run.get(30, TimeUnit.SECONDS);
    assertThat(signal).as("the session is open").isNotDone();
    session.close();
    signal.get(10, TimeUnit.SECONDS);
    assertThat(shown.toString())
        .contains("this takes at most 30 s, and a second signal ends it at once")
        .containsPattern("checkpoint of step \\d+: ");
    assertThat(tiny.lastCheckpoint("alone")).isPositive();
    Answer late = session.control().perform(Action.RESUME, "test").toCompletableFuture().join();
    assertThat(late).isEqualTo(new Unable("the run is over"));
  }

  @Test
  void aRunThatDoesNotEndWithinTheGraceTimeHasFailed() {
    signalAt(5, Map.of("shutdown.grace", "20ms", "evaluation.sequences", "600"));
    try {
      assertThat(run)
          .failsWithin(30, TimeUnit.SECONDS)
          .withThrowableThat()
          .withMessageContaining("the run has ended without a last checkpoint");
      assertThat(shown.toString())
          .contains("the current step and its checkpoint took longer than shutdown.grace allows");
    } finally {
      session.close();
    }
    assertThat(signal).succeedsWithin(10, TimeUnit.SECONDS);
  }
}
