package io.tributary.testing.run;

import ai.djl.Device;
import io.tributary.config.TributaryConfig;
import io.tributary.metrics.StageMetrics;
import io.tributary.model.ModelDirectory;
import io.tributary.model.guide.TokenGuide;
import io.tributary.run.assembly.WorkerBehaviors;
import io.tributary.stage.score.DrawScoring;
import io.tributary.stage.score.Scorer;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.Factor;
import io.tributary.target.feature.Feature;
import io.tributary.target.feature.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Targets whose features fail or take long. */
public final class FaultyTarget {
  private FaultyTarget() {}

  /**
   * The same samplers, and scorers whose target's first feature does something else first.
   *
   * @param first called with the texts before their features are computed
   */
  public static WorkerBehaviors scored(
      WorkerBehaviors workers,
      TributaryConfig config,
      StageMetrics scorers,
      Consumer<List<Text>> first) {
    ModelDirectory model = ModelDirectory.open(config.model().base());
    EnergyBasedModel target = faulty(EnergyBasedModel.of(config.target()), first);
    return new WorkerBehaviors(
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
                        config.samplers().batchSize(),
                        DrawScoring.Detail.DECISIONS,
                        TokenGuide.NONE),
                scorers::clock));
  }

  private static EnergyBasedModel faulty(EnergyBasedModel target, Consumer<List<Text>> first) {
    List<Factor> factors = new ArrayList<>(target.factors());
    factors.set(0, new Factor.Required(new Faulty(factors.get(0).feature(), first)));
    return new EnergyBasedModel(factors);
  }

  private record Faulty(Feature feature, Consumer<List<Text>> first) implements Feature {
    @Override
    public String name() {
      return feature.name();
    }

    @Override
    public double value(Text text) {
      return feature.value(text);
    }

    @Override
    public boolean isDecided(Text beginning) {
      return feature.isDecided(beginning);
    }

    @Override
    public double[] values(List<Text> texts) {
      first.accept(texts);
      return feature.values(texts);
    }
  }
}
