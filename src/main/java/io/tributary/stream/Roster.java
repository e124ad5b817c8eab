package io.tributary.stream;

import io.tributary.data.DrawKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool: who is idle, who has which job, who has left.
 *
 * <p>A worker that is no longer registered finishes its job and gets no other. A lost worker never
 * comes back, whatever the receptionist lists.
 */
final class Roster<W, R, C> {
  /** A piece of work, from its submission to its result. */
  static final class Job<W, R> {
    /** The order in which work is handed out. */
    static final Comparator<Job<?, ?>> ORDER =
        Comparator.<Job<?, ?>, DrawKey>comparing(job -> job.key)
            .thenComparingLong(job -> job.arrival);

    final DrawKey key;
    W work;
    final CompletableFuture<R> result;
    final Set<String> failedOn = new HashSet<>(); // lost workers, and nodes that gave it back
    private final long arrival;

    /**
     * @param arrival sequence number of the submission: breaks ties between equal keys
     */
    Job(DrawKey key, long arrival, W work, CompletableFuture<R> result) {
      this.key = key;
      this.arrival = arrival;
      this.work = work;
      this.result = result;
    }
  }

  private static final class Worker<W, R, C> {
    final ActorRef<C> ref;
    boolean registered = true;
    @Nullable Job<W, R> job;

    Worker(ActorRef<C> ref) {
      this.ref = ref;
    }
  }

  private final Map<ActorRef<?>, Worker<W, R, C>> workers = new HashMap<>();
  private final Queue<Worker<W, R, C>> idle = new ArrayDeque<>();
  private final Set<ActorRef<?>> lost = new HashSet<>();

  /** Updates the roster to who is registered now, and returns the new ones. */
  List<ActorRef<C>> register(Set<ActorRef<C>> registered) {
    List<ActorRef<C>> joined = new ArrayList<>();
    for (ActorRef<C> ref : registered) {
      if (!workers.containsKey(ref) && !lost.contains(ref)) {
        Worker<W, R, C> worker = new Worker<>(ref);
        workers.put(ref, worker);
        idle.add(worker);
        joined.add(ref);
      }
    }
    workers.values().forEach(worker -> worker.registered = registered.contains(worker.ref));
    workers.values().removeIf(worker -> !worker.registered && worker.job == null);
    idle.removeIf(worker -> !worker.registered);
    return joined;
  }

  boolean hasIdle() {
    return !idle.isEmpty();
  }

  /** Gives the job to the worker that has been idle longest. */
  ActorRef<C> assign(Job<W, R> job) {
    Worker<W, R, C> worker = idle.remove();
    worker.job = job;
    return worker.ref;
  }

  /** The job of this worker; null if it is idle or not in the pool. */
  @Nullable Job<W, R> jobOf(ActorRef<?> ref) {
    Worker<W, R, C> worker = workers.get(ref);
    return worker == null ? null : worker.job;
  }

  /** Frees a worker that is done with its job. */
  void finish(ActorRef<?> ref) {
    Worker<W, R, C> worker = workers.get(ref);
    if (worker == null) {
      return;
    }
    worker.job = null;
    if (worker.registered) {
      idle.add(worker);
    } else {
      workers.remove(ref);
    }
  }

  /** Removes a worker for good, and returns the job that it had, if any. */
  @Nullable Job<W, R> lose(ActorRef<?> ref) {
    lost.add(ref);
    Worker<W, R, C> worker = workers.remove(ref);
    if (worker == null) {
      return null;
    }
    idle.remove(worker);
    return worker.job;
  }

  /** All jobs that are assigned. */
  List<Job<W, R>> jobs() {
    return workers.values().stream().map(worker -> worker.job).filter(Objects::nonNull).toList();
  }

  int size() {
    return workers.size();
  }

  int busy() {
    return workers.size() - idle.size();
  }
}
