package io.tributary.protocol;

import io.tributary.data.Measurements;
import io.tributary.data.TensorBytes;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What the evaluator is told. */
public sealed interface EvaluatorCommand {

  /**
   * Draw samples from this policy and measure it.
   *
   * @param step learner step of the policy; also names the generator of the samples
   * @param policy its weights
   * @param partitionFunction the learner's estimate of Z
   */
  record Evaluate(
      long step,
      List<TensorBytes> policy,
      TargetMass partitionFunction,
      ActorRef<Evaluated> replyTo)
      implements EvaluatorCommand {}

  /**
   * Draw {@code n} texts each from the base model and from the policy evaluated last, for people to
   * compare.
   */
  record Compare(int n, ActorRef<Compared> replyTo) implements EvaluatorCommand {}

  /**
   * Z as the learner knows it.
   *
   * @param logZ log of the estimate; minus infinity while no positive weight has been seen
   * @param relativeStandardError standard error of Z divided by Z
   * @param count sequences that the estimate rests on
   * @param positive how many of them had a positive weight
   */
  record TargetMass(double logZ, double relativeStandardError, long count, long positive) {}

  /** What was measured on samples drawn from the policy. */
  record Evaluated(long step, Measurements measurements) {}

  /** Texts of the base model and of the policy. */
  record Compared(List<String> base, List<String> policy) {
    public Compared {
      base = List.copyOf(base);
      policy = List.copyOf(policy);
    }
  }
}
