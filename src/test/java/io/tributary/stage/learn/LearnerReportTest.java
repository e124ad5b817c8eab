package io.tributary.stage.learn;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tributary.data.Batch;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.LearnerEvent;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@ExtendWith(TorchExtension.class)
class LearnerReportTest {
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(LearnerReport.class);

  @TempDir Path directory;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<LearnerEvent> events = new ArrayList<>();

  @BeforeEach
  void listen() {
    log.start();
    LOGGER.addAppender(log);
    LOGGER.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    LOGGER.detachAppender(log);
    LOGGER.setAdditive(true);
    LOGGER.setLevel(null);
  }

  /** Estimates Z from two draws and makes a step with the next two. */
  private void train() throws IOException {
    Map<String, String> small = Map.of("samplers.batch-size", "32");
    try (TinyWorld world = TinyWorld.arbitrary(directory);
        TinyTraining training = new TinyTraining(world, directory, small)) {
      TrainingRun run = training.run;
      LearnerReport report =
          new LearnerReport(
              run, events::add, new RunMetrics(Map.of(), Clock.systemUTC()).stage(Stage.LEARNER));
      Batch.Training first = training.batch();
      run.bootstrap(new Batch.Bootstrap(first.sequences(), first.nextDraw()), () -> {});
      report.bootstrapped(first.sequences());
      Batch.Training next = training.batch();
      report.stepped(run.learn(next, () -> {}), next, Duration.ZERO);
    }
  }

  @Test
  void aDebugLogTellsWhichDrawsWereUsedForWhat() throws IOException {
    LOGGER.setLevel(Level.DEBUG);
    train();
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "Z is estimated from {draw 0 of version 1=32, draw 1 of version 1=32}",
            "step 1 has learned {draw 2 of version 1=32, draw 3 of version 1=32}");
  }

  @Test
  void theEventsAreTheSameWithoutIt() throws IOException {
    train();
    assertThat(log.list).isEmpty();
    assertThat(events)
        .extracting(Object::getClass)
        .containsExactly(
            LearnerEvent.Bootstrapped.class,
            LearnerEvent.Stepped.class,
            LearnerEvent.SequencesLearned.class);
  }
}
