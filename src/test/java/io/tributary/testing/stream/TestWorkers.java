package io.tributary.testing.stream;

import io.tributary.data.DrawFeatures;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.ScorerCommand.ComputeFeatures;
import io.tributary.protocol.ScorerCommand.Score;
import io.tributary.protocol.WorkerEvent;
import io.tributary.protocol.WorkerLost;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.japi.function.Function;

/** Samplers and scorers without a model, that take their time at random and fail on request. */
public final class TestWorkers {
  public static final int DRAW = 4;

  private final Random random;
  private final Set<Long> throwOnceAt = ConcurrentHashMap.newKeySet();
  private final Set<Long> throwAt = ConcurrentHashMap.newKeySet();
  private final Set<Long> scorerThrowsOnceAt = ConcurrentHashMap.newKeySet();
  private final Set<Long> hangOnceAt = ConcurrentHashMap.newKeySet();
  private final ActorRef<Long> hung;

  /**
   * @param hung hears the number of the draw that a sampler hangs on
   */
  public TestWorkers(long seed, ActorRef<Long> hung) {
    this.random = new Random(seed);
    this.hung = hung;
  }

  public TestWorkers throwingOnceAt(long draw) {
    throwOnceAt.add(draw);
    return this;
  }

  public TestWorkers throwingAt(long draw) {
    throwAt.add(draw);
    return this;
  }

  public TestWorkers scorerThrowingOnceAt(long draw) {
    scorerThrowsOnceAt.add(draw);
    return this;
  }

  public TestWorkers hangingOnceAt(long draw) {
    hangOnceAt.add(draw);
    return this;
  }

  /** Keeps so many workers alive: starts another for each that fails or is lost. */
  public static <C> Behavior<WorkerLost> guardian(int count, Supplier<Behavior<C>> worker) {
    return Behaviors.setup(
        context -> {
          for (int i = 0; i < count; i++) {
            context.watch(context.spawnAnonymous(worker.get()));
          }
          return Behaviors.receive(WorkerLost.class)
              .onMessage(
                  WorkerLost.class,
                  lost -> {
                    context.unwatch(lost.worker());
                    context.stop(lost.worker());
                    context.watch(context.spawnAnonymous(worker.get()));
                    return Behaviors.same();
                  })
              .onSignal(
                  ChildFailed.class,
                  failed -> {
                    context.watch(context.spawnAnonymous(worker.get()));
                    return Behaviors.same();
                  })
              .build();
        });
  }

  public Behavior<SamplerCommand> sampler() {
    return registered(
        SamplerCommand.KEY,
        context ->
            Behaviors.receive(SamplerCommand.class)
                .onMessage(DrawSequences.class, draw -> onDraw(context, draw))
                .build());
  }

  public Behavior<ScorerCommand> scorer() {
    return registered(
        ScorerCommand.KEY,
        context ->
            Behaviors.receive(ScorerCommand.class)
                .onMessage(Score.class, score -> onScore(context, score))
                .onMessage(ComputeFeatures.class, asked -> onComputeFeatures(context, asked))
                .build());
  }

  private Behavior<SamplerCommand> onDraw(
      ActorContext<SamplerCommand> context, DrawSequences draw) {
    if (throwAt.contains(draw.order().number()) || throwOnceAt.remove(draw.order().number())) {
      throw new IllegalStateException("a sampler that throws");
    }
    if (hangOnceAt.remove(draw.order().number())) {
      hung.tell(draw.order().number());
      return Behaviors.same();
    }
    var drawn = Draws.draw(draw.order());
    later(
        context,
        draw.replyTo(),
        new WorkerEvent.Finished<>(draw.order().number(), context.getSelf(), drawn, WorkTime.NONE));
    return Behaviors.same();
  }

  private Behavior<ScorerCommand> onScore(ActorContext<ScorerCommand> context, Score score) {
    long number = score.draw().number();
    Set<Integer> dropped = number % 5 == 4 ? Set.of((int) (number % DRAW)) : Set.of();
    var scored = Draws.score(score.draw(), dropped);
    later(
        context,
        score.replyTo(),
        new WorkerEvent.Finished<>(number, context.getSelf(), scored, WorkTime.NONE));
    return Behaviors.same();
  }

  private Behavior<ScorerCommand> onComputeFeatures(
      ActorContext<ScorerCommand> context, ComputeFeatures asked) {
    long number = asked.draw().number();
    if (scorerThrowsOnceAt.remove(number)) {
      throw new IllegalStateException("a scorer that throws");
    }
    List<double[]> features =
        asked.draw().sequences().stream()
            .skip(number % 5 == 4 ? 1 : 0)
            .map(sequence -> new double[] {Math.floorMod(31 * number + sequence.index(), 3)})
            .toList();
    var computed = new DrawFeatures(number, features, DRAW - features.size());
    later(
        context,
        asked.replyTo(),
        new WorkerEvent.Finished<>(number, context.getSelf(), computed, WorkTime.NONE));
    return Behaviors.same();
  }

  private static <C> Behavior<C> registered(
      ServiceKey<C> key, Function<ActorContext<C>, Behavior<C>> rest) {
    return Behaviors.setup(
        context -> {
          context.getSystem().receptionist().tell(Receptionist.register(key, context.getSelf()));
          return rest.apply(context);
        });
  }

  /** Sends the event after a random number of detours through another actor's mailbox. */
  private <R> void later(
      ActorContext<?> context, ActorRef<WorkerEvent<R>> replyTo, WorkerEvent<R> event) {
    int detours;
    synchronized (random) {
      detours = random.nextInt(50);
    }
    Behavior<Integer> detour =
        Behaviors.receive(
            (self, left) -> {
              if (left == 0) {
                replyTo.tell(event);
                return Behaviors.stopped();
              }
              self.getSelf().tell(left - 1);
              return Behaviors.same();
            });
    context.spawnAnonymous(detour).tell(detours);
  }
}
