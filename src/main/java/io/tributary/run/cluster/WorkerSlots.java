package io.tributary.run.cluster;

import io.tributary.cluster.slot.Slot;
import io.tributary.cluster.wire.SlotKind;
import io.tributary.cluster.wire.ToSlot;
import io.tributary.cluster.wire.ToTrainer.OfferedSlot;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * The slots of a worker. They are only ever added to here; one that the trainer releases stops by
 * itself. For the thread of the actor whose children they are.
 */
final class WorkerSlots {

  /** What becomes a slot. */
  record Plan(String device, Behavior<ToSlot> slot) {}

  /** Makes plans. */
  @FunctionalInterface
  interface Plans {
    /**
     * The plan of one slot.
     *
     * @param place among those of its kind, from 0; decides on the device
     */
    Plan plan(SlotKind kind, int place);
  }

  private record Place(SlotKind kind, int number) {}

  private final ActorContext<?> context;
  private final Plans plans;
  private final TreeMap<Place, OfferedSlot> slots =
      new TreeMap<>(Comparator.comparing(Place::kind).thenComparingInt(Place::number));
  private long spawned;

  WorkerSlots(ActorContext<?> context, Plans plans) {
    this.context = context;
    this.plans = plans;
  }

  /**
   * Starts slots until there are at least so many of each kind.
   *
   * @return whether any was started
   */
  boolean provide(int samplers, int scorers) {
    boolean some = provide(SlotKind.SAMPLER, samplers);
    return provide(SlotKind.SCORER, scorers) || some;
  }

  private boolean provide(SlotKind kind, int count) {
    long missing = count - slots.keySet().stream().filter(place -> place.kind() == kind).count();
    List<Place> free =
        IntStream.iterate(0, number -> number + 1)
            .mapToObj(number -> new Place(kind, number))
            .filter(place -> !slots.containsKey(place))
            .limit(Math.max(0, missing))
            .toList();
    free.forEach(place -> slots.put(place, start(place)));
    return !free.isEmpty();
  }

  private OfferedSlot start(Place place) {
    Plan plan = plans.plan(place.kind(), place.number());
    ActorRef<ToSlot> slot = context.spawn(plan.slot(), place.kind() + "-" + spawned++);
    context.watch(slot);
    return new OfferedSlot(place.kind(), plan.device(), slot);
  }

  /** All that there are. */
  List<OfferedSlot> offered() {
    return List.copyOf(slots.values());
  }

  boolean isEmpty() {
    return slots.isEmpty();
  }

  /** All stop when they have finished what they are at. */
  void retire() {
    slots.values().forEach(slot -> slot.slot().<Object>unsafeUpcast().tell(Slot.Retire.INSTANCE));
  }

  /** A slot has stopped. */
  void gone(ActorRef<?> slot) {
    slots.values().removeIf(offered -> offered.slot().path().equals(slot.path()));
  }
}
