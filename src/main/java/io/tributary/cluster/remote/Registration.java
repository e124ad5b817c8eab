package io.tributary.cluster.remote;

import io.tributary.cluster.remote.RemoteWorker.Availability;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/**
 * Tells the pools, through the receptionist, whether a worker may be given work: while it can be
 * reached, does not pause after a failure, and is not retired.
 */
final class Registration {
  /** After a failure a worker gets no work for so long; twice as long after another one. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Runnable register;
  private final Runnable deregister;
  private boolean registered;
  private Availability availability = Availability.AVAILABLE;
  private boolean pauses;
  private boolean retired;
  private int failures;

  <C> Registration(
      ActorRef<Receptionist.Command> receptionist, ServiceKey<C> key, ActorRef<C> worker) {
    this.register = () -> receptionist.tell(Receptionist.register(key, worker));
    this.deregister = () -> receptionist.tell(Receptionist.deregister(key, worker));
    update();
  }

  /** Whether pools are told that they may give it work; what they have sent before still comes. */
  boolean stands() {
    return registered;
  }

  /** Whether work that comes is done; otherwise it is given back. */
  boolean takesWork() {
    return !retired && !pauses;
  }

  Availability availability() {
    return availability;
  }

  boolean retired() {
    return retired;
  }

  /** Failures since the last success. */
  int failures() {
    return failures;
  }

  void available(Availability now) {
    availability = now;
    update();
  }

  void retire() {
    retired = true;
    update();
  }

  void succeeded() {
    failures = 0;
  }

  /** Begins a pause; returns how long it is to be. */
  Duration failed() {
    failures++;
    pauses = true;
    update();
    return PAUSE.multipliedBy(1L << (failures - 1));
  }

  void pauseEnds() {
    pauses = false;
    update();
  }

  private void update() {
    boolean available = availability == Availability.AVAILABLE && takesWork();
    if (available != registered) { // the cluster's receptionist fails if it is told twice
      registered = available;
      (available ? register : deregister).run();
    }
  }
}
