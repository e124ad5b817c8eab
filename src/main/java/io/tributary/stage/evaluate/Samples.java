package io.tributary.stage.evaluate;

import io.tributary.metrics.Label.Distribution;
import io.tributary.metrics.Label.Pair;
import io.tributary.metrics.Measurements;
import io.tributary.metrics.Metric;
import io.tributary.objective.estimate.Divergences;
import io.tributary.objective.estimate.PointEstimate;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import java.util.Arrays;
import java.util.List;

/**
 * N sequences drawn for an evaluation, with their scores.
 *
 * @param target the target p, whose features are measured
 * @param tokens of each sequence
 * @param texts the decoded texts
 * @param logProbs (N), log-probability in nats under the distribution that they were drawn from
 * @param logBases (N), log a in nats
 * @param features (N, features), phi
 */
record Samples(
    EnergyBasedModel target,
    List<int[]> tokens,
    List<Text> texts,
    double[] logProbs,
    double[] logBases,
    double[][] features) {

  /** (N), log P in nats; minus infinity where P(x) = 0. */
  double[] logTargets() {
    double[] logTargets = new double[features.length];
    Arrays.setAll(logTargets, i -> target.logTarget(logBases[i], features[i]));
    return logTargets;
  }

  /**
   * Measurements of the samples alone: the features' means, the diversity of the texts, and the
   * perplexity under the base model.
   */
  Measurements measure() {
    Measurements measured =
        TextMetrics.of(texts.stream().map(Text::words).toList())
            .put(Metric.PERPLEXITY_BASE, basePerplexity());
    List<Feature> named = target.features();
    for (int i = 0; i < named.size(); i++) {
      PointEstimate moment = PointEstimate.mean(feature(i));
      measured.putMoment(
          named.get(i).name(), Distribution.PI, moment.value(), moment.standardError());
    }
    return measured;
  }

  /** Adds KL(p||pi) as given, and KL(pi||a) of the samples, which must be pi's own. */
  void putDivergences(PointEstimate targetPolicy, Measurements measured) {
    PointEstimate toBase = Divergences.klPolicyBaseOnPolicy(logProbs, logBases);
    measured
        .putKl(Pair.P_PI, targetPolicy.value(), targetPolicy.standardError())
        .putKl(Pair.PI_A, toBase.value(), toBase.standardError());
  }

  private double[] feature(int i) {
    return Arrays.stream(features).mapToDouble(row -> row[i]).toArray();
  }

  /** exp( - sum log a / tokens ) over the tokens of all samples. */
  private double basePerplexity() {
    long total = tokens.stream().mapToLong(t -> t.length).sum();
    return Math.exp(-Arrays.stream(logBases).sum() / total);
  }
}
