package io.tributary.cluster.remote;

import io.tributary.cluster.remote.RemoteWorker.Availability;
import io.tributary.cluster.remote.RemoteWorker.FromNode;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToNode;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.ToTrainer.OfferedSlot;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * The remote workers of one node, one for each of its slots. What a slot has is finished before it
 * is given up: first its worker takes no more work, then it ends, and then the slot is told. For
 * the thread of the actor whose children the workers are.
 */
final class NodeWorkers {
  private static final ToSlot.Release RELEASE = new ToSlot.Release("the node shall have fewer");

  private static final class Worker {
    final OfferedSlot slot;
    final int place; // among those of its kind, from 0
    final ActorRef<FromNode> ref;
    boolean retires;
    boolean retired;

    Worker(OfferedSlot slot, int place, ActorRef<FromNode> ref) {
      this.slot = slot;
      this.place = place;
      this.ref = ref;
    }
  }

  private final ActorContext<NodeLink.Command> context;
  private final ActorRef<ToNode> node;
  private final Leases leases;
  private final ActorRef<RemoteWorker.Publish> files;
  private final NodeRecord record;
  private final List<Worker> workers = new ArrayList<>();
  private final Map<SlotKind, Integer> wanted = new EnumMap<>(SlotKind.class);
  private Availability availability = Availability.AVAILABLE;
  private long spawned;

  NodeWorkers(
      ActorContext<NodeLink.Command> context,
      ActorRef<ToNode> node,
      Leases leases,
      ActorRef<RemoteWorker.Publish> files,
      NodeRecord record) {
    this.context = context;
    this.node = node;
    this.leases = leases;
    this.files = files;
    this.record = record;
  }

  /** These are the slots now; said as often as the node likes. */
  void offered(List<OfferedSlot> slots) {
    for (OfferedSlot slot : slots) {
      if (workers.stream().noneMatch(worker -> worker.slot.equals(slot))) {
        int place = freePlace(slot.kind());
        workers.add(new Worker(slot, place, spawn(slot, place)));
      }
    }
    for (Worker worker : List.copyOf(workers)) {
      if (!slots.contains(worker.slot)) {
        workers.remove(worker);
        worker.ref.tell(Availability.UNREACHABLE); // if it has work, the slot has failed
        worker.ref.tell(RemoteWorker.Retire.INSTANCE);
      }
    }
    adjust();
  }

  private int freePlace(SlotKind kind) {
    int place = 0;
    while (isTaken(kind, place)) {
      place++;
    }
    return place;
  }

  private boolean isTaken(SlotKind kind, int place) {
    return workers.stream().anyMatch(worker -> worker.slot.kind() == kind && worker.place == place);
  }

  private ActorRef<FromNode> spawn(OfferedSlot slot, int place) {
    String kind = slot.kind().name().toLowerCase(Locale.ROOT);
    String name = "%s-%d@%s.%d".formatted(kind, place, record.name(), spawned++);
    ActorRef<?> worker =
        slot.kind() == SlotKind.SAMPLER
            ? context.spawn(
                RemoteWorker.sampler(leases, slot.slot(), files, context.getSelf(), record), name)
            : context.spawn(
                RemoteWorker.scorer(leases, slot.slot(), files, context.getSelf(), record), name);
    context.watchWith(worker, new NodeLink.Retired(worker));
    ActorRef<FromNode> ref = worker.unsafeUpcast();
    if (availability != Availability.AVAILABLE) {
      ref.tell(availability);
    }
    return ref;
  }

  /** The node shall have so many. */
  void resize(NodeRequest.Counts counts) {
    counts.samplers().ifPresent(count -> wanted.put(SlotKind.SAMPLER, count));
    counts.scorers().ifPresent(count -> wanted.put(SlotKind.SCORER, count));
    adjust();
  }

  private void adjust() {
    for (Map.Entry<SlotKind, Integer> kind : wanted.entrySet()) {
      List<Worker> working = working(kind.getKey());
      for (Worker worker :
          working.subList(Math.min(kind.getValue(), working.size()), working.size())) {
        worker.retires = true;
        worker.ref.tell(RemoteWorker.Retire.INSTANCE);
      }
    }
    if (wanted.entrySet().stream()
        .anyMatch(kind -> working(kind.getKey()).size() < kind.getValue())) {
      node.tell(new ToNode.Provide(needed(SlotKind.SAMPLER), needed(SlotKind.SCORER)));
    }
  }

  private List<Worker> working(SlotKind kind) {
    return workers.stream()
        .filter(worker -> worker.slot.kind() == kind && !worker.retires)
        .toList();
  }

  /** Those that are about to end still have their slots. */
  private int needed(SlotKind kind) {
    long ending =
        workers.stream().filter(worker -> worker.slot.kind() == kind && worker.retires).count();
    return (int) ending + wanted.getOrDefault(kind, working(kind).size());
  }

  /** A worker has ended: its slot gets nothing more. */
  void retired(ActorRef<?> ended) {
    for (Worker worker : workers) {
      if (worker.ref.equals(ended) && !worker.retires) {
        context.getSelf().tell(new NodeLink.Dismiss("what the trainer has for a slot has failed"));
      } else if (worker.ref.equals(ended)) {
        worker.retired = true;
        worker.slot.slot().tell(RELEASE);
      }
    }
  }

  /** Says again what the node has not yet done. */
  void remind() {
    workers.stream()
        .filter(worker -> worker.retired)
        .forEach(worker -> worker.slot.slot().tell(RELEASE));
    adjust();
  }

  void tell(Availability now) {
    availability = now;
    workers.forEach(worker -> worker.ref.tell(now));
  }
}
