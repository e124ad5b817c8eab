package io.tributary.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.data.ServiceState;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.DropReason;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Label.ProposalDecision;
import io.tributary.metrics.Label.PublishFailure;
import io.tributary.metrics.Label.Stage;
import io.tributary.metrics.ProcessMetrics.Exposition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RunMetricsTest {

  private final AtomicLong nanoTime = new AtomicLong();
  private final RunMetrics metrics =
      new RunMetrics(
          Map.of("amazing", 1.0),
          Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC),
          nanoTime::get);

  private String text() {
    return new String(metrics.scrape(null).body(), UTF_8);
  }

  @Test
  void everyMetricOfTheTableIsThereFromTheStart() {
    metrics.info(Metric.RUN_INFO, "quickstart", "gdc++");
    assertThat(text().lines())
        .contains(
            "tributary_stage_sequences_total{stage=\"sampler\"} 0.0",
            "tributary_stage_failures_total{reason=\"stalled\",stage=\"scorer\"} 0.0",
            "tributary_stage_blocked_seconds_total{reason=\"admission\",stage=\"sampler\"} 0.0",
            "tributary_draws_reissued_total 0.0",
            "tributary_sequence_staleness_steps_bucket{le=\"0.0\"} 0",
            "tributary_kl_nats{pair=\"pi_a\"} NaN",
            "tributary_feature_moment{distribution=\"q\",feature=\"amazing\"} NaN",
            "tributary_feature_target{feature=\"amazing\"} 1.0",
            "tributary_proposal_replacements_total{decision=\"inconclusive\"} 0.0",
            "tributary_service_state{state=\"STARTING\"} 1.0",
            "tributary_service_state{state=\"FAILED\"} 0.0",
            "tributary_run_info{objective=\"gdc++\",run=\"quickstart\"} 1",
            "tributary_max_weight_share_ratio NaN",
            "tributary_native_tensor_bytes NaN")
        .anyMatch(line -> line.matches("tributary_memory_limit_bytes [1-9][0-9.E]+"))
        .anyMatch(line -> line.startsWith("tributary_build_info{java=\""))
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
        .anyMatch(line -> line.startsWith("process_start_time_seconds "));
    for (Metric metric : Metric.values()) {
      if (metric != Metric.SAMPLER_PROPOSAL_VERSION
          && !metric.labelNames().contains("node")
          && !WorkerMetrics.OWN.contains(metric)) {
        assertThat(text()).contains("# TYPE " + metric.exposedName() + " ");
      }
    }
  }

  @Test
  void aStageCountsWhatItFinishes() {
    StageMetrics scorer = metrics.stage(Stage.SCORER);
    scorer.items(128, 5000);
    scorer.items(128, 4000);
    WorkClock clock = scorer.clock();
    clock.work();
    nanoTime.addAndGet(Duration.ofMillis(1500).toNanos());
    clock.waitFor(BlockedReason.INPUT);
    nanoTime.addAndGet(Duration.ofMillis(250).toNanos());
    clock.close();
    scorer.inflight(128);
    scorer.waiting(256);
    scorer.failed(FailureReason.STALLED);
    assertThat(text().lines())
        .contains(
            "tributary_stage_sequences_total{stage=\"scorer\"} 256.0",
            "tributary_stage_tokens_total{stage=\"scorer\"} 9000.0",
            "tributary_stage_busy_seconds_total{stage=\"scorer\"} 1.5",
            "tributary_stage_blocked_seconds_total{reason=\"input\",stage=\"scorer\"} 0.25",
            "tributary_stage_inflight_sequences{stage=\"scorer\"} 128.0",
            "tributary_waiting_sequences{stage=\"scorer\"} 256.0",
            "tributary_stage_failures_total{reason=\"stalled\",stage=\"scorer\"} 1.0",
            "tributary_stage_last_item_timestamp_seconds{stage=\"scorer\"} 1.7E9");
    assertThat(metrics.value(Metric.STAGE_TOKENS_TOTAL, "scorer")).isEqualTo(9000);
  }

  @Test
  void theStreamReportsStalenessBySequence() {
    metrics.set(Metric.ADMISSION_LIMIT_SEQUENCES, 768);
    metrics.add(Metric.DRAWS_REISSUED_TOTAL, 1);
    metrics.add(Metric.SEQUENCES_DROPPED_TOTAL, 2, DropReason.SCORING);
    for (int i = 0; i < 126; i++) {
      metrics.observe(Metric.SEQUENCE_STALENESS_STEPS, 1);
      metrics.observe(Metric.SEQUENCE_AGE_SECONDS, 0.7);
    }
    assertThat(text().lines())
        .contains(
            "tributary_admission_limit_sequences 768.0",
            "tributary_draws_reissued_total 1.0",
            "tributary_sequences_dropped_total{reason=\"scoring\"} 2.0",
            "tributary_sequence_staleness_steps_bucket{le=\"0.0\"} 0",
            "tributary_sequence_staleness_steps_bucket{le=\"1.0\"} 126",
            "tributary_sequence_age_seconds_bucket{le=\"0.5\"} 0",
            "tributary_sequence_age_seconds_bucket{le=\"1.0\"} 126");
  }

  @Test
  void theLearnerReportsTotalsOfTheRunAndItsSteps() {
    metrics.set(Metric.LEARNER_STEPS, 12);
    metrics.set(Metric.LEARNER_SEQUENCES, 3072);
    metrics.observe(Metric.LEARNER_STEP_DURATION_SECONDS, 0.3);
    metrics.setNow(Metric.LEARNER_LAST_STEP_TIMESTAMP_SECONDS);
    metrics.add(Metric.NONFINITE_STEPS_TOTAL, 1);
    assertThat(text().lines())
        .contains(
            "tributary_learner_steps 12.0",
            "tributary_learner_sequences 3072.0",
            "tributary_learner_step_duration_seconds_count 1",
            "tributary_learner_last_step_timestamp_seconds 1.7E9",
            "tributary_nonfinite_steps_total 1.0");
  }

  @Test
  void aSamplerThatIsGoneHasNoVersionAnyMore() {
    metrics.set(Metric.SAMPLER_PROPOSAL_VERSION, 3, "0");
    metrics.set(Metric.SAMPLER_PROPOSAL_VERSION, 2, "1");
    metrics.remove(Metric.SAMPLER_PROPOSAL_VERSION, "1");
    assertThat(text())
        .contains("tributary_sampler_proposal_version{sampler=\"0\"} 3.0")
        .doesNotContain("sampler=\"1\"");
  }

  @Test
  void aWrongFingerprintIsCountedAsFailureAndAsMismatch() {
    metrics.set(Metric.POLICY_VERSION, 4);
    metrics.set(Metric.PROPOSAL_VERSION, 3);
    metrics.set(Metric.PROPOSAL_AGE_STEPS, 7);
    metrics.add(Metric.PROPOSAL_REPLACEMENTS_TOTAL, 1, ProposalDecision.ACCEPTED);
    metrics.set(Metric.WEIGHTS_PUBLISH_DURATION_SECONDS, Duration.ofMillis(20));
    metrics.add(Metric.WEIGHTS_PUBLISH_FAILURES_TOTAL, 1, PublishFailure.FINGERPRINT);
    metrics.add(Metric.WEIGHTS_FINGERPRINT_MISMATCHES_TOTAL, 1);
    metrics.add(Metric.WEIGHTS_PUBLISH_FAILURES_TOTAL, 1, PublishFailure.TIMEOUT);
    assertThat(text().lines())
        .contains(
            "tributary_policy_version 4.0",
            "tributary_proposal_version 3.0",
            "tributary_proposal_age_steps 7.0",
            "tributary_proposal_replacements_total{decision=\"accepted\"} 1.0",
            "tributary_weights_publish_duration_seconds 0.02",
            "tributary_weights_publish_failures_total{reason=\"fingerprint\"} 1.0",
            "tributary_weights_publish_failures_total{reason=\"timeout\"} 1.0",
            "tributary_weights_fingerprint_mismatches_total 1.0");
  }

  @Test
  void theServiceIsInOneStateAtATime() {
    metrics.state(ServiceState.THROTTLED);
    metrics.set(Metric.CHECKPOINT_DURATION_SECONDS, Duration.ofSeconds(2));
    metrics.set(Metric.CHECKPOINT_PAUSE_SECONDS, Duration.ofMillis(250));
    metrics.set(Metric.CHECKPOINT_SIZE_BYTES, 1 << 20);
    metrics.setNow(Metric.CHECKPOINT_LAST_SUCCESS_TIMESTAMP_SECONDS);
    metrics.add(Metric.CHECKPOINT_FAILURES_TOTAL, 1);
    metrics.nativeTensorBytes(() -> 12345);
    assertThat(text().lines())
        .contains(
            "tributary_service_state{state=\"STARTING\"} 0.0",
            "tributary_service_state{state=\"THROTTLED\"} 1.0",
            "tributary_checkpoint_last_success_timestamp_seconds 1.7E9",
            "tributary_checkpoint_duration_seconds 2.0",
            "tributary_checkpoint_size_bytes 1048576.0",
            "tributary_checkpoint_failures_total 1.0",
            "tributary_native_tensor_bytes 12345.0");
  }

  @Test
  void measurementsBecomeGaugesAndNanStaysNan() {
    metrics.publish(
        new Measurements()
            .put(Metric.PARTITION_FUNCTION, 0.01)
            .put(Metric.KL_NATS, 1.93, Pair.P_PI)
            .put(Metric.KL_NATS, Double.NaN, Pair.P_Q)
            .put(Metric.FEATURE_MOMENT, 0.21, "amazing", Distribution.PI));
    assertThat(text().lines())
        .contains(
            "tributary_partition_function 0.01",
            "tributary_kl_nats{pair=\"p_pi\"} 1.93",
            "tributary_kl_nats{pair=\"p_q\"} NaN",
            "tributary_feature_moment{distribution=\"pi\",feature=\"amazing\"} 0.21");
  }

  @Test
  void aKeyThatIsNoGaugesIsRefused() {
    assertThatThrownBy(() -> new Measurements.Key(Metric.KL_NATS, List.of("pi_p")))
        .hasMessageContaining("[p_pi, p_q, pi_a], got pi_p");
    assertThatThrownBy(() -> new Measurements().put(Metric.KL_NATS, 1))
        .hasMessageContaining("[pair]");
    assertThatThrownBy(() -> new Measurements().put(Metric.TOTAL_VARIATION, 1, Label.Pair.PI_A))
        .hasMessageContaining("[p_pi, p_q], got pi_a");
    assertThatThrownBy(() -> new Measurements().put(Metric.DRAWS_REISSUED_TOTAL, 1))
        .hasMessageContaining("COUNTER");
  }

  @Test
  void openMetricsIsGivenToWhoAsksForIt() {
    Exposition open = metrics.scrape("application/openmetrics-text; version=1.0.0");
    assertThat(open.contentType()).startsWith("application/openmetrics-text");
    assertThat(new String(open.body(), UTF_8))
        .contains("# TYPE tributary_stage_busy_seconds counter")
        .contains("# UNIT tributary_stage_busy_seconds seconds")
        .contains("tributary_stage_busy_seconds_total{stage=\"learner\"} 0.0")
        .contains("# TYPE tributary_build info")
        .endsWith("# EOF\n");
    for (String other :
        List.of(
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
            "application/json",
            "nonsense",
            "")) {
      assertThat(metrics.scrape(other).contentType()).as(other).startsWith("text/plain");
      assertThat(metrics.scrape(other).body()).isNotEmpty();
    }
    assertThat(metrics.scrape("*/*").contentType()).startsWith("text/plain; version=0.0.4");
  }

  private double blocked(String stage, String reason) {
    return metrics.value(Metric.STAGE_BLOCKED_SECONDS_TOTAL, stage, reason);
  }

  private WorkClock waiting(Stage stage, BlockedReason reason) {
    WorkClock clock = metrics.stage(stage).clock();
    clock.waitFor(reason);
    return clock;
  }

  @Test
  void aWaitIsCountedWhileItGoesOn() {
    WorkClock clock = waiting(Stage.SAMPLER, BlockedReason.ADMISSION);
    nanoTime.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(text()).contains("{reason=\"admission\",stage=\"sampler\"} 3.0");
    nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(blocked("sampler", "admission")).isEqualTo(4);
    clock.close();
    clock.close();
    nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(blocked("sampler", "admission")).isEqualTo(4);
  }

  @Test
  void aWaitIsThatForTheEndOfAPauseWhileThereIsOne() {
    waiting(Stage.LEARNER, BlockedReason.INPUT);
    waiting(Stage.SAMPLER, BlockedReason.WEIGHTS);
    nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
    metrics.paused(true);
    nanoTime.addAndGet(Duration.ofSeconds(5).toNanos());
    metrics.paused(false);
    nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(blocked("learner", "input")).isEqualTo(3);
    assertThat(blocked("learner", "paused")).isEqualTo(5);
    assertThat(blocked("sampler", "weights")).isEqualTo(8);
  }

  @Test
  void whatAResultSaysOfAWorkerElsewhereCountsOnce() {
    WorkClock local = metrics.stage(Stage.SCORER).clock();
    local.work();
    nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
    local.waitFor(BlockedReason.INPUT);
    nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(text()).contains("tributary_stage_busy_seconds_total{stage=\"scorer\"} 2.0");
    nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
    metrics.stage(Stage.SCORER).worked(local.take());
    metrics
        .stage(Stage.SCORER)
        .worked(
            new WorkTime(
                Duration.ofSeconds(5), Map.of(BlockedReason.INPUT, Duration.ofSeconds(1))));
    assertThat(metrics.value(Metric.STAGE_BUSY_SECONDS_TOTAL, "scorer")).isEqualTo(7);
    assertThat(blocked("scorer", "input")).isEqualTo(3);
    assertThat(metrics.time(Stage.SCORER))
        .isEqualTo(
            new WorkTime(
                Duration.ofSeconds(7), Map.of(BlockedReason.INPUT, Duration.ofSeconds(3))));
  }

  @Test
  void aWaitThatArrivesWithAResultIsThatForTheEndOfThePausesThatFellIntoIt() {
    nanoTime.addAndGet(Duration.ofSeconds(10).toNanos());
    metrics.paused(true); // from 10 s
    nanoTime.addAndGet(Duration.ofSeconds(30).toNanos());
    metrics.paused(false); // to 40 s
    nanoTime.addAndGet(Duration.ofSeconds(10).toNanos());
    metrics.paused(true); // from 50 s
    nanoTime.addAndGet(Duration.ofSeconds(6).toNanos());
    metrics.stage(Stage.SAMPLER).worked(waited(50, 4)); // from 2 s to 52 s
    assertThat(blocked("sampler", "admission")).isEqualTo(50 - 32);
    assertThat(blocked("sampler", "paused")).isEqualTo(32);
    metrics.paused(false);
    nanoTime.addAndGet(Duration.ofSeconds(14).toNanos());
    metrics.stage(Stage.SAMPLER).worked(waited(9, 1)); // from 60 s to 69 s
    assertThat(blocked("sampler", "admission")).isEqualTo(50 - 32 + 9);
    assertThat(metrics.time(Stage.SAMPLER).busySeconds()).isEqualTo(5);
  }

  private static WorkTime waited(long admission, long busy) {
    return new WorkTime(
        Duration.ofSeconds(busy), Map.of(BlockedReason.ADMISSION, Duration.ofSeconds(admission)));
  }

  @Test
  void theTimeThatTheBoundOnStalenessHoldsDrawsBackIsCounted() {
    WorkClock closed = metrics.admissionCloses();
    nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(metrics.value(Metric.ADMISSION_CLOSED_SECONDS_TOTAL)).isEqualTo(2);
    closed.close();
  }

  @Test
  void histogramsTellMillisecondsFromHoursAndAllStalenessThatIsUsual() {
    metrics.observe(Metric.LEARNER_STEP_DURATION_SECONDS, 0.06);
    metrics.observe(Metric.LEARNER_STEP_DURATION_SECONDS, 9 * 60);
    metrics.observe(Metric.SEQUENCE_STALENESS_STEPS, 900);
    metrics.observe(Metric.SEQUENCE_AGE_SECONDS, 3 * 3600);
    assertThat(text().lines())
        .contains(
            "tributary_learner_step_duration_seconds_bucket{le=\"0.05\"} 0",
            "tributary_learner_step_duration_seconds_bucket{le=\"0.1\"} 1",
            "tributary_learner_step_duration_seconds_bucket{le=\"300.0\"} 1",
            "tributary_learner_step_duration_seconds_bucket{le=\"600.0\"} 2",
            "tributary_sequence_age_seconds_bucket{le=\"7200.0\"} 0",
            "tributary_sequence_age_seconds_bucket{le=\"14400.0\"} 1",
            "tributary_sequence_staleness_steps_bucket{le=\"512.0\"} 0",
            "tributary_sequence_staleness_steps_bucket{le=\"1000.0\"} 1");
  }

  @Test
  void runsInOneProcessDoNotShareSeries() {
    RunMetrics other = new RunMetrics(Map.of(), Clock.systemUTC());
    other.add(Metric.DRAWS_REISSUED_TOTAL, 1);
    assertThat(metrics.value(Metric.DRAWS_REISSUED_TOTAL)).isZero();
  }
}
