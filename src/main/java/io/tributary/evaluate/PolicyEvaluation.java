package io.tributary.evaluate;

import io.tributary.data.Measurements;
import io.tributary.data.Seeds;
import io.tributary.data.TensorBytes;
import io.tributary.model.AncestralSampler;
import io.tributary.model.Gpt;
import io.tributary.model.SamplingSettings;
import io.tributary.model.SequenceScores;
import io.tributary.model.TextTokenizer;
import io.tributary.objective.Divergences;
import io.tributary.objective.Moments;
import io.tributary.objective.PartitionFunction;
import io.tributary.objective.PointEstimate;
import io.tributary.protocol.EvaluatorCommand.TargetMass;
import io.tributary.target.Target;
import io.tributary.target.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws samples from the evaluator's own copy of the policy and measures them: moments, KL(p||pi),
 * KL(pi||a). For one thread.
 */
public final class PolicyEvaluation implements AutoCloseable {

  /**
   * What every evaluation has in common.
   *
   * @param sequences samples of an evaluation
   * @param rows samples that are computed at once
   * @param prefix tokens that every sequence follows
   * @param settings how tokens are chosen: plainly, at temperature 1, so that samples are the
   *     policy's own
   * @param seed of the run
   */
  public record Plan(int sequences, int rows, int[] prefix, SamplingSettings settings, long seed) {}

  private final Plan plan;
  private final Gpt base;
  private final Gpt policy;
  private final TextTokenizer tokenizer;
  private final Target target;

  /**
   * @param base the base model a; closed with this
   * @param policy a model of the same shape for the policy's weights; closed with this
   */
  public PolicyEvaluation(Plan plan, Gpt base, Gpt policy, TextTokenizer tokenizer, Target target) {
    this.plan = plan;
    this.base = base;
    this.policy = policy;
    this.tokenizer = tokenizer;
    this.target = target;
  }

  /**
   * Takes the policy's weights over and measures samples of it; {@code step} seeds their generator.
   */
  public Measurements evaluate(long step, List<TensorBytes> weights, TargetMass mass) {
    policy.load(weights);
    List<AncestralSampler.Sampled> samples =
        draw(
            policy, plan.sequences(), Seeds.generator(plan.seed(), Seeds.Purpose.EVALUATION, step));
    List<int[]> tokens = samples.stream().map(AncestralSampler.Sampled::tokens).toList();
    double[] logPolicies =
        samples.stream().mapToDouble(AncestralSampler.Sampled::logProb).toArray();
    double[] logBases = new SequenceScores(base, plan.rows()).logProbs(plan.prefix(), tokens);
    double[][] features =
        target.featureValues(
            tokens.stream().map(t -> new Text(tokenizer.decode(t), t.length)).toList());
    double[] logTargets = new double[tokens.size()];
    for (int i = 0; i < logTargets.length; i++) {
      logTargets[i] = target.logTarget(logBases[i], features[i]);
    }
    return measure(logPolicies, logBases, logTargets, features, mass);
  }

  private Measurements measure(
      double[] logPolicies,
      double[] logBases,
      double[] logTargets,
      double[][] features,
      TargetMass mass) {
    Measurements measured = new Measurements();
    var z =
        new PartitionFunction.Estimate(
            mass.logZ(), mass.relativeStandardError(), mass.count(), mass.positive(), Double.NaN);
    put(measured, "p_pi", Divergences.klTargetPolicyOnPolicy(logTargets, logPolicies, z));
    put(measured, "pi_a", Divergences.klPolicyBaseOnPolicy(logPolicies, logBases));
    for (int f = 0; f < target.features().size(); f++) {
      int feature = f;
      double[] values =
          java.util.Arrays.stream(features).mapToDouble(row -> row[feature]).toArray();
      measured.put(
          "feature_moment",
          Moments.ofSamples(values).value(),
          target.features().get(f).name(),
          "pi");
    }
    return measured;
  }

  private static void put(Measurements measured, String pair, PointEstimate kl) {
    measured.put("kl_nats", kl.value(), pair).put("kl_stderr_nats", kl.standardError(), pair);
  }

  /** Texts of {@code n} samples of the base model, for people to compare with the policy's. */
  public List<String> baseTexts(int n) {
    return texts(base, n, 0);
  }

  /** Texts of {@code n} samples of the policy that was evaluated last. */
  public List<String> policyTexts(int n) {
    return texts(policy, n, 1);
  }

  private List<String> texts(Gpt model, int n, long stream) {
    RandomGenerator random = Seeds.generator(plan.seed(), Seeds.Purpose.COMPARISON, stream);
    return draw(model, n, random).stream().map(s -> tokenizer.decode(s.tokens())).toList();
  }

  private List<AncestralSampler.Sampled> draw(Gpt model, int n, RandomGenerator random) {
    AncestralSampler sampler = new AncestralSampler(model, plan.settings());
    List<AncestralSampler.Sampled> samples = new ArrayList<>(n);
    while (samples.size() < n) {
      int rows = Math.min(plan.rows(), n - samples.size());
      samples.addAll(sampler.draw(plan.prefix(), rows, random, () -> {}));
    }
    return samples;
  }

  @Override
  public void close() {
    base.close();
    policy.close();
  }
}
