package io.tributary.stream;

import io.tributary.data.DrawKey;
import io.tributary.data.RunFailedException;
import io.tributary.metrics.Label.FailureReason;
import io.tributary.protocol.WorkerEvent;
import io.tributary.protocol.WorkerLost;
import io.tributary.stream.Roster.Job;
import java.time.Duration;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.FlowWithContext;
import org.jspecify.annotations.Nullable;

/**
 * Hands work to idle workers in the order of the draws, and hands it out again when a worker stops,
 * hangs or returns an invalid result. Workers come and go through the receptionist.
 *
 * <p>Each result is delivered once: a message from a worker counts only while the pool has that
 * draw assigned to it. A draw that is handed out again is made with the proposal that its first
 * attempt was begun with. Work on which {@value #MAX_LOST_WORKERS} workers are lost is not retried:
 * its result fails; the workers of a node on which it failed count as one.
 *
 * @param <W> work
 * @param <R> result
 * @param <C> messages of a worker
 */
public final class WorkerPool<W, R, C> extends AbstractBehavior<WorkerPool.Command<W, R>> {

  /** What a pool is told. */
  public sealed interface Command<W, R> {}

  /** Do this work, and complete the future with its result. */
  public record Submit<W, R>(W work, CompletableFuture<R> result) implements Command<W, R> {}

  /** Stop; outstanding results are cancelled. */
  public record Stop<W, R>() implements Command<W, R> {}

  private record WorkersListed<W, R>(Receptionist.Listing listing) implements Command<W, R> {}

  private record WorkerSpoke<W, R>(WorkerEvent<R> event) implements Command<W, R> {}

  private record NoWorkerCame<W, R>() implements Command<W, R> {}

  private record WorkerStalled<W, R>(ActorRef<?> worker) implements Command<W, R> {}

  /** Work is given up once this many workers in a row are lost on it. */
  static final int MAX_LOST_WORKERS = 3;

  /** The buffer of results grows as needed, instead of being allocated for the maximum. */
  private static final Attributes GROWING_BUFFER = ActorAttributes.maxFixedBufferSize(1);

  private final PoolSettings<W, R, C> settings;
  private final ActorRef<WorkerLost> guardian;
  private final PoolListener<W, R> listener;
  private final TimerScheduler<Command<W, R>> timers;
  private final ActorRef<WorkerEvent<R>> events;
  private final PriorityQueue<Job<W, R>> waiting = new PriorityQueue<>(Job.ORDER);
  private final Roster<W, R, C> roster = new Roster<>();
  private long submissions;

