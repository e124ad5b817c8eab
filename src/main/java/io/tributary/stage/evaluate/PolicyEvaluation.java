package io.tributary.stage.evaluate;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.Seeds;
import io.tributary.data.TargetSample;
import io.tributary.data.TensorBytes;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.model.LanguageModel;
import io.tributary.model.TextTokenizer;
import io.tributary.objective.estimate.Divergences;
import io.tributary.objective.estimate.PointEstimate;
import io.tributary.target.EnergyBasedModel;
import java.util.List;

/**
 * Draws samples from the evaluator's own copy of the policy and measures them: moments, KL(p||pi),
 * KL(pi||a), perplexity under a, and how varied the texts are (section 4.2, Korbak et al. 2022,
 * arXiv:2206.00761). Not thread-safe.
 *
 * <p>KL(p||pi) is measured on sequences that stand for p, {@link TargetSample}, if there are enough
 * of them. If not, the policy's samples are all there is: it is absent then if they cover too
 * little of p ({@link Divergences#klTargetPolicyOnPolicy}). In the former case Z is among the
 * measurements, so that KL(p||pi) can be {@linkplain Divergences#rebased re-based}.
 *
 * <p>If sampling is truncated to the likeliest tokens, samples are not the policy's own and the
 * divergences are absent.
 */
public final class PolicyEvaluation implements AutoCloseable {
  private final LanguageModel base;
  private final LanguageModel policy;
  private final Sampling sampling;

  /**
   * @param settings for evaluations: at temperature 1
   * @param base the base model a; closed with this
   * @param policy a model of the same shape for the policy's weights; closed with this
   * @param progress called after every token of the sequences that are drawn, and after each group
   *     of sequences that is scored
   */
  public PolicyEvaluation(
      EvaluationSettings settings,
      LanguageModel base,
      LanguageModel policy,
      TextTokenizer tokenizer,
      EnergyBasedModel target,
      Runnable progress) {
    this.base = base;
    this.policy = policy;
    this.sampling = new Sampling(settings, base, tokenizer, target, progress);
  }

  /** Loads the policy's weights. */
  public void takeOver(List<TensorBytes> weights) {
    policy.load(weights);
  }

  /**
   * Loads the policy's weights and measures samples of it.
   *
   * @param step seeds their generator
   * @param held sequences that stand for p
   */
  public Measurements evaluate(
      long step, List<TensorBytes> weights, PartitionFunctionEstimate z, TargetSample held) {
    takeOver(weights);
    Samples samples =
        sampling.samples(policy, Seeds.Purpose.EVALUATION, step, "the evaluation of step " + step);
    Measurements measured = samples.measure();
    if (!sampling.settings().sampling().truncated()) {
      PointEstimate onTarget =
          Divergences.klTargetPolicyOnTarget(
              held.logTargets(), held.logWeights(), sampling.logProbs(policy, held.tokens()), z);
      if (onTarget.isPresent()) {
        samples.putDivergences(onTarget, measured);
        measured.put(Metric.PARTITION_FUNCTION, z.value());
      } else {
        samples.putDivergences(
            Divergences.klTargetPolicyOnPolicy(samples.logTargets(), samples.logProbs(), z),
            measured);
      }
    }
    return measured;
  }

  /** Samples that an evaluation draws. */
  int evaluatedSequences() {
    return sampling.settings().sequences();
  }

  /** Texts of {@code n} samples of the base model, for people to compare with the policy's. */
  public List<String> baseTexts(int n) {
    return sampling.texts(base, n, 0);
  }

  /** Texts of {@code n} samples of the policy that was loaded or evaluated last. */
  public List<String> policyTexts(int n) {
    return sampling.texts(policy, n, 1);
  }

  /** Sequences drawn so far, for any purpose. */
  long drawnSequences() {
    return sampling.sequences();
  }

  /** Tokens drawn so far. */
  long drawnTokens() {
    return sampling.tokens();
  }

  @Override
  public void close() {
    base.close();
    policy.close();
  }
}
