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
  private final Guardian.Plan plan;
  private final CompletableFuture<Void> outcome;

  private BeforeRun(Guardian.Plan plan, CompletableFuture<Void> outcome) {
    this.plan = plan;
    this.outcome = outcome;
  }

  /**
   * The behaviour until the run begins.
   *
   * @param begun the behaviour from then on
   * @param outcome completed when the run is to end without having begun
   */
  static Behavior<Guardian.Command> create(
      Behavior<Guardian.Command> begun, Guardian.Plan plan, CompletableFuture<Void> outcome) {
    BeforeRun before = new BeforeRun(plan, outcome);
    return Behaviors.receive(Guardian.Command.class)
        .onMessageEquals(Guardian.Begin.INSTANCE, () -> begun)
        .onMessageEquals(Guardian.Drain.INSTANCE, before::end)
        .onMessage(Guardian.Perform.class, before::perform)
        .onMessage(Guardian.Change.class, before::change)
        .build();
  }

  private Behavior<Guardian.Command> perform(Guardian.Perform request) {
    if (request.action() == Action.DRAIN) {
      request.answer().complete(new Done("the run had not begun: it ends"));
      return end();
    }
    request.answer().complete(refusal());
    return Behaviors.same();
  }

  private Behavior<Guardian.Command> change(Guardian.Change request) {
    plan.metrics().service().configChanged(ConfigChange.REJECTED);
    request.answer().complete(refusal());
    return Behaviors.same();
  }

  private Answer refusal() {
    return new Unable(
        "the run has not begun, it is %s; it can be drained, and all else when it is RUNNING"
            .formatted(plan.watch().get().state()));
  }

  private Behavior<Guardian.Command> end() {
    plan.watch().state(ServiceState.DRAINING, null);
    plan.console().line("no checkpoint: the run had not begun");
    outcome.complete(null);
    return Behaviors.same();
  }
}
