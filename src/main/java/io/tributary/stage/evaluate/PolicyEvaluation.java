package io.tributary.stage.evaluate;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.Seeds;
import io.tributary.data.TensorBytes;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.model.LanguageModel;
import io.tributary.model.SamplingSettings;
import io.tributary.model.TextTokenizer;
import io.tributary.objective.estimate.Divergences;
import io.tributary.objective.estimate.PointEstimate;
import io.tributary.protocol.EvaluatorCommand.Judged;
import io.tributary.target.EnergyBasedModel;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws samples from the evaluator's own copy of the policy and measures them: moments, KL(p||pi),
 * KL(pi||a), perplexity under a, and how varied the texts are (section 4.2, Korbak et al. 2022,
 * arXiv:2206.00761). For one thread.
 *
 * <p>Where only the likeliest tokens are drawn, samples are not the policy's own and the
 * divergences are absent; so is KL(p||pi) where they see too little of p ({@link
 * Divergences#klTargetPolicyOnPolicy}).
 */
public final class PolicyEvaluation implements AutoCloseable {

  /**
   * What every evaluation has in common.
   *
   * @param sequences samples of an evaluation
   * @param rows samples that are computed at once
   * @param prefix tokens that every sequence follows
   * @param settings how tokens are chosen, at temperature 1
   * @param seed of the run
   */
  public record Plan(int sequences, int rows, int[] prefix, SamplingSettings settings, long seed) {
    Sampling.Plan sampling() {
      return sampling(settings);
    }

    Sampling.Plan sampling(SamplingSettings chosen) {
      return new Sampling.Plan(rows, prefix, chosen);
    }
  }

  private final Plan plan;
  private final LanguageModel base;
  private final LanguageModel policy;
  private final Sampling sampling;
  private final FreshWindow window;

  /**
   * @param window how sequences for decisions on the proposal are drawn
   * @param base the base model a; closed with this
   * @param policy a model of the same shape for the policy's weights; closed with this
   * @param progress called after every token of the sequences that are drawn, and after each group
   *     of sequences that is scored
   */
  public PolicyEvaluation(
      Plan plan,
      FreshWindow.Plan window,
      LanguageModel base,
      LanguageModel policy,
      TextTokenizer tokenizer,
      EnergyBasedModel target,
      Runnable progress) {
    this.plan = plan;
    this.base = base;
    this.policy = policy;
    this.sampling = new Sampling(plan.sampling(), base, tokenizer, target, progress);
    this.window =
        new FreshWindow(
            window,
            policy,
            new Sampling(plan.sampling(window.settings()), base, tokenizer, target, progress));
  }

  /** Takes the policy's weights over. */
  public void takeOver(List<TensorBytes> weights) {
    policy.load(weights);
  }

  /**
   * Takes the policy's weights over and measures samples of it; {@code step} seeds their generator.
   */
  public Measurements evaluate(long step, List<TensorBytes> weights, PartitionFunctionEstimate z) {
    takeOver(weights);
    RandomGenerator random = Seeds.generator(plan.seed(), Seeds.Purpose.EVALUATION, step);
    Samples samples =
        sampling.samples(policy, plan.sequences(), random, "the evaluation of step " + step);
    Measurements measured = samples.measure(sampling.features());
    if (!plan.settings().truncated()) {
      putDivergences(measured, samples, z);
    }
    return measured;
  }

  /** Samples that an evaluation draws. */
  int evaluatedSequences() {
    return plan.sequences();
  }

  /** Sequences that a judgement draws. */
  int judgedSequences() {
    return window.sequences();
  }

  /**
   * Judges a policy on sequences newly drawn from a proposal; {@code step} seeds their generator.
   */
  public Judged judge(long step, List<TensorBytes> proposal, List<TensorBytes> weights) {
    return window.judge(step, proposal, weights);
  }

  private void putDivergences(Measurements measured, Samples samples, PartitionFunctionEstimate z) {
    PointEstimate toPolicy =
        Divergences.klTargetPolicyOnPolicy(
            samples.logTargets(sampling.target()), samples.logProbs(), z);
    PointEstimate toBase = Divergences.klPolicyBaseOnPolicy(samples.logProbs(), samples.logBases());
    measured
        .putKl(Pair.P_PI, toPolicy.value(), toPolicy.standardError())
        .putKl(Pair.PI_A, toBase.value(), toBase.standardError());
  }

  /** Texts of {@code n} samples of the base model, for people to compare with the policy's. */
  public List<String> baseTexts(int n) {
    return texts(base, n, 0);
  }

  /** Texts of {@code n} samples of the policy that was taken over, evaluated or judged last. */
  public List<String> policyTexts(int n) {
    return texts(policy, n, 1);
  }

  private List<String> texts(LanguageModel model, int n, long stream) {
    return sampling.texts(model, n, Seeds.generator(plan.seed(), Seeds.Purpose.COMPARISON, stream));
  }

  /** Sequences drawn so far, for whatever it was. */
  long drawnSequences() {
    return sampling.sequences() + window.sampling().sequences();
  }

  /** Tokens drawn so far. */
  long drawnTokens() {
    return sampling.tokens() + window.sampling().tokens();
  }

  @Override
  public void close() {
    base.close();
    policy.close();
  }
}
