package io.tributary.testing.run;

import io.tributary.data.Draw;
import io.tributary.data.ScoredDraw;
import io.tributary.data.ScoredSequence;
import io.tributary.data.Sequence;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.protocol.SamplerCommand;
import io.tributary.protocol.SamplerCommand.DrawSequences;
import io.tributary.protocol.SamplerCommand.TakeOver;
import io.tributary.protocol.ScorerCommand;
import io.tributary.protocol.ScorerCommand.Score;
import io.tributary.protocol.WorkerEvent;
import io.tributary.run.assembly.WorkerBehaviors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Faults for the samplers and scorers of a run: what they do before or in place of a message's
 * handling, and what becomes of their results.
 */
public final class FaultyWorkers {
  private FaultyWorkers() {}

  /** What a worker makes of a message; null where nothing is left to handle. */
  private interface Fault<C> {
    @Nullable C meet(TypedActorContext<C> context, C message);
  }

  private static <C> Behavior<C> intercepted(
      Class<C> protocol, Fault<C> fault, Behavior<C> behavior) {
    return Behaviors.intercept(
        () ->
            new BehaviorInterceptor<>(protocol) {
              @Override
              public Behavior<C> aroundReceive(
                  TypedActorContext<C> context, C message, ReceiveTarget<C> target) {
                C left = fault.meet(context, message);
                return left == null ? Behaviors.same() : target.apply(context, left);
              }
            },
        behavior);
  }

  private static WorkerBehaviors samplers(WorkerBehaviors workers, Fault<SamplerCommand> fault) {
    return new WorkerBehaviors(
        place -> intercepted(SamplerCommand.class, fault, workers.sampler().apply(place)),
        workers.scorer());
  }

  private static WorkerBehaviors scorers(WorkerBehaviors workers, Fault<ScorerCommand> fault) {
    return new WorkerBehaviors(
        workers.sampler(),
        place -> intercepted(ScorerCommand.class, fault, workers.scorer().apply(place)));
  }

  /** Samplers that do something in place of a draw, wherever the predicate holds. */
  public static UnaryOperator<WorkerBehaviors> samplersAt(Predicate<Long> draw, Runnable instead) {
    return workers ->
        samplers(
            workers,
            (context, message) -> {
              if (message instanceof DrawSequences asked && draw.test(asked.order().number())) {
                instead.run();
                return null;
              }
              return message;
            });
  }

  /** Samplers that never take these versions of the proposal over. */
  public static UnaryOperator<WorkerBehaviors> deafTo(Predicate<Long> version) {
    return workers ->
        samplers(
            workers,
            (context, message) ->
                message instanceof TakeOver brought && version.test(number(brought))
                    ? null
                    : message);
  }

  /** Samplers that get these versions of the proposal with a flipped bit in them. */
  public static UnaryOperator<WorkerBehaviors> flippedBitIn(Predicate<Long> version) {
    return workers ->
        samplers(
            workers,
            (context, message) ->
                message instanceof TakeOver brought && version.test(number(brought))
                    ? new TakeOver(flipped(brought.proposal()), brought.replyTo())
                    : message);
  }

  private static long number(TakeOver brought) {
    return brought.proposal().version().number();
  }

  private static WeightSnapshot flipped(WeightSnapshot weights) {
    List<TensorBytes> tensors = new ArrayList<>(weights.tensors());
    TensorBytes first = tensors.get(0);
    byte[] bytes = first.bytes().clone();
    bytes[0] ^= 1;
    tensors.set(0, new TensorBytes(first.name(), first.shape(), bytes));
    return new WeightSnapshot(weights.version(), tensors);
  }

  /** The fault at one place only; workers at all others do as before. */
  public static UnaryOperator<WorkerBehaviors> onlyAt(
      int place, UnaryOperator<WorkerBehaviors> fault) {
    return workers -> {
      WorkerBehaviors faulty = fault.apply(workers);
      return new WorkerBehaviors(
          at -> (at == place ? faulty : workers).sampler().apply(at),
          at -> (at == place ? faulty : workers).scorer().apply(at));
    };
  }

