package io.tributary.stage.evaluate;

import io.tributary.metrics.Measurements;
import io.tributary.metrics.StageMetrics;
import io.tributary.metrics.WorkTime;
import io.tributary.protocol.EvaluatorCommand;
import io.tributary.protocol.EvaluatorCommand.Compare;
import io.tributary.protocol.EvaluatorCommand.Compared;
import io.tributary.protocol.EvaluatorCommand.Evaluate;
import io.tributary.protocol.EvaluatorCommand.Evaluated;
import io.tributary.protocol.EvaluatorCommand.Judge;
import io.tributary.protocol.EvaluatorCommand.Judged;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Evaluates policies, and judges them on sequences drawn for the purpose, on its own thread and
 * independently of the stream.
 */
public final class Evaluator extends AbstractBehavior<EvaluatorCommand> {
  private final PolicyEvaluation evaluation;
  private final StageMetrics metrics;
  private long countedSequences;
  private long countedTokens;

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
        .onMessage(Judge.class, this::onJudge)
        .onMessage(Compare.class, this::onCompare)
        .onSignal(PreRestart.class, signal -> onEnd())
        .onSignal(PostStop.class, signal -> onEnd())
        .build();
  }

  private Behavior<EvaluatorCommand> onEvaluate(Evaluate command) {
    metrics.inflight(evaluation.evaluatedSequences());
    long start = System.nanoTime();
    Measurements measurements =
        evaluation.evaluate(command.step(), command.policy(), command.partitionFunction());
    count(start);
    command.replyTo().tell(new Evaluated(command.step(), measurements));
    return this;
  }

  private Behavior<EvaluatorCommand> onJudge(Judge command) {
    metrics.inflight(evaluation.judgedSequences());
    long start = System.nanoTime();
    Judged judged =
        evaluation.judge(command.step(), command.proposal().tensors(), command.policy());
    count(start);
    command.replyTo().tell(judged);
    return this;
  }

  private Behavior<EvaluatorCommand> onCompare(Compare command) {
    metrics.inflight(2L * command.n());
    long start = System.nanoTime();
    var compared =
        new Compared(evaluation.baseTexts(command.n()), evaluation.policyTexts(command.n()));
    count(start);
    command.replyTo().tell(compared);
    return this;
  }

  /** Counts the time since {@code start}, and what was drawn meanwhile. */
  private void count(long start) {
    metrics.worked(WorkTime.busy(Duration.ofNanos(System.nanoTime() - start)));
    metrics.inflight(0);
    long sequences = evaluation.drawnSequences();
    long tokens = evaluation.drawnTokens();
    metrics.items(sequences - countedSequences, tokens - countedTokens);
    countedSequences = sequences;
    countedTokens = tokens;
  }

  private Behavior<EvaluatorCommand> onEnd() {
    metrics.inflight(0);
    evaluation.close();
    return this;
  }
}
