package io.tributary.run.life;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Tells what a guardian throws: its actor system only logs it, and ends. */
final class GuardianFailure extends BehaviorInterceptor<GuardianCommand, GuardianCommand> {
  private final Consumer<Throwable> listener;

  private GuardianFailure(Consumer<Throwable> listener) {
    super(GuardianCommand.class);
    this.listener = listener;
  }

  /** The same guardian; {@code listener} is told what it throws, on its thread. */
  static Behavior<GuardianCommand> told(
      Consumer<Throwable> listener, Behavior<GuardianCommand> guardian) {
    return Behaviors.intercept(() -> new GuardianFailure(listener), guardian);
  }

  @Override
  public Behavior<GuardianCommand> aroundStart(
      TypedActorContext<GuardianCommand> context, PreStartTarget<GuardianCommand> target) {
    return telling(() -> target.start(context));
  }

  @Override
  public Behavior<GuardianCommand> aroundReceive(
      TypedActorContext<GuardianCommand> context,
      GuardianCommand message,
      ReceiveTarget<GuardianCommand> target) {
    return telling(() -> target.apply(context, message));
  }

  @Override
  public Behavior<GuardianCommand> aroundSignal(
      TypedActorContext<GuardianCommand> context,
      Signal signal,
      SignalTarget<GuardianCommand> target) {
    return telling(() -> target.apply(context, signal));
  }

  private Behavior<GuardianCommand> telling(Supplier<Behavior<GuardianCommand>> behavior) {
    try {
      return behavior.get();
    } catch (RuntimeException | Error e) {
      listener.accept(FailureCause.of(e));
      throw e;
    }
  }
}
