package io.tributary.stage.learn;

import ai.djl.Device;
import io.tributary.config.ConfigLoader;
import io.tributary.config.TributaryConfig;
import io.tributary.data.Batch;
import io.tributary.data.Fingerprint;
import io.tributary.data.ScoredSequence;
import io.tributary.io.JsonLines;
import io.tributary.metrics.Measurements;
import io.tributary.model.LanguageModel;
import io.tributary.model.guide.TokenGuide;
import io.tributary.stage.evaluate.PolicyEvaluation;
import io.tributary.stage.learn.checkpoint.CheckpointStore;
import io.tributary.stage.learn.checkpoint.Retention;
import io.tributary.stage.learn.checkpoint.RunIdentity;
import io.tributary.stage.learn.update.PolicyTrainer;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.testing.training.TinyWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The stages of a run one after the other in one thread, as with a staleness of 0. */
public final class TinyTraining implements AutoCloseable {
  private final TinyWorld world;
  private final TributaryConfig config;
  final TrainingRun run;
  private final ProposalSampling sampling;
  private final DrawScoring scoring;
  private final PolicyEvaluation evaluation;
  private long nextDraw;

  public TinyTraining(TinyWorld world, Path directory, Map<String, String> overrides)
      throws IOException {
    this.world = world;
    this.config = config(directory, overrides);
    this.run = setup(world, config, directory).begin();
    this.sampling =
        new ProposalSampling(
            world.config,
            Device.cpu(),
            config.samplers().batchSize(),
            world.prefix,
            TinyWorld.SETTINGS,
            TokenGuide.NONE,
            config.run().seed());
    this.scoring = world.scoring();
    this.evaluation = world.evaluation(config.evaluation().sequences());
    sampling.takeOver(run.proposal());
  }

  /** A configuration of small numbers, for a world's models. */
  public static TributaryConfig config(Path directory, Map<String, String> overrides)
      throws IOException {
    Path model = Files.createDirectories(directory.resolve("model"));
    for (String part : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.writeString(model.resolve(part), "");
    }
    Path file =
        Files.writeString(
            directory.resolve("tiny.conf"),
            """
            tributary {
              run { directory = "%s" }
              model.base = "%s"
              target.features = [ { name = chosen, type = word, word = red } ]
              partition-function.bootstrap-sequences = 256
              samplers { batch-size = 64, max-length = 4 }
              learner {
                batch-size = 64
                micro-batch-size = 64
                optimizer { learning-rate = 1e-2, warmup-steps = 0 }
              }
              evaluation.sequences = 64
            }
            """
                .formatted(directory.resolve("runs"), model));
    return ConfigLoader.load(file, overrides);
  }

  /** Settings of proximal policy optimisation with this KL coefficient. */
  public static Map<String, String> ppo(double beta, Map<String, String> overrides) {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "objective.type", "kl-control",
                "objective.form", "ppo",
                "objective.beta", Double.toString(beta),
                "stream.max-staleness-steps", "0",
                "publish.interval-steps", "1"));
    settings.putAll(overrides);
    return settings;
  }

  /** Overrides that name an objective, with what it can't be without. */
  public static Map<String, String> objective(String type) {
    return switch (type) {
      case "kl-control" -> Map.of("objective.type", type, "objective.beta", "0.2");
      case "f-divergence" ->
          Map.of("objective.type", type, "objective.divergence", "jensen-shannon");
      default -> Map.of("objective.type", type);
    };
  }

  static LearnerFiles files(Path directory, Retention retention) {
    return new LearnerFiles(
        new CheckpointStore(directory.resolve("checkpoints"), retention),
        new JsonLines(directory.resolve("metrics.jsonl")),
        new JsonLines(directory.resolve("samples.jsonl")),
        new JsonLines(directory.resolve("versions.jsonl")),
        new TargetSampleFile(directory.resolve("target-sample.jsonl")));
  }

  static LearnerSetup setup(TinyWorld world, TributaryConfig config, Path directory) {
    return new LearnerSetup(
        world.config,
        world.base.snapshot(),
        Device.cpu(),
        world.prefix,
        TokenGuide.NONE,
        world.target,
        config,
        RunIdentity.of(config, Fingerprint.of(world.base.snapshot())),
        files(directory, Retention.of(config.checkpoint())));
  }

  public void bootstrap() {
    List<ScoredSequence> scored = draws(config.bootstrapDraws());
    run.bootstrap(new Batch.Bootstrap(scored, nextDraw), () -> {});
  }

  /** The next batch of training. */
  Batch.Training batch() {
    List<ScoredSequence> scored = draws(config.drawsPerBatch());
    return new Batch.Training(scored, nextDraw);
  }

  /** A step, and what is due after it. */
  public PolicyTrainer.Step step() {
    PolicyTrainer.Step step = run.learn(batch(), () -> {});
    run.requireFiniteSteps();
    if (run.step() % config.publish().intervalSteps() == 0
        && run.judgeProposal(() -> {}).replaced()) {
      sampling.takeOver(run.proposal());
    }
    return step;
  }

  Measurements evaluate() {
    return evaluation.evaluate(
        run.step(), run.policy(), run.partitionFunction(), run.targetSample());
  }

  private List<ScoredSequence> draws(int n) {
    List<ScoredSequence> scored = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      scored.addAll(
          world.score(
              scoring,
              sampling.draw(TinyWorld.order(nextDraw++, config.samplers().batchSize()), () -> {})));
    }
    return scored;
  }

  /** The listed KL(p||pi) of the policy as it is now. */
  double klFromTarget() {
    return TinyWorld.kl(world.target(), logPolicies());
  }

  /** log pi of every sequence for the policy as it is now. */
  double[] logPolicies() {
    try (LanguageModel policy = world.config.model(run.policy(), Device.cpu())) {
      return world.logProbs(policy);
    }
  }

  @Override
  public void close() {
    run.close();
    sampling.close();
    scoring.close();
    evaluation.close();
  }
}
