package io.tributary.run.life;

import io.tributary.data.ServiceState;
import io.tributary.metrics.ConfigChange;
import io.tributary.protocol.ServiceControl.Action;
import io.tributary.protocol.ServiceControl.Answer;
import io.tributary.protocol.ServiceControl.Done;
import io.tributary.protocol.ServiceControl.Unable;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The guardian while lambdas are fitted or files are read: the run can be begun or ended, and
 * whatever else operators ask for is refused.
 */
final class BeforeRun {
  private final RunServices services;
  private final CompletableFuture<Void> outcome;

  private BeforeRun(RunServices services, CompletableFuture<Void> outcome) {
    this.services = services;
    this.outcome = outcome;
  }

  /**
   * The behaviour until the run begins.
   *
   * @param begun the behaviour from then on
   * @param outcome completed when the run is to end without having begun
   */
  static Behavior<GuardianCommand> create(
      Behavior<GuardianCommand> begun, RunServices services, CompletableFuture<Void> outcome) {
    BeforeRun before = new BeforeRun(services, outcome);
    return Behaviors.receive(GuardianCommand.class)
        .onMessageEquals(GuardianCommand.Begin.INSTANCE, () -> begun)
        .onMessageEquals(GuardianCommand.Drain.INSTANCE, before::end)
        .onMessage(GuardianCommand.Perform.class, before::perform)
        .onMessage(GuardianCommand.Change.class, before::change)
        .build();
  }

  private Behavior<GuardianCommand> perform(GuardianCommand.Perform request) {
    if (request.action() == Action.DRAIN) {
      request.answer().complete(new Done("the run had not begun: it ends"));
      return end();
    }
    request.answer().complete(refusal());
    return Behaviors.same();
  }

  private Behavior<GuardianCommand> change(GuardianCommand.Change request) {
    services.metrics().service().configChanged(ConfigChange.REJECTED);
    request.answer().complete(refusal());
    return Behaviors.same();
  }

  private Answer refusal() {
    return new Unable(
        "the run has not begun, it is %s; it can be drained, and all else when it is RUNNING"
            .formatted(services.watch().get().state()));
  }

  private Behavior<GuardianCommand> end() {
    services.watch().state(ServiceState.DRAINING, null);
    services.console().line("no checkpoint: the run had not begun");
    outcome.complete(null);
    return Behaviors.same();
  }
}
