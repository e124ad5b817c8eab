package io.tributary.run.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tributary.testing.Slow;
import io.tributary.testing.TestTools;
import io.tributary.testing.TorchExtension;
import io.tributary.testing.Waiting;
import io.tributary.testing.monitoring.Prometheus;
import io.tributary.testing.monitoring.Rules;
import io.tributary.testing.monitoring.Rules.Rule;
import io.tributary.testing.run.IllRuns;
import io.tributary.testing.run.LiveRun;
import io.tributary.testing.run.RunProcess;
import io.tributary.testing.run.TinyRun;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus scrapes real runs that have every fault there is an alert for, and one that has
 * none.
 */
@ExtendWith(TorchExtension.class)
@Slow
class AlertsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** MonitoredRunTest has a cluster. */
  private static final Set<String> OF_CLUSTERS =
      Set.of(
          "TributaryWaitingForWorkers",
          "TributaryNodeLost",
          "TributaryNodeRefused",
          "TributaryNodeDisagrees",
          "TributaryNodeSlow",
          "TributaryNodeVersionOld");

  private static final Duration OFTEN = Duration.ofMillis(100);

  /** What this process takes, and its tensors alone, is more than their share of it. */
  private static final long LITTLE_MEMORY = 64 << 20;

  @TempDir private Path directory;

  /** Alerts by address of the service, each with the label that tells which of its kinds it is. */
  private final Map<String, Set<String>> wanted = new TreeMap<>();

  private final Map<String, Set<String>> fired = new TreeMap<>();

  @Test
  void everyAlertFiresUnderItsFaultAndNoneWithoutOne() throws Exception {
    TestTools.require("prometheus");
    TinyRun tiny = new TinyRun(Files.createDirectory(directory.resolve("trainer")));
    IllRuns ill = new IllRuns(tiny);
    try (RunProcess heap = ill.withFullHeap();
        LiveRun well = ill.well();
        LiveRun weights = ill.withoutWeights();
        LiveRun scores = ill.withoutScores();
        LiveRun failures = ill.withFailures(LITTLE_MEMORY);
        LiveRun learner = ill.thatLearnsNothing();
        LiveRun forgets = ill.thatForgets()) {
      List<LiveRun> runs = List.of(well, weights, scores, failures, learner, forgets);
      for (LiveRun run : runs) {
        run.atStep(1).http().get("/metrics"); // while nothing is compiled yet, this takes long
      }
      URI heapRun = heap.http().base();
      URI[] targets =
          Stream.concat(runs.stream().map(run -> run.http().base()), Stream.of(heapRun))
              .toArray(URI[]::new);
      try (Prometheus prometheus =
          Prometheus.start(Files.createDirectory(directory.resolve("prometheus")), targets)) {
        Waiting.until(
            "all are scraped", () -> prometheus.query("up == 1").size() == targets.length);
        ill.begin();
        want(
            weights.http().base(),
            "FingerprintMismatch",
            "PublishFailing fingerprint",
            "PublishFailing timeout",
            "NoReadySampler");
        want(scores.http().base(), "LearnerStalled");
        want(
            failures.http().base(),
            "WorkersLost sampler",
            "WorkersLost scorer",
            "DropRateHigh",
            "PartitionFunctionDrifting",
            "CheckpointFailing",
            "CheckpointTooOld",
            "LinesLost",
            "ResidentMemoryHigh",
            "NativeMemoryHigh");
        want(
            learner.http().base(),
            "StalenessSaturated",
            "NonFiniteSteps",
            "EffectiveSampleSizeCollapsed p_q",
            "ParetoKTooLarge p_q");
        want(forgets.http().base(), "PolicyLosingTarget");
        want(heapRun, "HeapHigh");
        awaitWanted(prometheus, runs);
        heap.kill();
        want(heapRun, "TargetDown");
        awaitWanted(prometheus, runs);

        assertThat(prometheus.ruleErrors()).isEmpty();
        assertThat(fired)
            .as("the run that is well")
            .doesNotContainKey(well.http().base().getAuthority());
        assertThat(names(wanted))
            .isEqualTo(
                Rules.alerts().stream()
                    .map(Rule::name)
                    .filter(alert -> !OF_CLUSTERS.contains(alert))
                    .collect(Collectors.toSet()));
      } finally {
        runs.forEach(LiveRun::drain); // all at once
      }
    }
  }

  private void want(URI service, String... alerts) {
    Set<String> ofService =
        wanted.computeIfAbsent(service.getAuthority(), address -> new TreeSet<>());
    for (String alert : alerts) {
      ofService.add("Tributary" + alert);
    }
  }

  private void awaitWanted(Prometheus prometheus, List<LiveRun> runs) {
    await()
        .atMost(PATIENCE)
        .pollInterval(OFTEN)
        .untilAsserted(
            () -> {
              prometheus
                  .firing()
                  .forEach(
                      alert ->
                          fired
                              .computeIfAbsent(alert.instance(), address -> new TreeSet<>())
                              .add(alert.kind()));
              runs.forEach(LiveRun::requireAlive);
              wanted.forEach(
                  (service, alerts) ->
                      assertThat(fired.getOrDefault(service, Set.of()))
                          .as(service)
                          .containsAll(alerts));
            });
  }

  private static Set<String> names(Map<String, Set<String>> alerts) {
    return alerts.values().stream()
        .flatMap(Set::stream)
        .map(alert -> alert.replaceFirst(" .*", ""))
        .collect(Collectors.toSet());
  }
}
