package io.tributary.protocol;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.TargetSample;
import io.tributary.data.TensorBytes;
import io.tributary.metrics.Measurements;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** Commands to the evaluator. */
public sealed interface EvaluatorCommand {

  /**
   * Draw samples from this policy and measure it.
   *
   * @param step learner step of the policy; also seeds the generator of the samples
   * @param partitionFunction the learner's estimate of Z
   * @param target sequences that stand for p
   */
  record Evaluate(
      long step,
      List<TensorBytes> policy,
      PartitionFunctionEstimate partitionFunction,
      TargetSample target,
      ActorRef<Evaluated> replyTo)
      implements EvaluatorCommand {}

  /**
   * Draw {@code n} texts each from the base model and from the policy evaluated last, for people to
   * compare.
   */
  record Compare(int n, ActorRef<Compared> replyTo) implements EvaluatorCommand {}

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