  /** Scorers that do something in place of their work on a draw, wherever the predicate holds. */
  public static UnaryOperator<WorkerBehaviors> scorersAt(Predicate<Long> draw, Runnable instead) {
    return workers ->
        scorers(
            workers,
            (context, message) -> {
              if (draw.test(message.draw().number())) {
                instead.run();
                return null;
              }
              return message;
            });
  }

  /** Samplers that do something before they make a draw. */
  public static UnaryOperator<WorkerBehaviors> samplersAfter(Runnable first) {
    return workers ->
        samplers(
            workers,
            (context, message) -> {
              if (message instanceof DrawSequences) {
                first.run();
              }
              return message;
            });
  }

  /** Scorers that do something before they score a draw. */
  public static UnaryOperator<WorkerBehaviors> scorersAfter(Runnable first) {
    return workers ->
        scorers(
            workers,
            (context, message) -> {
              if (message instanceof Score) {
                first.run();
              }
              return message;
            });
  }

  /** Samplers whose draws come out changed, wherever the predicate holds. */
  public static UnaryOperator<WorkerBehaviors> drawsAt(
      Predicate<Long> draw, UnaryOperator<Draw> change) {
    return workers ->
        samplers(
            workers,
            (context, message) ->
                message instanceof DrawSequences asked && draw.test(asked.order().number())
                    ? new DrawSequences(
                        asked.order(),
                        context.asJava().spawnAnonymous(changing(change, asked.replyTo())))
                    : message);
  }

  /** Scorers whose scores come out changed, wherever the predicate holds. */
  public static UnaryOperator<WorkerBehaviors> scoresAt(
      Predicate<Long> draw, UnaryOperator<ScoredDraw> change) {
    return workers ->
        scorers(
            workers,
            (context, message) ->
                message instanceof Score asked && draw.test(asked.draw().number())
                    ? new Score(
                        asked.draw(),
                        asked.lambdas(),
                        context.asJava().spawnAnonymous(changing(change, asked.replyTo())))
                    : message);
  }

  private static <R> Behavior<WorkerEvent<R>> changing(
      UnaryOperator<R> change, ActorRef<WorkerEvent<R>> replyTo) {
    return Behaviors.receiveMessage(
        event -> {
          if (event instanceof WorkerEvent.Finished<R> finished) {
            replyTo.tell(
                new WorkerEvent.Finished<>(
                    finished.draw(),
                    finished.worker(),
                    change.apply(finished.result()),
                    finished.time()));
            return Behaviors.stopped();
          }
          replyTo.tell(event);
          return Behaviors.same();
        });
  }

  /** Scorers that add something to each log P(x), in nats. */
  public static UnaryOperator<WorkerBehaviors> logTargetsPlus(ToDoubleFunction<Sequence> added) {
    return scoresAt(
        draw -> true,
        scored ->
            new ScoredDraw(
                scored.number(),
                scored.sequences().stream()
                    .map(
                        s ->
                            new ScoredSequence(
                                s.sequence(),
                                s.text(),
                                s.features(),
                                s.logBase(),
                                s.tokenLogBases(),
                                s.milestoneBases(),
                                s.logTarget() + added.applyAsDouble(s.sequence()),
                                s.decidedAt()))
                    .toList(),
                scored.dropped()));
  }

  /** Scorers after whose scores the learner fails: they hold a token that there is not. */
  public static UnaryOperator<WorkerBehaviors> poisonLearnerAt(Predicate<Long> draw) {
    return scoresAt(draw, scored -> withTokens(scored, s -> new int[] {1_000_000}));
  }

  private static ScoredDraw withTokens(ScoredDraw draw, Function<Sequence, int[]> tokens) {
    List<ScoredSequence> sequences =
        draw.sequences().stream()
            .map(
                s ->
                    new ScoredSequence(
                        new Sequence(
                            s.sequence().draw(),
                            s.sequence().index(),
                            tokens.apply(s.sequence()),
                            new double[] {s.sequence().logProposal()},
                            s.sequence().proposalVersion()),
                        s.text(),
                        s.features(),
                        s.logBase(),
                        s.logTarget()))
            .toList();
    return new ScoredDraw(draw.number(), sequences, draw.dropped());
  }

  public static void fail() {
    throw new IllegalStateException("as the test asked");
  }

  /** True for the first one with this number only. */
  public static Predicate<Long> once(long number) {
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    return n -> n == number && seen.add(n);
  }
}
