package io.tributary.stage.publish;

import static io.tributary.protocol.ProposalConfirmed.name;

import io.tributary.data.WeightSnapshot;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.metrics.Label.PublishFailure;
import io.tributary.metrics.Metric;
import io.tributary.metrics.RunMetrics;
import io.tributary.protocol.ProposalConfirmed;
import io.tributary.protocol.PublisherCommand;
import io.tributary.protocol.PublisherCommand.ReplaceProposal;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.TakenOver;
import io.tributary.protocol.WorkerLost;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.jspecify.annotations.Nullable;

/**
 * Sends the current proposal to every sampler, including those that start later, and keeps track of
 * who has confirmed it.
 *
 * <p>A sampler that does not confirm in time is reported by name; one that has confirmed nothing
 * for several times as long is given up and has to be replaced. One that confirms another
 * fingerprint gets the weights again, once.
 *
 * <p>Besides its commands it takes the receptionist's listings, the samplers' confirmations and its
 * own timers: hence a behavior of objects, narrowed to the commands.
 */
public final class Publisher extends AbstractBehavior<Object> {
  /** A sampler takes new weights over only after its present draw, which may be long. */
  private static final int PATIENCE = 4;

  /** A sampler has confirmed nothing for long after it got a proposal. */
  record SamplerSilent(ActorRef<SamplerCommand> sampler) {}

  /** The time that samplers have to confirm this version is over. */
  record ConfirmationDue(long version) {}

  private final TimerScheduler<Object> timers;
  private final Duration timeout;
  private final RunMetrics metrics;
  private final ActorRef<ProposalConfirmed> listener;
  private final ActorRef<WorkerLost> guardian;
  private final Set<ActorRef<SamplerCommand>> samplers = new HashSet<>();
  private final Map<ActorRef<SamplerCommand>, Long> confirmed = new HashMap<>();
  private final Set<ActorRef<SamplerCommand>> deliveredAgain = new HashSet<>();
  private @Nullable WeightSnapshot proposal;
  private long deliveryStart;

  /**
   * A publisher without a proposal yet.
   *
   * @param listener receives every change of the confirmed versions
   * @param guardian receives the samplers that are given up, and replaces them
   */
  public static Behavior<PublisherCommand> create(
      Duration timeout,
      RunMetrics metrics,
      ActorRef<ProposalConfirmed> listener,
      ActorRef<WorkerLost> guardian) {
    return Behaviors.setup(
            (ActorContext<Object> context) ->
                Behaviors.withTimers(
                    timers -> new Publisher(context, timers, timeout, metrics, listener, guardian)))
        .narrow();
  }

  private Publisher(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      Duration timeout,
      RunMetrics metrics,
      ActorRef<ProposalConfirmed> listener,
      ActorRef<WorkerLost> guardian) {
    super(context);
    context.setLoggerName(Publisher.class);
    this.timers = timers;
    this.timeout = timeout;
    this.metrics = metrics;
    this.listener = listener;
    this.guardian = guardian;
    context
        .getSystem()
        .receptionist()
        .tell(Receptionist.subscribe(SamplerCommand.KEY, context.getSelf().narrow()));
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(ReplaceProposal.class, this::onReplaceProposal)
        .onMessage(Receptionist.Listing.class, this::onListing)
        .onMessage(TakenOver.class, this::onTakenOver)
        .onMessage(ConfirmationDue.class, this::onConfirmationDue)
        .onMessage(SamplerSilent.class, this::onSamplerSilent)
        .build();
  }

  private Behavior<Object> onReplaceProposal(ReplaceProposal command) {
    proposal = command.proposal();
    deliveredAgain.clear();
    metrics.set(Metric.PROPOSAL_VERSION, version());
    samplers.forEach(this::deliver);
    startDelivery();
    return this;
  }

