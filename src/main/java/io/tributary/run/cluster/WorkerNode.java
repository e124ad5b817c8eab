package io.tributary.run.cluster;

import io.tributary.cluster.membership.TrainerEvent;
import io.tributary.cluster.slot.Slot;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.ToTrainer;
import io.tributary.cluster.wire.ToTrainer.OfferedSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The process of a worker, seen from the trainer: says hello, prepares what the run needs, offers
 * its slots, and ends when it is told to or has lost the trainer.
 *
 * <pre>
 * joining  --Welcome-->  preparing  -->  offering  --Admitted-->  working
 * </pre>
 */
final class WorkerNode extends AbstractBehavior<Object> {
  private static final Duration AGAIN = Duration.ofSeconds(3);
  private static final Duration REFUSED_AGAIN = Duration.ofSeconds(60);

  /** What a worker has when it is ready. */
  record Prepared(String numerics, List<SlotPlan> slots) {}

  /** A slot to spawn. */
  record SlotPlan(SlotKind kind, String device, Behavior<ToSlot> slot) {}

  /** Ends the node in order: what is in progress is finished. */
  enum Drain {
    INSTANCE
  }

  private enum SayAgain {
    INSTANCE
  }

  private record PreparationEnded(@Nullable Prepared prepared, @Nullable Throwable failure) {}

  private final TimerScheduler<Object> timers;
  private final ActorRef<ToTrainer> trainer;
  private final String build;
  private final Function<ToNode.Welcome, Prepared> prepare;
  private final Executor blocking;
  private final CompletableFuture<Integer> exit;
  private ToNode.@Nullable Welcome welcome;
  private @Nullable ToTrainer announcement; // said again until it is answered
  private final List<ActorRef<ToSlot>> working = new ArrayList<>();
  private boolean drains;

  /**
   * The node.
   *
   * @param trainer the trainer's register of nodes
   * @param prepare fetches and loads what the run needs; blocks
   * @param exit completed with the process's exit code
   */
  static Behavior<Object> create(
      ActorRef<ToTrainer> trainer,
      String build,
      Function<ToNode.Welcome, Prepared> prepare,
      CompletableFuture<Integer> exit) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new WorkerNode(context, timers, trainer, build, prepare, exit)));
  }

  private WorkerNode(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      ActorRef<ToTrainer> trainer,
      String build,
      Function<ToNode.Welcome, Prepared> prepare,
      CompletableFuture<Integer> exit) {
    super(context);
    context.setLoggerName(WorkerNode.class);
    this.timers = timers;
    this.trainer = trainer;
    this.build = build;
    this.prepare = prepare;
    this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    this.exit = exit;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(TrainerEvent.TrainerUp.class, up -> then(this::hello))
        .onMessage(TrainerEvent.TrainerUnreachable.class, event -> log("the trainer is silent"))
        .onMessage(TrainerEvent.TrainerLost.class, this::onTrainerLost)
        .onMessage(ToNode.Welcome.class, this::onWelcome)
        .onMessage(ToNode.Refused.class, this::onRefused)
        .onMessage(ToNode.Admitted.class, this::onAdmitted)
        .onMessage(ToNode.Ping.class, this::onPing)
        .onMessage(ToNode.Dismissed.class, this::onDismissed)
        .onMessage(PreparationEnded.class, this::onPrepared)
        .onMessage(SayAgain.class, again -> then(this::say))
        .onMessage(Drain.class, drain -> onDrain())
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  private Behavior<Object> then(Runnable action) {
    action.run();
    return this;
  }

  private Behavior<Object> log(String text) {
    getContext().getLog().warn(text);
    return this;
  }

  private ActorRef<ToNode> self() {
    return getContext().getSelf().narrow();
  }

  private void hello() {
    if (welcome == null) {
      announcement =
          new ToTrainer.Hello(
              ToTrainer.OLDEST_PROTOCOL, ToTrainer.NEWEST_PROTOCOL, build, "", self());
      say();
    }
  }

  private void say() {
    if (announcement != null) {
      trainer.tell(announcement);
      timers.startSingleTimer(SayAgain.INSTANCE, AGAIN);
    }
  }

  private Behavior<Object> onWelcome(ToNode.Welcome given) {
    if (welcome != null) {
      return welcome.epoch() == given.epoch() ? this : onStartedAgain();
    }
    welcome = given;
    announcement = null;
    getContext()
        .getLog()
        .info("welcome to run {}: fetching {} files", given.run(), given.files().size());
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(() -> prepare.apply(given), blocking),
            PreparationEnded::new);
    return this;
  }

  private Behavior<Object> onStartedAgain() {
    getContext().getLog().warn("the trainer was started again, which needs other slots");
    return end(TrainerEvent.TrainerLost.EXIT_CODE);
  }

  private Behavior<Object> onPrepared(PreparationEnded end) {
    Prepared prepared = end.prepared();
    ToNode.Welcome to = welcome;
    if (prepared == null || to == null) {
      getContext()
          .getLog()
          .error("what the run needs can't be had: {}", message(end.failure()), end.failure());
      return end(1);
    }
    List<OfferedSlot> slots = new ArrayList<>();
    for (SlotPlan plan : prepared.slots()) {
      ActorRef<ToSlot> slot = getContext().spawn(plan.slot(), plan.kind() + "-" + slots.size());
      getContext().watch(slot);
      working.add(slot);
      slots.add(new OfferedSlot(plan.kind(), plan.device(), slot));
    }
    announcement = new ToTrainer.Ready(to.epoch(), prepared.numerics(), slots, self());
    say();
    return this;
  }

  private static String message(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause == null ? "" : String.valueOf(cause.getMessage());
  }

  private Behavior<Object> onAdmitted(ToNode.Admitted admitted) {
    if (announcement instanceof ToTrainer.Ready) {
      getContext().getLog().info("working as {}", admitted.name());
      announcement = null;
    }
    return this;
  }

  /** It waits instead of asking again and again. */
  private Behavior<Object> onRefused(ToNode.Refused refused) {
    getContext().getLog().error("refused by the trainer: {}", refused.reason());
    timers.startSingleTimer(SayAgain.INSTANCE, REFUSED_AGAIN);
    return this;
  }

  private Behavior<Object> onPing(ToNode.Ping ping) {
    trainer.tell(new ToTrainer.Pong(ping.sentNanos(), self()));
    return this;
  }

  private Behavior<Object> onDismissed(ToNode.Dismissed dismissed) {
    getContext().getLog().warn("dismissed: {}", dismissed.reason());
    return end(TrainerEvent.TrainerLost.EXIT_CODE);
  }

  private Behavior<Object> onTrainerLost(TrainerEvent.TrainerLost lost) {
    getContext().getLog().warn("the trainer is lost: {}", lost.reason());
    return end(TrainerEvent.TrainerLost.EXIT_CODE);
  }

  private Behavior<Object> onDrain() {
    announcement = null;
    drains = true;
    trainer.tell(new ToTrainer.Leaving(self()));
    working.forEach(slot -> slot.<Object>unsafeUpcast().tell(Slot.Retire.INSTANCE));
    return endWhenIdle();
  }

  private Behavior<Object> onTerminated(Terminated gone) {
    working.removeIf(slot -> slot.path().equals(gone.getRef().path()));
    return endWhenIdle();
  }

  private Behavior<Object> endWhenIdle() {
    return drains && working.isEmpty() ? end(0) : this;
  }

  private Behavior<Object> end(int code) {
    exit.complete(code);
    return this;
  }
}
