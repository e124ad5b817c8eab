package io.tributary.stage.evaluate;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.data.Seeds;
import io.tributary.data.TensorBytes;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.model.LanguageModel;
import io.tributary.model.TextTokenizer;
import io.tributary.objective.estimate.Divergences;
import io.tributary.objective.estimate.PointEstimate;
import io.tributary.protocol.EvaluatorCommand.Judged;
import io.tributary.target.EnergyBasedModel;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws samples from the evaluator's own copy of the policy and measures them: moments, KL(p||pi),
 * KL(pi||a), perplexity under a, and how varied the texts are (section 4.2, Korbak et al. 2022,
 * arXiv:2206.00761). For one thread.
 *
 * <p>If sampling is truncated to the likeliest tokens, samples are not the policy's own and the
 * divergences are absent. So is KL(p||pi) if the samples cover too little of p ({@link
 * Divergences#klTargetPolicyOnPolicy}).
 */
public final class PolicyEvaluation implements AutoCloseable {

  private final EvaluationSettings settings;
  private final EvaluationSettings window;
  private final LanguageModel base;
  private final LanguageModel policy;
  private final Sampling sampling;
  private final Sampling windowSampling;

  /**
   * @param settings for evaluations: at temperature 1
   * @param window for decisions on the proposal: as samplers draw, since log q is of that
   * @param base the base model a; closed with this
   * @param policy a model of the same shape for the policy's weights; closed with this
   * @param progress called after every token of the sequences that are drawn, and after each group
   *     of sequences that is scored
   */
  public PolicyEvaluation(
      EvaluationSettings settings,
      EvaluationSettings window,
      LanguageModel base,
      LanguageModel policy,
      TextTokenizer tokenizer,
      EnergyBasedModel target,
      Runnable progress) {
    this.settings = settings;
    this.window = window;
    this.base = base;
    this.policy = policy;
    this.sampling = new Sampling(settings, base, tokenizer, target, progress);
    this.windowSampling = new Sampling(window, base, tokenizer, target, progress);
  }

  /** Loads the policy's weights. */
  public void takeOver(List<TensorBytes> weights) {
    policy.load(weights);
  }

  /** Loads the policy's weights and measures samples of it; {@code step} seeds their generator. */
  public Measurements evaluate(long step, List<TensorBytes> weights, PartitionFunctionEstimate z) {
    takeOver(weights);
    RandomGenerator random = Seeds.generator(settings.seed(), Seeds.Purpose.EVALUATION, step);
    Samples samples =
        sampling.samples(policy, settings.sequences(), random, "the evaluation of step " + step);
    Measurements measured = samples.measure(sampling.features());
    if (!settings.sampling().truncated()) {
      putDivergences(measured, samples, z);
    }
    return measured;
  }

  /** Samples that an evaluation draws. */
  int evaluatedSequences() {
    return settings.sequences();
  }

  /** Sequences that a judgement draws. */
  int judgedSequences() {
    return window.sequences();
  }

  /**
   * Draws sequences from a proposal that are not trained on, and computes their log-weights under
   * target and policy, on which the decision to replace the proposal is based (Algorithm 1, lines 6
   * and 7, Korbak et al. 2022, arXiv:2206.00761).
   *
   * @param step seeds the generator of the sequences
   */
  public Judged judge(long step, List<TensorBytes> proposal, List<TensorBytes> weights) {
    takeOver(proposal);
    Samples samples =
        windowSampling.samples(
            policy,
            window.sequences(),
            Seeds.generator(window.seed(), Seeds.Purpose.JUDGEMENT, step),
            "the window of step " + step);
    takeOver(weights);
    double[] logPolicies = sampling.logProbs(policy, samples.tokens());
    return new Judged(
        step,
        difference(samples.logTargets(sampling.target()), samples.logProbs()),
        difference(logPolicies, samples.logProbs()));
  }

  private static double[] difference(double[] minuend, double[] subtrahend) {
    double[] difference = new double[minuend.length];
    Arrays.setAll(difference, j -> minuend[j] - subtrahend[j]);
    return difference;
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

  /** Texts of {@code n} samples of the policy that was loaded, evaluated or judged last. */
  public List<String> policyTexts(int n) {
    return texts(policy, n, 1);
  }

  private List<String> texts(LanguageModel model, int n, long stream) {
    return sampling.texts(
        model, n, Seeds.generator(settings.seed(), Seeds.Purpose.COMPARISON, stream));
  }

  /** Sequences drawn so far, for any purpose. */
  long drawnSequences() {
    return sampling.sequences() + windowSampling.sequences();
  }

  /** Tokens drawn so far. */
  long drawnTokens() {
    return sampling.tokens() + windowSampling.tokens();
  }

  @Override
  public void close() {
    base.close();
    policy.close();
  }
}