  /**
   * A pool.
   *
   * @param guardian told of workers to replace; it watches them for having stopped itself
   */
  public static <W, R, C> Behavior<Command<W, R>> create(
      PoolSettings<W, R, C> settings, ActorRef<WorkerLost> guardian, PoolListener<W, R> listener) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new WorkerPool<>(context, timers, settings, guardian, listener)));
  }

  /**
   * A stage of a stream: work in, results out, in the order of the work whichever worker finishes
   * first. The pool may hold any amount of work, since admission bounds what is in flight. Fails
   * when a result does, and when the pool stops.
   *
   * @param <X> context that accompanies a piece of work
   */
  public static <W, R, X> FlowWithContext<W, X, R, X, NotUsed> flow(ActorRef<Command<W, R>> pool) {
    return FlowWithContext.fromPairs(Flow.<Pair<W, X>>create().watch(Adapter.toClassic(pool)))
        .mapAsync(Integer.MAX_VALUE, work -> submit(pool, work))
        .withAttributes(GROWING_BUFFER);
  }

  /** Hands a piece of work to a pool; the result is cancelled if the pool stops before. */
  public static <W, R> CompletionStage<R> submit(ActorRef<Command<W, R>> pool, W work) {
    CompletableFuture<R> result = new CompletableFuture<>();
    pool.tell(new Submit<>(work, result));
    return result;
  }

  private WorkerPool(
      ActorContext<Command<W, R>> context,
      TimerScheduler<Command<W, R>> timers,
      PoolSettings<W, R, C> settings,
      ActorRef<WorkerLost> guardian,
      PoolListener<W, R> listener) {
    super(context);
    context.setLoggerName(WorkerPool.class);
    this.timers = timers;
    this.settings = settings;
    this.guardian = guardian;
    this.listener = listener;
    this.events =
        context.messageAdapter(
            WorkerPool.<WorkerEvent<R>>type(WorkerEvent.class), WorkerSpoke::new);
    context
        .getSystem()
        .receptionist()
        .tell(
            Receptionist.subscribe(
                settings.workers(),
                context.messageAdapter(Receptionist.Listing.class, WorkersListed::new)));
  }

  @Override
  public Receive<Command<W, R>> createReceive() {
    return newReceiveBuilder()
        .onMessage(WorkerPool.<Submit<W, R>>type(Submit.class), this::onSubmit)
        .onMessage(WorkerPool.<Stop<W, R>>type(Stop.class), stop -> Behaviors.stopped())
        .onMessage(WorkerPool.<WorkersListed<W, R>>type(WorkersListed.class), this::onListed)
        .onMessage(WorkerPool.<WorkerSpoke<W, R>>type(WorkerSpoke.class), this::onSpoke)
        .onMessage(WorkerPool.<WorkerStalled<W, R>>type(WorkerStalled.class), this::onStalled)
        .onMessage(WorkerPool.<NoWorkerCame<W, R>>type(NoWorkerCame.class), none -> onNoWorker())
        .onSignal(Terminated.class, terminated -> lose(terminated.getRef(), "stopped"))
        .onSignal(PostStop.class, stop -> onEnd())
        .build();
  }

  private Behavior<Command<W, R>> onSubmit(Submit<W, R> submit) {
    DrawKey key = settings.key().apply(submit.work());
    waiting.add(new Job<>(key, submissions++, submit.work(), submit.result()));
    return handOut();
  }

  private Behavior<Command<W, R>> onListed(WorkersListed<W, R> listed) {
    roster
        .register(listed.listing().getServiceInstances(settings.workers()))
        .forEach(getContext()::watch);
    return handOut();
  }

  private Behavior<Command<W, R>> onSpoke(WorkerSpoke<W, R> spoke) {
    WorkerEvent<R> event = spoke.event();
    if (event instanceof WorkerEvent.Finished<R> finished) {
      listener.worked(finished.time());
    }
    Job<W, R> job = roster.jobOf(event.worker());
    if (job == null || job.key.number() != event.draw()) {
      getContext().getLog().debug("{} is not working on draw {}", event.worker(), event.draw());
      return this;
    }
    if (event instanceof WorkerEvent.Begun<R> begun) {
      job.work = settings.begun().apply(job.work, begun.proposal());
    } else if (event instanceof WorkerEvent.Finished<R> finished) {
      Optional<String> flaw = settings.flaw().apply(job.work, finished.result());
      return flaw.isPresent()
          ? giveUp(finished.worker(), FailureReason.INVALID, flaw.get())
          : accept(finished, job);
    } else if (event instanceof WorkerEvent.GivenBack<R> given) {
      timers.cancel(given.worker());
      roster.finish(given.worker());
      handOutAgain(job, given.worker(), given.reason(), given.failedOn());
      return handOut();
    }
    awaitSignOfLife(event.worker());
    return this;
  }

  private Behavior<Command<W, R>> accept(WorkerEvent.Finished<R> finished, Job<W, R> job) {
    timers.cancel(finished.worker());
    roster.finish(finished.worker());
    getContext()
        .getLog()
        .debug("{} is accepted from {} {}", job.key, kind(), finished.worker().path());
    listener.resultAccepted(job.work, finished.result());
    job.result.complete(finished.result());
    return handOut();
  }

  private Behavior<Command<W, R>> onStalled(WorkerStalled<W, R> stalled) {
    if (roster.jobOf(stalled.worker()) == null) {
      return this;
    }
    String reason = "gave no sign of life for %d ms".formatted(settings.stallTimeout().toMillis());
    return giveUp(stalled.worker(), FailureReason.STALLED, reason);
  }

  private Behavior<Command<W, R>> onNoWorker() {
    Duration patience = settings.patience().orElseThrow();
    var none =
        new RunFailedException(
            "there has been no %s for %d s, %d times stream.stall-timeout; see the log"
                .formatted(
                    kind(), patience.toSeconds(), patience.dividedBy(settings.stallTimeout())));
    waiting.forEach(job -> job.result.completeExceptionally(none));
    waiting.clear();
    return this;
  }

  private Behavior<Command<W, R>> giveUp(ActorRef<?> worker, FailureReason cause, String reason) {
    guardian.tell(new WorkerLost(worker, cause, reason));
    return lose(worker, reason);
  }

  private Behavior<Command<W, R>> onEnd() {
    var stopped = new CancellationException("the pool of %ss was stopped".formatted(kind()));
    waiting.forEach(job -> job.result.completeExceptionally(stopped));
    roster.jobs().forEach(job -> job.result.completeExceptionally(stopped));
    return this;
  }

  private Behavior<Command<W, R>> lose(ActorRef<?> worker, String reason) {
    timers.cancel(worker);
    Job<W, R> job = roster.lose(worker);
    if (job != null) {
      handOutAgain(job, worker, reason, worker.path().toString());
    }
    return handOut();
  }

  private void handOutAgain(
      Job<W, R> job, ActorRef<?> worker, String reason, @Nullable String failedOn) {
    if (failedOn != null) {
      job.failedOn.add(failedOn);
    }
    if (job.failedOn.size() < MAX_LOST_WORKERS) {
      getContext().getLog().info("{} {}; {} is handed out again", worker, reason, job.key);
      listener.drawReissued(job.key.number());
      waiting.add(job);
      return;
    }
    job.result.completeExceptionally(
        new RunFailedException(
            "%s is given up: %d %ss in a row were lost with it, the last one (%s) %s; see the log"
                .formatted(job.key, MAX_LOST_WORKERS, kind(), worker.path().name(), reason)));
  }

  private Behavior<Command<W, R>> handOut() {
    while (!waiting.isEmpty() && roster.hasIdle()) {
      Job<W, R> job = waiting.remove();
      ActorRef<C> worker = roster.assign(job);
      awaitSignOfLife(worker);
      worker.tell(settings.command().apply(job.work, events));
    }
    if (waiting.isEmpty() || roster.size() > 0) {
      timers.cancel(NoWorkerCame.class);
    } else if (!timers.isTimerActive(NoWorkerCame.class)) {
      settings
          .patience()
          .ifPresent(
              time -> timers.startSingleTimer(NoWorkerCame.class, new NoWorkerCame<>(), time));
    }
    listener.loadChanged(waiting.size(), roster.busy(), roster.size());
    return this;
  }

  private void awaitSignOfLife(ActorRef<?> worker) {
    timers.startSingleTimer(worker, new WorkerStalled<>(worker), settings.stallTimeout());
  }

  private String kind() {
    return settings.workers().id();
  }

  @SuppressWarnings("unchecked")
  private static <M> Class<M> type(Class<?> message) {
    return (Class<M>) message;
  }
}
