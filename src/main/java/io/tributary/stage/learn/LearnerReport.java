package io.tributary.stage.learn;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import io.tributary.data.Batch;
import io.tributary.data.LearnedSequence;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.io.JsonLines;
import io.tributary.metrics.Label.BlockedReason;
import io.tributary.metrics.Metric;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.metrics.SampleRow;
import io.tributary.metrics.StageMetrics;
import io.tributary.metrics.WorkClock;
import io.tributary.protocol.EvaluatorCommand.Evaluated;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.LearnerEvent.SequencesLearned;
import io.tributary.stage.learn.update.PolicyTrainer;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what training does, as rows of the run's files, as events, and as the learner's metrics.
 * A row that can't be written is lost and does not stop the run; each is reported as an event, and
 * logged at most once a minute, since on a full disk short rows still fit between long ones. For
 * one thread.
 */
final class LearnerReport {
  private static final Logger LOG = LoggerFactory.getLogger(LearnerReport.class);
  private static final Gson GSON = new Gson();
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final TrainingRun run;
  private final Consumer<LearnerEvent> events;
  private final StageMetrics metrics;
  private final WorkClock clock;
  private boolean logged;
  private long loggedNanos;

  /**
   * A row of {@code versions.jsonl}.
   *
   * @param fingerprint only of what became the proposal
   * @param kl KL(p||pi) in nats, only of what was measured on held-out sequences
   */
  private record VersionRow(
      long step,
      long version,
      String decision,
      @Nullable String fingerprint,
      @SerializedName("held_out_kl_nats") @Nullable Double kl) {}

  LearnerReport(TrainingRun run, Consumer<LearnerEvent> events, StageMetrics metrics) {
    this.run = run;
    this.events = events;
    this.metrics = metrics;
    this.clock = metrics.clock();
    clock.waitFor(BlockedReason.INPUT);
  }

  /** A batch of this many sequences is to be learned. */
  void begins(int sequences) {
    clock.work();
    metrics.inflight(sequences);
    active();
  }

  /** The learner, or the evaluator that it waits for, is working. */
  void active() {
    events.accept(LearnerEvent.Active.INSTANCE);
  }

  /** A wait is over. */
  void works() {
    clock.work();
    active();
  }

  /** The learner waits for the evaluator, which works for it. */
  void awaitsEvaluator() {
    active();
    clock.waitFor(BlockedReason.EVALUATION);
  }

  /** The learner waits for samplers and scorers, of whom others see that they do not hang. */
  void awaitsWindow() {
    idle(BlockedReason.WINDOW);
  }

  void awaitsBatch() {
    metrics.inflight(0);
    idle(BlockedReason.INPUT);
  }

  void awaitsDisk() {
    idle(BlockedReason.CHECKPOINT);
  }

  /** However long the wait, the learner does not hang. */
  private void idle(BlockedReason reason) {
    clock.waitFor(reason);
    events.accept(new LearnerEvent.Idle(run.step(), clock.take()));
  }

  void stopped() {
    clock.close();
    metrics.inflight(0);
  }

  /** Z was estimated from these sequences. */
  void bootstrapped(List<ScoredSequence> sequences) {
    if (LOG.isDebugEnabled()) {
      LOG.debug("Z is estimated from {}", draws(sequences));
    }
    var z = run.partitionFunction();
    int weighted = (int) sequences.stream().filter(ScoredSequence::hasWeight).count();
    events.accept(
        new LearnerEvent.Bootstrapped(sequences.size(), weighted, z.value(), z.standardError()));
  }

  /** A step was made, or skipped. */
  void stepped(PolicyTrainer.Step step, Batch.Training batch, Duration duration) {
    if (LOG.isDebugEnabled()) {
      LOG.debug("step {} has learned {}", run.step(), draws(batch.sequences()));
    }
    add(run.files().metrics(), MetricsJsonl.step(run.step(), run.sequences(), step.measurements()));
    events.accept(
        new LearnerEvent.Stepped(
            run.step(), run.sequences(), step.measurements(), step.finite(), duration));
    events.accept(new SequencesLearned(run.learned(batch, SequencesLearned.MOST)));
  }

  /** How many sequences of which draws, and with which version each was drawn. */
  private static String draws(List<ScoredSequence> sequences) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (ScoredSequence scored : sequences) {
      Sequence sequence = scored.sequence();
      counts.merge(
          "draw %d of version %d".formatted(sequence.draw(), sequence.proposalVersion()),
          1,
          Integer::sum);
    }
    return counts.toString();
  }

  /** The first {@code n} sequences of the batch just learned from are kept for people to read. */
  void samples(Batch.Training batch, int n) {
    for (LearnedSequence sequence : run.learned(batch, n)) {
      if (!add(run.files().samples(), SampleRow.of(sequence).toString())) {
        return;
      }
    }
  }

  /** The policy was published. */
  void judged(LearnerEvent.ProposalJudged judged) {
    String fingerprint = judged.replaced() ? run.proposal().version().fingerprint() : null;
    double kl = judged.measurements().get(Metric.HELD_OUT_KL_NATS);
    add(
        run.files().versions(),
        GSON.toJson(
            new VersionRow(
                judged.step(),
                judged.policyVersion(),
                judged.decision(),
                fingerprint,
                Double.isFinite(kl) ? kl : null)));
    if (!judged.measurements().isEmpty()) {
      add(
          run.files().metrics(),
          MetricsJsonl.publication(judged.step(), run.sequences(), judged.measurements()));
    }
    events.accept(judged);
  }

  /** The policy was evaluated. */
  void evaluated(Evaluated evaluation) {
    add(
        run.files().metrics(),
        MetricsJsonl.evaluation(evaluation.step(), run.sequences(), evaluation.measurements()));
    events.accept(new LearnerEvent.PolicyEvaluated(evaluation.step(), evaluation.measurements()));
  }

  /** Whether the row was written. */
  private boolean add(JsonLines file, String row) {
    try {
      file.add(row);
      return true;
    } catch (IOException e) {
      events.accept(new LearnerEvent.LineLost(run.step(), e.toString()));
      if (!logged || System.nanoTime() - loggedNanos > QUIET.toNanos()) {
        LOG.error(
            "a row of step {} is lost, as are later ones until the disk can be written;"
                + " lines_lost_total counts them",
            run.step(),
            e);
        logged = true;
        loggedNanos = System.nanoTime();
      }
      return false;
    }
  }
}
