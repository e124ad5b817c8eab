package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ConfigLoader;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.protocol.LearnerEvent.Stepped;
import io.tributary.run.watch.StepPace.WaitingShares;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressLineTest {
  @TempDir private Path directory;
  private ProgressLine line;

  @BeforeEach
  void addAStep() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("some.conf"),
            """
            tributary { model.base = "%s", run.steps = 400
              target.features = [ { name = water, type = word, word = water } ] }
            """
                .formatted("test-data/models/base"));
    TributaryConfig config = ConfigLoader.load(file, Map.of());
    line = new ProgressLine(config, Map.of("water", 1.0));
    Measurements measurements =
        new Measurements()
            .put(Metric.FEATURE_MOMENT, 0.48768, "water", Distribution.PI)
            .put(Metric.KL_NATS, 2.6912, Pair.P_PI)
            .put(Metric.KL_NATS, 3.8801, Pair.PI_A)
            .put(Metric.PARTITION_FUNCTION, 0.0064712);
    line.add(
        new Stepped(200, 25_600, measurements, true, Duration.ofSeconds(1)),
        new StepPace.Timing(0.5, new WaitingShares(0, 0.4)),
        134);
  }

  @Test
  void aRowFitsIntoEightyColumns() {
    assertThat(line.row())
        .isEqualTo(
            "200/400  268/s  E[water] 0.488/1  KL p|pi 2.69 pi|a 3.88  Z 0.0065  s waits 40%")
        .hasSizeLessThanOrEqualTo(80);
  }

  @Test
  void whatIsNotMeasuredIsADash() {
    line.restart();
    line.add(
        new Stepped(201, 25_728, new Measurements(), true, Duration.ofSeconds(1)),
        new StepPace.Timing(1, new WaitingShares(0.2, 0)),
        128);
    assertThat(line.row())
        .isEqualTo("201/400  128/s  E[water] -/1  KL p|pi - pi|a -  Z -  l waits 20%");
  }

  @Test
  void theDivergenceOnHeldOutTextsIsShownWhereThereIsOne() {
    line.published(
        new Measurements()
            .put(Metric.HELD_OUT_KL_NATS, 7.1234)
            .put(Metric.HELD_OUT_KL_STDERR_NATS, 0.3456));
    assertThat(line.row()).contains("  KL p|pi 7.12 pi|a 3.88  ").hasSizeLessThanOrEqualTo(80);
    assertThat(line.text()).contains("  KL(p||pi) 7.12 ± 0.35  KL(pi||a) 3.88  ");
    line.published(new Measurements());
    assertThat(line.text()).contains("  KL(p||pi) 2.69  KL(pi||a) 3.88  ");
  }

  @Test
  void aTerminalHasARowThatIsRenewedAndOthersALinePerInterval() {
    assertThat(shown(true, true)).contains(line.row()).doesNotContain("\n");
    assertThat(shown(true, false)).contains(line.row()).doesNotContain("\n");
    assertThat(shown(false, true)).isEqualTo(line.text() + System.lineSeparator());
    assertThat(shown(false, false)).isEmpty();
  }

  private String shown(boolean terminal, boolean endsInterval) {
    StringWriter shown = new StringWriter();
    new RunConsole(new PrintWriter(shown), terminal).progress(line, endsInterval);
    return shown.toString();
  }
}
