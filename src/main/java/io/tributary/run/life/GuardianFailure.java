package io.tributary.run.life;

import io.tributary.run.life.GuardianCommand.Request;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Reports what a guardian throws, which Pekko only logs before the actor system ends. */
final class GuardianFailure extends BehaviorInterceptor<GuardianCommand, GuardianCommand> {
  private final Consumer<Throwable> listener;

  private GuardianFailure(Consumer<Throwable> listener) {
    super(GuardianCommand.class);
    this.listener = listener;
  }

  /**
   * The same guardian; {@code listener} is told what it throws, on its thread, and so is the
   * operator whose request it was handling.
   */
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
    return telling(
        () -> {
          try {
            return target.apply(context, message);
          } catch (RuntimeException e) {
            if (message instanceof Request request) {
              request.answer().completeExceptionally(e);
            }
            throw e;
          }
        });
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