  private Behavior<Object> onListing(Receptionist.Listing listing) {
    Set<ActorRef<SamplerCommand>> listed = listing.getServiceInstances(SamplerCommand.KEY);
    Set<ActorRef<SamplerCommand>> gone = new HashSet<>(samplers);
    gone.removeAll(listed);
    samplers.removeAll(gone);
    deliveredAgain.removeAll(gone);
    for (ActorRef<SamplerCommand> sampler : gone) {
      confirmed.remove(sampler);
      timers.cancel(sampler);
      if (samplers.stream().noneMatch(other -> name(other).equals(name(sampler)))) {
        metrics.remove(Metric.SAMPLER_PROPOSAL_VERSION, name(sampler));
      }
    }
    List<ActorRef<SamplerCommand>> added = listed.stream().filter(samplers::add).toList();
    added.forEach(this::deliver);
    if (!added.isEmpty()) {
      startDelivery();
    }
    report();
    return this;
  }

  private Behavior<Object> onTakenOver(TakenOver confirmation) {
    ActorRef<SamplerCommand> sampler = confirmation.sampler();
    timers.cancel(sampler);
    WeightSnapshot current = proposal;
    if (current == null || confirmation.version() != version() || !samplers.contains(sampler)) {
      awaitConfirmation(sampler);
      return this;
    }
    if (!confirmation.fingerprint().equals(current.version().fingerprint())) {
      boolean again = deliveredAgain.add(sampler);
      getContext()
          .getLog()
          .error(
              "sampler {} has fingerprint {} of proposal {}, expected {}; {}",
              name(sampler),
              confirmation.fingerprint(),
              version(),
              current.version().fingerprint(),
              again ? "it gets the weights again" : "twice now, so it stays unconfirmed");
      metrics.add(Metric.WEIGHTS_PUBLISH_FAILURES_TOTAL, 1, PublishFailure.FINGERPRINT);
      metrics.add(Metric.WEIGHTS_FINGERPRINT_MISMATCHES_TOTAL, 1);
      if (again) {
        deliver(sampler);
      }
      awaitConfirmation(sampler);
      return this;
    }
    confirmed.put(sampler, version());
    metrics.set(Metric.SAMPLER_PROPOSAL_VERSION, version(), name(sampler));
    if (samplers.stream().allMatch(this::hasConfirmed)) {
      timers.cancel(ConfirmationDue.class);
      metrics.set(
          Metric.WEIGHTS_PUBLISH_DURATION_SECONDS,
          Duration.ofNanos(System.nanoTime() - deliveryStart));
    }
    report();
    return this;
  }

  private Behavior<Object> onConfirmationDue(ConfirmationDue due) {
    for (ActorRef<SamplerCommand> sampler : samplers) {
      if (due.version() == version() && !hasConfirmed(sampler)) {
        String message = "sampler {} has not confirmed proposal {} within {}";
        getContext().getLog().error(message, name(sampler), version(), timeout);
        metrics.add(Metric.WEIGHTS_PUBLISH_FAILURES_TOTAL, 1, PublishFailure.TIMEOUT);
      }
    }
    return this;
  }

  private Behavior<Object> onSamplerSilent(SamplerSilent silent) {
    guardian.tell(
        new WorkerLost(
            silent.sampler(),
            FailureReason.UNCONFIRMED,
            "confirmed no proposal for %d s, %d is the current one"
                .formatted(timeout.multipliedBy(PATIENCE).toSeconds(), version())));
    return this;
  }

  private void deliver(ActorRef<SamplerCommand> sampler) {
    WeightSnapshot current = proposal;
    if (current != null) {
      sampler.tell(new SamplerCommand.TakeOver(current, getContext().getSelf().narrow()));
      awaitConfirmation(sampler);
    }
  }

  /** The time runs from the first unconfirmed delivery, however many follow it. */
  private void awaitConfirmation(ActorRef<SamplerCommand> sampler) {
    if (samplers.contains(sampler) && !timers.isTimerActive(sampler)) {
      timers.startSingleTimer(sampler, new SamplerSilent(sampler), timeout.multipliedBy(PATIENCE));
    }
  }

  private void startDelivery() {
    if (proposal != null) {
      deliveryStart = System.nanoTime();
      timers.startSingleTimer(ConfirmationDue.class, new ConfirmationDue(version()), timeout);
    }
  }

  private boolean hasConfirmed(ActorRef<SamplerCommand> sampler) {
    return confirmed.getOrDefault(sampler, -1L) == version();
  }

  private long version() {
    return proposal == null ? 0 : proposal.version().number();
  }

  private void report() {
    listener.tell(new ProposalConfirmed(version(), confirmed));
  }
}
