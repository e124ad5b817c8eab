package io.tributary.stage.learn;

import com.google.gson.Gson;
import io.tributary.data.Batch;
import io.tributary.data.LearnedSequence;
import io.tributary.io.JsonLines;
import io.tributary.metrics.MetricsJsonl;
import io.tributary.metrics.SampleRow;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.EvaluatorCommand.Evaluated;
import io.tributary.protocol.LearnerEvent;
import io.tributary.protocol.LearnerEvent.SequencesLearned;
import io.tributary.stage.learn.update.PolicyTrainer;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what training does, as rows of the run's files and as events. A row that can't be written
 * is lost and does not stop the run; each is reported as an event, and logged at most once a
 * minute, since on a full disk short rows still fit between long ones. For one thread.
 */
final class LearnerReport {
  private static final Logger LOG = LoggerFactory.getLogger(LearnerReport.class);
  private static final Gson GSON = new Gson();
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final TrainingRun run;
  private final Consumer<LearnerEvent> events;
  private boolean logged;
  private long loggedNanos;

  /** A row of {@code versions.jsonl}; it has the fingerprint only of what became the proposal. */
  private record VersionRow(
      long step, long version, String decision, @Nullable String fingerprint) {}

  LearnerReport(TrainingRun run, Consumer<LearnerEvent> events) {
    this.run = run;
    this.events = events;
  }

  /** The learner, or the evaluator that it waits for, is working. */
  void active() {
    events.accept(LearnerEvent.Active.INSTANCE);
  }

  /**
   * The learner waits for a batch or the disk.
   *
   * @param time how it spent the time since the previous call
   */
  void idle(WorkTime time) {
    events.accept(new LearnerEvent.Idle(run.step(), time));
  }

  /** Z was estimated from this many sequences. */
  void bootstrapped(int sequences) {
    var z = run.partitionFunction();
    events.accept(new LearnerEvent.Bootstrapped(sequences, z.value(), z.standardError()));
  }

  /** A step was made, or skipped. */
  void stepped(PolicyTrainer.Step step, Batch.Training batch, Duration duration) {
    add(run.files().metrics(), MetricsJsonl.step(run.step(), run.sequences(), step.measurements()));
    events.accept(
        new LearnerEvent.Stepped(
            run.step(), run.sequences(), step.measurements(), step.finite(), duration));
    events.accept(new SequencesLearned(run.learned(batch, SequencesLearned.MOST)));
  }

  /** The first {@code n} sequences of the batch just learned from are kept for people to read. */
  void samples(Batch.Training batch, int n) {
    for (LearnedSequence sequence : run.learned(batch, n)) {
      if (!add(run.files().samples(), SampleRow.of(sequence).toString())) {
        return;
      }
    }
  }

  /**
   * The policy was published under a version, which is never given again, and it was decided
   * whether it becomes the proposal.
   *
   * @param difference the policy's divergence less the proposal's; NaN where it was not measured
   */
  void judged(long version, String decision, double difference) {
    var proposal = run.proposal().version();
    String fingerprint = proposal.number() == version ? proposal.fingerprint() : null;
    VersionRow row = new VersionRow(run.step(), version, decision, fingerprint);
    add(run.files().versions(), GSON.toJson(row));
    events.accept(
        new LearnerEvent.ProposalJudged(
            run.step(), version, proposal.number(), decision, difference));
  }

  /** The policy was measured on samples of its own. */
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
            "a row of step {} is lost, as are others until the disk can be written;"
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
