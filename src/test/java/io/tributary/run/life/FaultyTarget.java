package io.tributary.run.life;

import ai.djl.Device;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.StageMetrics;
import io.tributary.model.ModelDirectory;
import io.tributary.run.assembly.Workers;
import io.tributary.stage.score.DrawScoring;
import io.tributary.stage.score.Scorer;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Target;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import java.util.List;
import java.util.function.Consumer;

/**
 * A target whose features fail or take long.
 *
 * @param target what it is otherwise
 * @param first called with the texts before their features are found
 */
record FaultyTarget(Target target, Consumer<List<Text>> first) implements Target {

  /** The same samplers, and scorers that find such features. */
  static Workers scored(
      Workers workers, TributaryConfig config, StageMetrics scorers, Consumer<List<Text>> first) {
    ModelDirectory model = ModelDirectory.open(config.model().base());
    Target target = new FaultyTarget(EnergyBasedModel.of(config.target()), first);
    return new Workers(
        workers.sampler(),
        place ->
            Scorer.create(
                () ->
                    new DrawScoring(
                        model.config().model(model.weights(), Device.cpu()),
                        model.tokenizer(),
                        target,
                        model.config().beginning(),
                        config.learner().microBatchSize(),
                        false),
                scorers::clock));
  }

  @Override
  public List<Feature> features() {
    return target.features();
  }

  @Override
  public double[] moments() {
    return target.moments();
  }

  @Override
  public double logFactor(double[] features) {
    return target.logFactor(features);
  }

  @Override
  public double[][] featureValues(List<Text> texts) {
    first.accept(texts);
    return target.featureValues(texts);
  }
}
