package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.BadInputException;
import io.tributary.run.assembly.TrainingParts;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.target.fit.Fit;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.Waiting;
import io.tributary.testing.run.FaultyWorkers;
import io.tributary.testing.run.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Fits without a run, whose workers fail or hang. */
@ExtendWith(TorchExtension.class)
class StandaloneFitTest {
  /** A target whose lambda is fitted in a moment. */
  private static final Map<String, String> FITTED =
      Map.of(
          "target.features",
          "[{name = letter, type = wordlist, words = [a, b, c, d, e, f], moment = 0.5}]",
          "target.fit.sequences",
          "256",
          "target.fit.max-sequences",
          "512",
          "target.fit.min-effective-sample-size",
          "1",
          "target.fit.tolerance",
          "0.4");

  @TempDir private static Path directory;
  private static TinyRun tiny;

  @BeforeAll
  static void write() throws IOException {
    tiny = new TinyRun(directory);
  }

  private static Optional<Fit> fit(
      Map<String, String> overrides,
      int samplers,
      UnaryOperator<WorkerBehaviors> change,
      List<String> progress) {
    try (TrainingParts parts = new TrainingParts(tiny.config("fit", overrides))) {
      return StandaloneFit.run(
          parts.fitSetup(),
          samplers,
          1,
          metrics -> change.apply(WorkerBehaviors.of(parts, metrics)),
          () -> false,
          progress::add);
    }
  }

  @Test
  void whatThrowsWhileAFitIsSetUpIsItsFailure() {
    assertThatThrownBy(() -> fit(FITTED, 1, GuardianFailureTest.noSamplerFrom(0), List.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessage(GuardianFailureTest.NO_DEVICE);
  }

  @Test
  void aFitWhoseSamplersFailAgainAndAgainFails() {
    Map<String, String> overrides = new HashMap<>(FITTED);
    overrides.put("stream.max-lost-workers", "1");
    assertThatThrownBy(
            () ->
                fit(
                    overrides,
                    1,
                    FaultyWorkers.samplersAt(draw -> true, FaultyWorkers::fail),
                    List.of()))
        .hasMessageContaining(
            "2 samplers and scorers were lost within an hour, stream.max-lost-workers allows 1")
        .hasMessageContaining("as the test asked");
  }

  @Test
  void aFitIsDoneThoughOneOfItsSamplersHangs() {
    CountDownLatch stuck = new CountDownLatch(1);
    Map<String, String> overrides = new HashMap<>(FITTED);
    overrides.put("stream.stall-timeout", "1s");
    List<String> progress = new CopyOnWriteArrayList<>();
    try {
      Optional<Fit> fit = fit(overrides, 2, hangingAt(1, stuck), progress);
      assertThat(fit).isPresent();
      assertThat(progress).isNotEmpty();
    } finally {
      stuck.countDown();
    }
  }

  @Test
  void aFitEndsWhenItsThreadIsInterrupted() throws Exception {
    Map<String, String> endless = new HashMap<>(FITTED);
    endless.put("target.fit.sequences", "1000000000");
    endless.put("target.fit.max-sequences", "2000000000");
    List<String> progress = new CopyOnWriteArrayList<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              Optional<Fit> fit = fit(endless, 1, workers -> workers, progress);
              interrupted.complete(fit.isEmpty() && Thread.interrupted());
            });
    thread.start();
    Waiting.until("draws", thread::isAlive, () -> !progress.isEmpty());
    thread.interrupt();
    assertThat(interrupted).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(true);
  }

  @Test
  void aSamplerThatHangsInADrawOfAFitIsReplaced() {
    Map<String, String> overrides = new HashMap<>(FITTED);
    overrides.put("stream.stall-timeout", "500ms");
    Predicate<Long> second = FaultyWorkers.once(1);
    assertThat(fit(overrides, 1, FaultyWorkers.samplersAt(second, () -> {}), new ArrayList<>()))
        .isPresent();
  }

  /** As in a native call, which nothing interrupts. */
  private static UnaryOperator<WorkerBehaviors> hangingAt(int place, CountDownLatch stuck) {
    return workers ->
        new WorkerBehaviors(
            at ->
                at != place
                    ? workers.sampler().apply(at)
                    : Behaviors.setup(
                        context -> {
                          stuck.await();
                          return Behaviors.empty();
                        }),
            workers.scorer());
  }
}
