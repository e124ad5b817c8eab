package io.tributary.stage.evaluate;

import io.tributary.metrics.Measurements;
import io.tributary.metrics.StageMetrics;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Compare;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.EvaluatorCommand.Evaluate;
import io.tributary.protocol.EvaluatorCommand.Evaluated;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** Evaluates policies on its own thread, independently of the stream. */
public final class Evaluator extends AbstractBehavior<EvaluatorCommand> {
  private final PolicyEvaluation evaluation;
  private final StageMetrics metrics;

  /**
   * An evaluator.
   *
   * @param evaluation makes the evaluator's copies of the models; called on its thread
   */
  public static Behavior<EvaluatorCommand> create(
      Supplier<PolicyEvaluation> evaluation, StageMetrics metrics) {
    return Behaviors.setup(context -> new Evaluator(context, evaluation.get(), metrics));
  }

  private Evaluator(
      ActorContext<EvaluatorCommand> context, PolicyEvaluation evaluation, StageMetrics metrics) {
    super(context);
    this.evaluation = evaluation;
    this.metrics = metrics;
  }

  @Override
  public Receive<EvaluatorCommand> createReceive() {
    return newReceiveBuilder()
        .onMessage(Evaluate.class, this::onEvaluate)
        .onMessage(Compare.class, this::onCompare)
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  private Behavior<EvaluatorCommand> onEvaluate(Evaluate command) {
    Measurements measurements =
        counted(
            evaluation.evaluatedSequences(),
            () ->
                evaluation.evaluate(
                    command.step(),
                    command.policy(),
                    command.partitionFunction(),
                    command.target()));
    command.replyTo().tell(new Evaluated(command.step(), measurements));
    return this;
  }

  private Behavior<EvaluatorCommand> onCompare(Compare command) {
    int n = command.n();
    Compared compared =
        counted(2L * n, () -> new Compared(evaluation.baseTexts(n), evaluation.policyTexts(n)));
    command.replyTo().tell(compared);
    return this;
  }

  /** Computes, and counts the time and what was drawn meanwhile. */
  private <R> R counted(long inflight, Supplier<R> computation) {
    metrics.inflight(inflight);
    long sequences = evaluation.drawnSequences();
    long tokens = evaluation.drawnTokens();
    long start = System.nanoTime();
    R result = computation.get();
    metrics.worked(WorkTime.busy(Duration.ofNanos(System.nanoTime() - start)));
    metrics.inflight(0);
    metrics.items(evaluation.drawnSequences() - sequences, evaluation.drawnTokens() - tokens);
    return result;
  }

  private Behavior<EvaluatorCommand> onEnd() {
    metrics.inflight(0);
    evaluation.close();
    return this;
  }
}
