package io.tributary.testing.training;

import io.tributary.data.PartitionFunctionEstimate;
import io.tributary.objective.BatchValues;
import io.tributary.objective.RunningEstimates;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Forty sequences, all of them known, so that every expectation is a sum: base model a, target P =
 * a phi, policy pi, and two proposals that differ from both.
 */
public final class EnumerableWorld {
  public static final int SIZE = 40;

  public final double[] a = softmax(logits(1, 1.5));
  public final double[] policyLogits = mix(logits(1, 1.5), logits(2, 0.7), 0.8);
  public final double[] pi = softmax(policyLogits);
  public final double[] q = softmax(mix(logits(1, 1.5), logits(3, 0.6), 0.9));
  public final double[] olderQ = softmax(mix(logits(1, 1.5), logits(4, 0.9), 0.7));

  /** A feature of every third sequence or so, with a factor other than 1 on some. */
  public final double[] phi = map(x -> x % 3 == 1 ? 1 : x % 7 == 2 ? 0.4 : 0);

  public final double[] target; // P
  public final double z;
  public final double[] p;

  /** Some sequences can't be had: P = a phi. */
  public EnumerableWorld() {
    this(phi -> phi);
  }

  /** P = a times a factor that phi decides. */
  public EnumerableWorld(DoubleUnaryOperator factor) {
    target = map(x -> a[x] * factor.applyAsDouble(phi[x]));
    z = Arrays.stream(target).sum();
    p = map(x -> target[x] / z);
  }

  /** The enumerated Z, without error. */
  public PartitionFunctionEstimate exactZ() {
    return new PartitionFunctionEstimate(Math.log(z), 0, 1, 1, 1);
  }

  /** log w of all sequences under a proposal. */
  public double[] logWeights(double[] proposal) {
    return map(x -> Math.log(target[x]) - Math.log(proposal[x]));
  }

  /** All sequences as if each were drawn once from a proposal, with the reward phi. */
  public BatchValues values(double[] proposal, PartitionFunctionEstimate z) {
    return new BatchValues(
        logWeights(proposal), logs(proposal), logs(pi), logs(a), phi, new RunningEstimates(z, 0));
  }

  /** Values of which nothing but these matters; log q is 0. */
  public static BatchValues values(
      double[] logWeights, double[] logPolicyRatios, PartitionFunctionEstimate z) {
    double[] nothing = new double[logWeights.length];
    return new BatchValues(
        logWeights, nothing, logPolicyRatios, nothing, nothing, new RunningEstimates(z, 0));
  }

  /** log m1 - log m2 of all sequences. */
  public static double[] logRatios(double[] model1, double[] model2) {
    return map(x -> Math.log(model1[x]) - Math.log(model2[x]));
  }

  public static double[] logs(double[] model) {
    return Arrays.stream(model).map(Math::log).toArray();
  }

  /** E_m[f] by enumeration. */
  public static double expectation(double[] model, IntToDoubleFunction f) {
    return IntStream.range(0, SIZE)
        .filter(x -> model[x] > 0)
        .mapToDouble(x -> model[x] * f.applyAsDouble(x))
        .sum();
  }

  /** KL(m1||m2) in nats. */
  public static double kl(double[] model1, double[] model2) {
    return expectation(model1, x -> Math.log(model1[x] / model2[x]));
  }

  /** Total variation distance. */
  public static double tvd(double[] model1, double[] model2) {
    return IntStream.range(0, SIZE).mapToDouble(x -> Math.abs(model1[x] - model2[x])).sum() / 2;
  }

  public static double[] softmax(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(l -> Math.exp(l) / sum).toArray();
  }

  /** n sequences from a model. */
  public static int[] sample(double[] model, int n, Random random) {
    double[] cumulative = model.clone();
    Arrays.parallelPrefix(cumulative, Double::sum);
    return IntStream.range(0, n)
        .map(
            j -> {
              int found = Arrays.binarySearch(cumulative, random.nextDouble());
              return Math.min(found < 0 ? -found - 1 : found + 1, model.length - 1);
            })
        .toArray();
  }

  /** The values of the sampled sequences. */
  public static double[] at(int[] sample, double[] values) {
    return Arrays.stream(sample).mapToDouble(x -> values[x]).toArray();
  }

  public static double[] join(double[] first, double[] second) {
    double[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  public static double[] map(IntToDoubleFunction f) {
    return IntStream.range(0, SIZE).mapToDouble(f).toArray();
  }

  public static double[] mix(double[] first, double[] second, double share) {
    return map(x -> share * first[x] + (1 - share) * second[x]);
  }

  private static double[] logits(long seed, double spread) {
    Random random = new Random(seed);
    return map(x -> spread * random.nextGaussian());
  }

  /** Of the target: a sample of mixed proposal versions, half of it from each, as arrays. */
  public record MixedSample(
      double[] logWeights,
      double[] logPolicyRatios,
      double[] logPolicies,
      double[] logBases,
      double[] features) {}

  public MixedSample mixedSample(int n, Random random) {
    int[] older = sample(olderQ, n / 2, random);
    int[] current = sample(q, n - n / 2, random);
    return new MixedSample(
        join(at(older, logWeights(olderQ)), at(current, logWeights(q))),
        join(at(older, logRatios(pi, olderQ)), at(current, logRatios(pi, q))),
        join(at(older, logs(pi)), at(current, logs(pi))),
        join(at(older, logs(a)), at(current, logs(a))),
        join(at(older, phi), at(current, phi)));
  }
}
