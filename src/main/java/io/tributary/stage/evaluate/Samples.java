package io.tributary.stage.evaluate;

import io.tributary.data.Measurements;
import io.tributary.objective.estimate.Moments;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.feature.Text;
import java.util.Arrays;
import java.util.List;

/**
 * N sequences drawn for an evaluation, with what models and target say of them.
 *
 * @param tokens what was drawn
 * @param texts the decoded texts
 * @param logProbs (N), log-probability in nats under the distribution that they were drawn from
 * @param logBases (N), log a in nats
 * @param features (N, features), phi
 */
record Samples(
    List<int[]> tokens,
    List<Text> texts,
    double[] logProbs,
    double[] logBases,
    double[][] features) {

  /** (N), log P in nats; minus infinity where P(x) = 0. */
  double[] logTargets(EnergyBasedModel target) {
    double[] logTargets = new double[features.length];
    Arrays.setAll(logTargets, i -> target.logTarget(logBases[i], features[i]));
    return logTargets;
  }

  /**
   * What needs no more than the samples: the features' means, how varied the texts are, and the
   * perplexity under the base model.
   *
   * @param names of the features, in their order
   */
  Measurements measure(List<String> names) {
    Measurements measured =
        TextMetrics.of(texts.stream().map(Text::words).toList())
            .put("perplexity_base", basePerplexity());
    for (int i = 0; i < names.size(); i++) {
      Moments.ofSamples(feature(i)).putMoment(measured, names.get(i), "pi");
    }
    return measured;
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
