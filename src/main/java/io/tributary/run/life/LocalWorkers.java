package io.tributary.run.life;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/**
 * The samplers or the scorers of this process: a number of places, each held by one actor. When it
 * is gone, a new actor with a new address takes its place.
 */
final class LocalWorkers<C> {
  /** Each worker has a thread of its own for native calls. */
  static final DispatcherSelector PINNED = DispatcherSelector.fromConfig("tributary-native");

  private final ActorContext<?> context;
  private final ServiceKey<C> key;
  private final IntFunction<Behavior<C>> behavior;
  private final List<ActorRef<C>> workers = new ArrayList<>();
  private final Map<ActorRef<C>, Start> starts = new HashMap<>();
  private long incarnations;

  /**
   * The start of a worker, which loads its copy of a model.
   *
   * @param over whether it is over; set by the worker's thread
   * @param nanos when it began
   */
  private record Start(AtomicBoolean over, long nanos) {}

  /** Spawns and watches {@code count} workers with the behaviour of their place. */
  LocalWorkers(
      ActorContext<?> context, ServiceKey<C> key, int count, IntFunction<Behavior<C>> behavior) {
    this.context = context;
    this.key = key;
    this.behavior = behavior;
    resize(count);
  }

  /**
   * Adds places, or removes the last ones: their workers get no further draw, and stop after the
   * current one. A draw that reaches one too late is handed out again by the pool.
   */
  void resize(int count) {
    while (workers.size() < count) {
      workers.add(spawn(workers.size()));
    }
    while (workers.size() > count) {
      dismiss(workers.remove(workers.size() - 1));
    }
  }

  private void dismiss(ActorRef<C> worker) {
    context.unwatch(worker);
    Start start = starts.get(worker);
    if (start == null || start.over().get()) { // a cluster's receptionist fails on any other
      context.getSystem().receptionist().tell(Receptionist.deregister(key, worker));
    }
    context.stop(worker);
  }

  private ActorRef<C> spawn(int place) {
    AtomicBoolean started = new AtomicBoolean();
    ActorRef<C> worker =
        context.spawn(
            telling(started, behavior.apply(place)),
            key.id() + "-" + place + "." + incarnations++,
            PINNED);
    context.watch(worker);
    starts.put(worker, new Start(started, System.nanoTime()));
    return worker;
  }

  private Behavior<C> telling(AtomicBoolean started, Behavior<C> behavior) {
    return Behaviors.setup(
        own -> {
          Behavior<C> begun = Behavior.start(behavior, own);
          own.getSystem().receptionist().tell(Receptionist.register(key, own.getSelf()));
          started.set(true);
          return begun;
        });
  }

  /** Workers that have not started within {@code patience}. */
  List<ActorRef<C>> unstarted(Duration patience) {
    starts.keySet().retainAll(workers);
    starts.values().removeIf(start -> start.over().get());
    long now = System.nanoTime();
    return starts.entrySet().stream()
        .filter(start -> now - start.getValue().nanos() > patience.toNanos())
        .map(Map.Entry::getKey)
        .toList();
  }

  boolean holds(ActorRef<?> worker) {
    return workers.contains(worker);
  }

  /** Puts a new worker in the place of one that has stopped. */
  void replaceStopped(ActorRef<?> worker) {
    int place = workers.indexOf(worker);
    workers.set(place, spawn(place));
  }

  /**
   * Puts a new worker in the place of one that is given up. If the old one hangs, it stops when its
   * native call returns, if ever.
   */
  void replace(ActorRef<?> worker) {
    int place = workers.indexOf(worker);
    dismiss(workers.set(place, spawn(place)));
  }
}
