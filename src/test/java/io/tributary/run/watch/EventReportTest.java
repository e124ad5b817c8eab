package io.tributary.run.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.ConfigLoader;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.LearnerEvent.PolicyEvaluated;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventReportTest {
  @TempDir Path directory;
  private final StringWriter text = new StringWriter();
  private final RunConsole console = new RunConsole(new PrintWriter(text), false);
  private final RunMetrics metrics = new RunMetrics(Map.of(), Clock.systemUTC());
  private EventReport report;

  @BeforeEach
  void ofARun() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("some.conf"),
            """
            tributary { model.base = "%s"
              target.features = [ { name = water, type = word, word = water } ] }
            """
                .formatted("test-data/models/base"));
    TributaryConfig config = ConfigLoader.load(file, Map.of());
    report = new EventReport(() -> config, metrics, console, Map.of());
  }

  private static Measurements measured(double kl, double z) {
    return new Measurements().putKl(Pair.P_PI, kl, 0.1).put(Metric.PARTITION_FUNCTION, z);
  }

  private String closingTable() {
    report.compare(null, List.of(), List.of());
    console.finish();
    return text.toString();
  }

  @Test
  void theFirstDivergenceIsRebasedOnTheLastZ() {
    report.event(new PolicyEvaluated(0, measured(4, 0.02)));
    report.event(new PolicyEvaluated(10, measured(1, 0.01)));

    assertThat(closingTable())
        .contains("evaluation at step 0  KL(p||pi) 4.00 ± 0.1")
        .containsPattern("KL\\(p\\|\\|pi\\), nats +4.69 ± 0.1 +1.00 ± 0.1 +0");
  }

  @Test
  void aDivergenceOfWhichZIsNotKnownStaysAsItWas() {
    report.event(new PolicyEvaluated(0, measured(4, Double.NaN)));
    report.event(new PolicyEvaluated(10, measured(1, 0.01)));

    assertThat(closingTable()).containsPattern("nats +4.00 ± 0.1 +1.00");
  }

  @Test
  void aBootstrapShowsItsProgress() {
    List<String> lines = new ArrayList<>();
    StreamMetrics.OfStream stream = new StreamMetrics(metrics, 128).begin(lines::add);

    stream.bootstrapDrawn(12_288, 31, 50);
    stream.bootstrapDrawn(4096, 9, 0);

    assertThat(lines)
        .containsExactly(
            "bootstrap: 12,288 sequences, 31 of 50 hits", "bootstrap: 4,096 sequences");
  }
}
