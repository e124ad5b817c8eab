package io.tributary.run.life;

import io.tributary.config.StreamConfig;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.WorkerLost;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.run.life.GuardianCommand.SamplersConfirmed;
import io.tributary.stage.publish.Publisher;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * The samplers and scorers of a guardian, with the publisher that brings samplers the proposal.
 *
 * @param losses hears of workers that are to be replaced
 */
record WorkerCrew(
    ActorRef<PublisherCommand> publisher, WorkerSupervisor workers, ActorRef<WorkerLost> losses) {

  /**
   * Spawns and watches all of them.
   *
   * @param publishTimeout time that samplers have to confirm a proposal
   */
  static WorkerCrew start(
      ActorContext<GuardianCommand> context,
      StreamConfig stream,
      Duration publishTimeout,
      int samplers,
      int scorers,
      WorkerBehaviors workers,
      RunMetrics metrics) {
    ActorRef<WorkerLost> losses =
        context.messageAdapter(WorkerLost.class, GuardianCommand.WorkerLost::new);
    ActorRef<PublisherCommand> publisher =
        context.spawn(
            Publisher.create(
                publishTimeout,
                metrics.weights(),
                context.messageAdapter(ProposalConfirmed.class, SamplersConfirmed::new),
                losses),
            "publisher");
    context.watch(publisher);
    return new WorkerCrew(
        publisher,
        new WorkerSupervisor(context, stream, samplers, scorers, workers, metrics),
        losses);
  }
}
