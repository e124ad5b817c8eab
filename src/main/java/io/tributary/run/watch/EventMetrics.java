package io.tributary.run.watch;

import io.tributary.metrics.Measurements;
import io.tributary.metrics.ProposalDecision;
import io.tributary.metrics.RunMetrics;
import io.tributary.metrics.Stage;
import io.tributary.protocol.LearnerEvent;
import io.tributary.stage.learn.Learner;
import io.tributary.stage.learn.checkpoint.LearnerState;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Enters into metrics and log what the learner reports. For one thread at a time. */
final class EventMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(EventMetrics.class);

  private final RunMetrics metrics;
  private final Level replacements;
  private Map<Measurements.Key, Double> lastStep = Map.of();
  private long proposalSince;

  /**
   * @param onPolicy whether the proposal is replaced at every step, which is not worth a line
   */
  EventMetrics(RunMetrics metrics, boolean onPolicy) {
    this.metrics = metrics;
    this.replacements = onPolicy ? Level.DEBUG : Level.INFO;
  }

  /** The run starts from a checkpoint. */
  void resumed(LearnerState from) {
    metrics.learning().totals(from.step(), from.sequences());
    metrics.weights().policyVersion(from.policyVersion());
    metrics.weights().proposalAge(from.step() - from.proposalSince());
    proposalSince = from.proposalSince();
  }

  void event(LearnerEvent event) {
    if (event instanceof LearnerEvent.Idle idle) {
      metrics.stage(Stage.LEARNER).worked(idle.time());
    } else if (event instanceof LearnerEvent.Stepped stepped) {
      stepped(stepped);
    } else if (event instanceof LearnerEvent.ProposalJudged judged) {
      judged(judged);
    } else if (event instanceof LearnerEvent.PolicyEvaluated evaluated) {
      // moments and divergences come from every step: two estimators must not share a gauge
      metrics.publish(evaluated.measurements().without(lastStep));
    } else if (event instanceof LearnerEvent.CheckpointWritten written) {
      metrics.service().checkpointed(written.duration(), written.pause(), written.bytes());
      LOG.info(
          "checkpoint of step {}: {} bytes in {}, for {} of which training stood still",
          written.step(),
          written.bytes(),
          written.duration(),
          written.pause());
    } else if (event instanceof LearnerEvent.CheckpointFailed) {
      metrics.service().checkpointFailed();
    } else if (event instanceof LearnerEvent.LineLost lost) {
      metrics.service().lineLost();
      LOG.info("a line of step {} is lost: {}", lost.step(), lost.reason());
    }
  }

  private void stepped(LearnerEvent.Stepped stepped) {
    metrics.learning().totals(stepped.step(), stepped.sequences());
    metrics.learning().stepped(stepped.duration());
    metrics.publish(stepped.measurements());
    metrics.weights().proposalAge(stepped.step() - proposalSince);
    lastStep = stepped.measurements().values();
    if (!stepped.finite()) {
      metrics.learning().nonfiniteStep();
      LOG.warn("step {} is skipped: loss or gradient is not finite", stepped.step());
    }
  }

  private void judged(LearnerEvent.ProposalJudged judged) {
    metrics.weights().policyVersion(judged.policyVersion());
    metrics
        .weights()
        .decided(
            judged.decision().equals(Learner.FORCED)
                ? ProposalDecision.ACCEPTED
                : ProposalDecision.valueOf(judged.decision()));
    if (judged.replaced()) {
      proposalSince = judged.step();
      LOG.atLevel(replacements)
          .log(
              "step {}: policy {} is the proposal from now on (difference {})",
              judged.step(),
              judged.policyVersion(),
              judged.difference());
    }
  }
}
