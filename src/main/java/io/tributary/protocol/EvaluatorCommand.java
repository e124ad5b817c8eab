package io.tributary.protocol;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.metrics.Measurements;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What the evaluator is told. */
public sealed interface EvaluatorCommand {

  /**
   * Draw samples from this policy and measure it.
   *
   * @param step learner step of the policy; also seeds the generator of the samples
   * @param partitionFunction the learner's estimate of Z
   */
  record Evaluate(
      long step,
      List<TensorBytes> policy,
      PartitionFunctionEstimate partitionFunction,
      ActorRef<Evaluated> replyTo)
      implements EvaluatorCommand {}

  /**
   * Draw sequences from this proposal and score them by the target and the policy.
   *
   * @param step learner step of the policy; also seeds the generator of the sequences
   */
  record Judge(
      long step, WeightSnapshot proposal, List<TensorBytes> policy, ActorRef<Judged> replyTo)
      implements EvaluatorCommand {}

  /**
   * Draw {@code n} texts each from the base model and from the policy evaluated or judged last, for
   * people to compare.
   */
  record Compare(int n, ActorRef<Compared> replyTo) implements EvaluatorCommand {}

  /** What was measured on samples drawn from the policy. */
  record Evaluated(long step, Measurements measurements) {}

  /**
   * The scores of sequences drawn from the proposal.
   *
   * @param logWeights (N), log w = log P - log q in nats
   * @param logPolicyRatios (N), log v = log pi - log q in nats
   */
  record Judged(long step, double[] logWeights, double[] logPolicyRatios) {}

  /** Texts of the base model and of the policy. */
  record Compared(List<String> base, List<String> policy) {
    public Compared {
      base = List.copyOf(base);
      policy = List.copyOf(policy);
    }
  }
}
