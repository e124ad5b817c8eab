package io.tributary.run.cluster;

import io.tributary.cluster.membership.TrainerEvent;
import io.tributary.cluster.transfer.Manifest;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToTrainer;
import io.tributary.data.LogMarkers;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
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
  private static final Duration PROBE_FIRST = Duration.ofSeconds(3);
  private static final Duration PROBE_AGAIN = Duration.ofSeconds(10);

  /** Many may wait for one trainer. */
  private static final int LEAST_FREQUENT = 6;

  /** What a worker has when it is ready. */
  record Prepared(String numerics, int samplers, int scorers, WorkerSlots.Plans plans) {}

  /** Ends the node in order: what is in progress is finished. */
  enum Drain {
    INSTANCE
  }

  private enum SayAgain {
    INSTANCE
  }

  private enum ProbeDue {
    INSTANCE
  }

  private record Probed(@Nullable String obstacle, @Nullable Throwable failure) {}

  private record PreparationEnded(@Nullable Prepared prepared, @Nullable Throwable failure) {}

  private final TimerScheduler<Object> timers;
  private final ActorRef<ToTrainer> trainer;
  private final String build;
  private final String token;
  private final String metrics;
  private final WorkerReport report;
  private final Function<ToNode.Welcome, Prepared> prepare;
  private final Supplier<String> obstacle;
  private final WorkerConsole console;
  private final Executor blocking;
  private final CompletableFuture<Integer> exit;
  private int probes;
  private boolean joined;
  private boolean silent;
  private ToNode.@Nullable Welcome welcome;
  private @Nullable ToTrainer announcement; // said again until it is answered
  private @Nullable WorkerSlots slots; // null until it is prepared
  private String numerics = "";
  private int offer;
  private boolean drains;

  /**
   * The node.
   *
   * @param trainer the trainer's register of nodes
   * @param token of the run; empty if it has none
   * @param metrics where others reach this worker's metrics; empty if they can't
   * @param report is told what state this is in
   * @param prepare fetches and loads what the run needs; blocks
   * @param obstacle what hinders this node from joining; blocks
   * @param exit completed with the process's exit code
   */
  static Behavior<Object> create(
      ActorRef<ToTrainer> trainer,
      String build,
      String token,
      String metrics,
      WorkerReport report,
      Function<ToNode.Welcome, Prepared> prepare,
      Supplier<String> obstacle,
      WorkerConsole console,
      CompletableFuture<Integer> exit) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new WorkerNode(
                        context, timers, trainer, build, token, metrics, report, prepare, obstacle,
                        console, exit)));
  }

  private WorkerNode(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      ActorRef<ToTrainer> trainer,
      String build,
      String token,
      String metrics,
      WorkerReport report,
      Function<ToNode.Welcome, Prepared> prepare,
      Supplier<String> obstacle,
      WorkerConsole console,
      CompletableFuture<Integer> exit) {
    super(context);
    context.setLoggerName(WorkerNode.class);
    this.timers = timers;
    this.trainer = trainer;
    this.build = build;
    this.token = token;
    this.metrics = metrics;
    this.report = report;
    this.prepare = prepare;
    this.obstacle = obstacle;
    this.console = console;
    this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    this.exit = exit;
    timers.startSingleTimer(ProbeDue.INSTANCE, PROBE_FIRST);
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(TrainerEvent.TrainerUp.class, up -> then(this::up))
        .onMessage(TrainerEvent.TrainerUnreachable.class, event -> then(this::unreachable))
        .onMessage(TrainerEvent.TrainerLost.class, this::onTrainerLost)
        .onMessage(ToNode.Welcome.class, this::onWelcome)
        .onMessage(ToNode.Refused.class, this::onRefused)
        .onMessage(ToNode.Admitted.class, this::onAdmitted)
        .onMessage(ToNode.Ping.class, this::onPing)
        .onMessage(ToNode.Provide.class, this::onProvide)
        .onMessage(ToNode.Drain.class, told -> onDrain(told.reason()))
        .onMessage(ToNode.Dismissed.class, this::onDismissed)
        .onMessage(PreparationEnded.class, this::onPrepared)
        .onMessage(SayAgain.class, again -> then(this::say))
        .onMessage(ProbeDue.class, due -> then(this::probe))
        .onMessage(Probed.class, probed -> then(() -> probed(probed)))
        .onMessage(Drain.class, drain -> onDrain("it was stopped"))
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  private Behavior<Object> then(Runnable action) {
    action.run();
    return this;
  }

  private ActorRef<ToNode> self() {
    return getContext().getSelf().narrow();
  }

  private void probe() {
    if (!joined) {
      getContext().pipeToSelf(CompletableFuture.supplyAsync(obstacle, blocking), Probed::new);
    }
  }

  private void probed(Probed probed) {
    String obstacle = probed.obstacle();
    if (!joined) {
      console.hindered(obstacle == null ? message(probed.failure()) : obstacle);
    }
    probes = Math.min(probes + 1, LEAST_FREQUENT);
    timers.startSingleTimer(ProbeDue.INSTANCE, PROBE_AGAIN.multipliedBy(probes));
  }

  private void unreachable() {
    silent = true;
    report.silent(true);
    console.tell("the trainer is silent");
  }

  private void up() {
    joined = true;
    if (silent) {
      silent = false;
      report.silent(false);
      console.tell("the trainer is heard again");
    }
    if (welcome == null) {
      announcement =
          new ToTrainer.Hello(
              ToTrainer.OLDEST_PROTOCOL, ToTrainer.NEWEST_PROTOCOL, build, metrics, token, self());
      report.joining("the trainer has not answered yet");
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
    report.joining("it fetches and loads what run %s needs".formatted(given.run()));
    console.tell(
        "welcome to run %s, which needs %,d files of %s"
            .formatted(
                given.run(),
                given.files().size(),
                WorkerConsole.megabytes(given.files().stream().mapToLong(Manifest::size).sum())));
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(() -> prepare.apply(given), blocking),
            PreparationEnded::new);
    return this;
  }

  private Behavior<Object> onStartedAgain() {
    return startAgain("the trainer was started again");
  }

  private Behavior<Object> onPrepared(PreparationEnded end) {
    Prepared prepared = end.prepared();
    ToNode.Welcome to = welcome;
    if (prepared == null || to == null) {
      String reason = "what the run needs can't be had: " + message(end.failure());
      getContext().getLog().error(LogMarkers.REPORTED, "preparation failed", end.failure());
      trainer.tell(new ToTrainer.Leaving(reason, self()));
      Throwable cause = cause(end.failure());
      boolean mayPass = cause instanceof UncheckedIOException || cause instanceof Error;
      return mayPass ? startAgain(reason) : end(1, reason);
    }
    numerics = prepared.numerics();
    slots = new WorkerSlots(getContext(), prepared.plans());
    slots.provide(prepared.samplers(), prepared.scorers());
    report.joining("it is not admitted yet");
    offer();
    return this;
  }

  private void offer() {
    ToNode.Welcome to = welcome;
    if (slots != null && to != null) {
      offer++;
      announcement = new ToTrainer.Ready(to.epoch(), offer, numerics, slots.offered(), self());
      say();
    }
  }

  private Behavior<Object> onProvide(ToNode.Provide told) {
    if (slots != null && !drains && slots.provide(told.samplers(), told.scorers())) {
      offer();
    }
    return this;
  }

  private static @Nullable Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }

  private static String message(@Nullable Throwable failure) {
    Throwable cause = cause(failure);
    return cause == null ? "" : String.valueOf(cause.getMessage());
  }

  private Behavior<Object> onAdmitted(ToNode.Admitted admitted) {
    if (slots != null
        && announcement instanceof ToTrainer.Ready ready
        && ready.offer() == admitted.offer()) {
      console.tell(
          "working as %s with %,d slots".formatted(admitted.name(), slots.offered().size()));
      report.works();
      announcement = null;
    }
    return this;
  }

  /** It waits instead of asking again and again. */
  private Behavior<Object> onRefused(ToNode.Refused refused) {
    console.tell(
        "refused by the trainer: %s; it is asked again every %d s"
            .formatted(refused.reason(), REFUSED_AGAIN.toSeconds()));
    report.joining("refused by the trainer: " + refused.reason());
    timers.startSingleTimer(SayAgain.INSTANCE, REFUSED_AGAIN);
    return this;
  }

  private Behavior<Object> onPing(ToNode.Ping ping) {
    trainer.tell(new ToTrainer.Pong(ping.sentNanos(), self()));
    return this;
  }

  private Behavior<Object> onDismissed(ToNode.Dismissed dismissed) {
    return startAgain("dismissed by the trainer: " + dismissed.reason());
  }

  private Behavior<Object> onTrainerLost(TrainerEvent.TrainerLost lost) {
    return startAgain("the trainer is lost: " + lost.reason());
  }

  private Behavior<Object> onDrain(String reason) {
    if (drains) {
      return this;
    }
    drains = true;
    report.leaves();
    console.tell(
        "leaving (%s): what is in progress is finished; a second signal ends it at once"
            .formatted(reason));
    announcement = new ToTrainer.Leaving(reason, self());
    say();
    if (slots != null) {
      slots.retire();
    }
    return endWhenIdle();
  }

  private Behavior<Object> onTerminated(Terminated gone) {
    if (gone instanceof ChildFailed failed) {
      return startAgain("a sampler or scorer fails again and again: " + failed.getCause());
    }
    if (slots != null) {
      slots.gone(gone.getRef());
    }
    if (!drains) {
      offer();
    }
    return endWhenIdle();
  }

  private Behavior<Object> endWhenIdle() {
    return drains && (slots == null || slots.isEmpty()) ? end(0, "drained") : this;
  }

  private Behavior<Object> startAgain(String reason) {
    int code = TrainerEvent.TrainerLost.EXIT_CODE;
    return end(code, "%s; exit code %d: start the worker again to join".formatted(reason, code));
  }

  private Behavior<Object> end(int code, String reason) {
    if (exit.complete(code)) {
      console.tell(reason);
    }
    return this;
  }
}
