package io.tributary.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.TestTools;
import io.tributary.data.Measurements;
import io.tributary.data.ServiceState;
import io.tributary.monitoring.Prometheus;
import io.tributary.monitoring.Rules;
import io.tributary.monitoring.Rules.Rule;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus scrapes a service that has every fault there is an alert for, one that has
 * none, and one that goes away.
 */
class AlertsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONG_AGO = Duration.ofHours(-2);
  private static final int BOUND = 4;
  private static final int BATCH = 256;

  @TempDir private Path directory;

  private final RunMetrics ill =
      RunMetrics.create(Map.of(), Clock.offset(Clock.systemUTC(), LONG_AGO));
  private final RunMetrics well = RunMetrics.create(Map.of());
  private int steps;

  @Test
  void everyAlertFiresUnderItsFaultAndNoneWithoutOne() throws Exception {
    TestTools.require("prometheus");
    try (ScrapedMetrics gone = new ScrapedMetrics(well, UnaryOperator.identity());
        ScrapedMetrics illService = new ScrapedMetrics(ill, AlertsTest::smallHeap);
        ScrapedMetrics wellService = new ScrapedMetrics(well, UnaryOperator.identity());
        Prometheus prometheus =
            Prometheus.start(directory, gone.uri(), illService.uri(), wellService.uri())) {
      begin(ill);
      begin(well);
      await().atMost(PATIENCE).until(() -> prometheus.query("up == 1").size() == 3);
      gone.stop();

      Set<String> all = new TreeSet<>();
      Rules.alerts().stream().map(Rule::name).forEach(all::add);
      Set<String> fired = new TreeSet<>();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .untilAsserted(
              () -> {
                fallIll();
                stayWell();
                fired.addAll(firing(prometheus));
                assertThat(fired).isEqualTo(all);
              });
      assertThat(prometheus.ruleErrors()).isEmpty();
      String onceFiring = "max_over_time(ALERTS{alertstate=\"firing\",instance=\"%s\"}[5m])";
      assertThat(prometheus.query(onceFiring.formatted(wellService.uri().getAuthority())))
          .isEmpty();
    }
  }

  private static void begin(RunMetrics metrics) {
    metrics.service().state(ServiceState.RUNNING);
    metrics.weights().proposalVersion(2);
    metrics.publish(
        new Measurements()
            .put("config_setting", BOUND, "stream.max-staleness-steps")
            .put("config_setting", 900, "checkpoint.interval"));
  }

  /** What can go wrong has gone wrong, and goes on to. */
  private void fallIll() {
    steps++;
    ill.learning().totals(10, 10L * BATCH);
    ill.learning().stepped(Duration.ofMillis(300)); // long ago, by its clock
    ill.learning().nonfiniteStep();
    ill.service().checkpointed(Duration.ofSeconds(1), Duration.ofMillis(10), 1 << 20);
    ill.service().checkpointFailed();
    ill.service().lineLost();
    ill.weights().samplerConfirmed("sampler-0", 1);
    ill.weights().publishFailed(PublishFailure.TIMEOUT);
    ill.weights().publishFailed(PublishFailure.FINGERPRINT);
    ill.stage(Stage.SAMPLER).failed(FailureReason.ERROR);
    ill.stage(Stage.SAMPLER).items(BATCH, 10L * BATCH);
    ill.flow().dropped(DropReason.SCORING, 10);
    ill.flow().used(BATCH, BOUND, Duration.ofSeconds(3));
    ill.nativeTensorBytes(() -> 1L << 40);
    ill.publish(
        new Measurements()
            .put("effective_sample_size_ratio", 1.0 / BATCH, "p_q")
            .put("pareto_k", 1.1, "p_q")
            .put("partition_function", 0.01 * steps)
            .put("partition_function_stderr", 1e-4)
            .put("memory_limit_bytes", 1 << 20));
  }

  /** A step is taken, with all that belongs to it. */
  private void stayWell() {
    well.learning().totals(10L + steps, (10L + steps) * BATCH);
    well.learning().stepped(Duration.ofMillis(300));
    well.service().checkpointed(Duration.ofSeconds(1), Duration.ofMillis(10), 1 << 20);
    well.weights().samplerConfirmed("sampler-0", 2);
    well.stage(Stage.SAMPLER).items(BATCH, 10L * BATCH);
    well.flow().used(BATCH, 1, Duration.ofSeconds(3));
    well.nativeTensorBytes(() -> 1 << 20);
    well.publish(
        new Measurements()
            .put("effective_sample_size_ratio", 0.5, "p_q")
            .put("effective_sample_size_ratio", 1, "pi_q")
            .put("pareto_k", 0.3, "p_q")
            .put("partition_function", 0.01)
            .put("partition_function_stderr", 1e-4));
  }

  /** The largest heap of this very process can't be changed, but what is told of it can. */
  private static String smallHeap(String text) {
    return text.replaceAll("(?m)^(jvm_memory_max_bytes\\{area=\"heap\"}) .*$", "$1 1000.0");
  }

  private static Set<String> firing(Prometheus prometheus) {
    return prometheus.alerts().stream()
        .filter(alert -> alert.get("state").getAsString().equals("firing"))
        .map(alert -> alert.getAsJsonObject("labels").get("alertname").getAsString())
        .collect(Collectors.toSet());
  }
}
