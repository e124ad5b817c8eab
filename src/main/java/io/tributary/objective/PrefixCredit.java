package io.tributary.objective;

import io.tributary.config.objective.ObjectiveConfig;
import io.tributary.config.objective.ObjectiveType.Baseline;
import io.tributary.data.PartitionFunctionEstimate;

/**
 * Divides the signal of GDC++ or GDC among the tokens of a sequence, with importance weights that
 * reach no further than they must.
 *
 * <p>Let b = P/a be decided by the first d tokens: no continuation changes it. For every proposal
 * q, E_q[ a/q of the tokens behind any one | those up to it ] = 1, so that in
 *
 * <pre>
 * - Z grad KL(p||pi) = E_q[ b sum_t w_t grad log pi(x_t | x_&lt;t) ]
 * </pre>
 *
 * the weight of token t need only be w_t = prod (a/q) over the first max(t, d) tokens, for d is a
 * stopping time. In the same way the baseline's v_t = prod (pi/q) is that of the first t tokens.
 * What comes behind the decision is the base model's alone, and there the expectation over the
 * token itself can be taken exactly: its term becomes - b w_{t-1} grad
 * KL(a(.|x_&lt;t)||pi(.|x_&lt;t)), without the noise of the token, and 0 where pi agrees with a.
 * docs/estimators.md has the proofs.
 *
 * @param baseline whether a baseline is subtracted
 * @param normaliseByZ whether coefficients are divided by Z
 * @param distils whether tokens behind the decision have divergences in place of coefficients
 */
public record PrefixCredit(boolean baseline, boolean normaliseByZ, boolean distils) {

  /**
   * A sequence of T tokens.
   *
   * @param logFactor log b in nats; minus infinity where P = 0
   * @param decidedAt d
   * @param logBases (T), log a of each token in nats; not read where P = 0
   * @param logProposals (T), log q of each token in nats
   * @param logPolicies (T), log pi of each token in nats
   */
  public record Tokens(
      double logFactor,
      int decidedAt,
      double[] logBases,
      double[] logProposals,
      double[] logPolicies) {}

  /**
   * What a sequence contributes: sum_t c_t grad log pi(x_t) - sum_t k_t grad KL(a||pi) at token t,
   * and sum_t sum_v m_tv grad log pi(v | x_&lt;t) of the milestones v before token t.
   *
   * @param coefficients (T), c
   * @param divergences (T), k, not negative
   * @param milestones (T, of each as many as there are), m; empty without any
   */
  public record Contribution(double[] coefficients, double[] divergences, double[][] milestones) {

    /** Without milestones. */
    public Contribution(double[] coefficients, double[] divergences) {
      this(coefficients, divergences, new double[0][]);
    }
  }

  /** The credit that the configuration describes. */
  public static PrefixCredit of(ObjectiveConfig config) {
    return new PrefixCredit(
        config.baseline() != Baseline.NONE, config.normaliseByZ(), config.distils());
  }

  /**
   * What coefficients are multiplied by so that they are in the unit of P, or in that of p.
   *
   * @param divides whether coefficients are divided by Z if they are to be
   */
  public double unit(PartitionFunctionEstimate z, boolean divides) {
    return isDivided(z, divides) ? Math.exp(-z.logZ()) : 1;
  }

  private boolean isDivided(PartitionFunctionEstimate z, boolean divides) {
    return divides && normaliseByZ && z.isKnown();
  }

  /** The signal of the tokens up to the decision, b a/q of them, in the {@link #unit}. */
  public double signal(Tokens tokens, PartitionFunctionEstimate z, boolean divides) {
    return Math.exp(logSignal(tokens) - (isDivided(z, divides) ? z.logZ() : 0));
  }

  /** Z v of each token up to the decision, in the {@link #unit}; 0 without a baseline. */
  public double[] baselines(Tokens tokens, PartitionFunctionEstimate z, boolean divides) {
    double[] baselines = new double[tokens.decidedAt()];
    double log = isDivided(z, divides) ? 0 : z.logZ();
    for (int t = 0; baseline && z.isKnown() && t < baselines.length; t++) {
      log += tokens.logPolicies()[t] - tokens.logProposals()[t];
      baselines[t] = Math.exp(log);
    }
    return baselines;
  }

  /**
   * The contribution of a sequence.
   *
   * @param z the estimate from earlier batches
   * @param level how much of the baseline is subtracted up to the decision; 1 is that of Algorithm
   *     1
   * @param divides whether coefficients are divided by Z if they are to be
   */
  public Contribution of(
      Tokens tokens, PartitionFunctionEstimate z, double level, boolean divides) {
    int n = tokens.logProposals().length;
    double[] coefficients = new double[n];
    double[] divergences = new double[n];
    double logSignal = logSignal(tokens) - (isDivided(z, divides) ? z.logZ() : 0);
    double signal = Math.exp(logSignal);
    double[] baselines = baselines(tokens, z, divides);
    for (int t = 0; t < baselines.length; t++) {
      coefficients[t] = signal - level * baselines[t];
    }
    double logWeight = logSignal;
    double logBaseline = logSignal; // what the signal would be worth if pi agreed with a
    for (int t = tokens.decidedAt(); signal > 0 && t < n; t++) {
      if (distils) {
        divergences[t] = Math.exp(logWeight);
      }
      logWeight += tokens.logBases()[t] - tokens.logProposals()[t];
      logBaseline += tokens.logPolicies()[t] - tokens.logProposals()[t];
      if (!distils) {
        coefficients[t] = Math.exp(logWeight) - (baseline ? Math.exp(logBaseline) : 0);
      }
    }
    return new Contribution(coefficients, divergences);
  }

  /** log( b a/q ) of the tokens up to the decision; minus infinity where P = 0. */
  private static double logSignal(Tokens tokens) {
    double log = tokens.logFactor();
    for (int t = 0; log > Double.NEGATIVE_INFINITY && t < tokens.decidedAt(); t++) {
      log += tokens.logBases()[t] - tokens.logProposals()[t];
    }
    return log;
  }
}
