package io.tributary.objective;

import io.tributary.objective.estimate.LogSpace;
import java.util.Arrays;
import java.util.List;

/**
 * Per-token advantages from per-token rewards and a value function: generalised advantage
 * estimation, Schulman et al. 2016, arXiv:1506.02438.
 *
 * <p>Arrays run over the T tokens of one sequence; the value after the last one is 0.
 *
 * @param discount gamma, in [0, 1]
 * @param lambda in [0, 1]: 0 trusts the value function, 1 the rewards
 */
public record GeneralisedAdvantage(double discount, double lambda) {
  /** Added to the variance, so that nothing is divided by 0. */
  private static final double EPSILON = 1e-8;

  /**
   * Per-token rewards under KL-control: r_t = - beta (log pi(x_t) - log a(x_t)), with r(x) added at
   * the last token (section 2.2 of Ziegler et al. 2019, arXiv:1909.08593). Their sum is the reward
   * r(x) - beta log( pi(x)/a(x) ) of Eq. (2), Korbak et al. 2022, arXiv:2206.00761.
   *
   * @param logPolicies (T), log pi of each token under the policy that drew the sequence, in nats
   * @param logBases (T), log a of each token in nats
   * @param beta per nat
   * @param reward r(x)
   * @return (T), r
   */
  public static double[] rewards(
      double[] logPolicies, double[] logBases, double beta, double reward) {
    double[] rewards = LogSpace.minus(logPolicies, logBases);
    Arrays.setAll(rewards, t -> -beta * rewards[t]);
    rewards[rewards.length - 1] += reward;
    return rewards;
  }

  /**
   * A_t = sum_l (gamma lambda)^l delta_{t+l} with delta_t = r_t + gamma V_{t+1} - V_t (Eq. (16),
   * Schulman et al. 2016, arXiv:1506.02438; Eq. (11) and (12), Schulman et al. 2017,
   * arXiv:1707.06347).
   *
   * @param rewards (T), r
   * @param values (T), V before each token is chosen
   * @return (T), A
   */
  public double[] advantages(double[] rewards, double[] values) {
    LogSpace.requireSameLength(rewards, values);
    double[] advantages = new double[rewards.length];
    double nextValue = 0;
    double nextAdvantage = 0;
    for (int t = rewards.length - 1; t >= 0; t--) {
      double delta = rewards[t] + discount * nextValue - values[t];
      advantages[t] = delta + discount * lambda * nextAdvantage;
      nextValue = values[t];
      nextAdvantage = advantages[t];
    }
    return advantages;
  }

  /**
   * R_t = A_t + V_t, the target of the value function (Ziegler et al. 2019, arXiv:1909.08593, in
   * their code): with lambda = 1 the discounted sum of the rewards to come.
   *
   * @param advantages (T), A before whitening
   * @param values (T), V
   * @return (T), R
   */
  public static double[] returns(double[] advantages, double[] values) {
    LogSpace.requireSameLength(advantages, values);
    double[] returns = new double[values.length];
    Arrays.setAll(returns, t -> advantages[t] + values[t]);
    return returns;
  }

  /**
   * (A - mean) / sqrt(variance + 1e-8) over all tokens of all sequences, as Ziegler et al. 2019,
   * arXiv:1909.08593, do in their code; the variance divides by the number of tokens. The mean is a
   * baseline of each token, which does not change the expected gradient.
   *
   * @param advantages A of each sequence's tokens
   */
  public static List<double[]> whitened(List<double[]> advantages) {
    double mean = moment(advantages, 0, 1);
    double deviation = Math.sqrt(moment(advantages, mean, 2) + EPSILON);
    return advantages.stream()
        .map(ofSequence -> Arrays.stream(ofSequence).map(a -> (a - mean) / deviation).toArray())
        .toList();
  }

  /** mean[ (A - center)^power ] over all tokens. */
  private static double moment(List<double[]> advantages, double center, int power) {
    return advantages.stream()
        .flatMapToDouble(Arrays::stream)
        .map(a -> Math.pow(a - center, power))
        .average()
        .orElse(Double.NaN);
  }
}
