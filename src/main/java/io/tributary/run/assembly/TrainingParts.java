package io.tributary.run.assembly;

import io.tributary.config.SamplersConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.data.Fingerprint;
import io.tributary.data.TensorBytes;
import io.tributary.data.WeightSnapshot;
import io.tributary.data.WeightVersion;
import io.tributary.model.DecoderConfig;
import io.tributary.model.ModelDirectory;
import io.tributary.model.SamplingSettings;
import io.tributary.model.TextTokenizer;
import io.tributary.model.guide.TokenGuide;
import io.tributary.stage.evaluate.EvaluationSettings;
import io.tributary.stage.evaluate.PolicyEvaluation;
import io.tributary.stage.learn.LearnerFiles;
import io.tributary.stage.learn.LearnerSetup;
import io.tributary.stage.learn.TrainingRun;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.RunIdentity;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.sample.ProposalScoring;
import io.tributary.stage.score.DrawScoring;
import io.tributary.stream.PoolSettings;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.GuideBuilder;
import io.tributary.target.feature.Feature;
import io.tributary.tensor.Torch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds from a configuration what the actors of a run compute with. The base model is read once;
 * each part has its own copy of the weights on its device.
 */
public final class TrainingParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingParts.class);

  private final TributaryConfig config;
  private final ModelDirectory directory;
  private final List<TensorBytes> base;
  private final TextTokenizer tokenizer;
  private final EnergyBasedModel target;
  private final RunIdentity identity; // of the files as the target was built from them
  private final int[] prefix;
  private final TokenGuide guide;

  /**
   * @throws BadInputException if the model directory is unusable, or the prompt or the sequences do
   *     not fit the model
   * @throws io.tributary.config.binding.ConfigException if the target can't be built
   */
  public TrainingParts(TributaryConfig config) {
    this.config = config;
    this.directory = ModelDirectory.open(config.model().base());
    this.target = EnergyBasedModel.of(config.target());
    this.tokenizer = directory.tokenizer();
    this.base = directory.weights();
    this.identity = RunIdentity.of(config, Fingerprint.of(base));
    requireDevices(config);
    SamplersConfig samplers = config.samplers();
    int[] prompt = tokenizer.encode(samplers.prompt());
    this.prefix = prompt.length > 0 ? prompt : directory.config().beginning();
    requireVocabulary(prompt);
    this.guide =
        config.proposal().isGuided() || config.objective().needsMilestones()
            ? GuideBuilder.of(target, tokenizer, directory.config().vocabulary())
            : TokenGuide.NONE;
    int needed = positions();
    if (needed > directory.config().positions()) {
      throw new BadInputException(
          "samplers.max-length = %d after a prefix of %d tokens needs %d positions, but the model in %s has %d"
              .formatted(
                  samplers.maxLength(),
                  prefix.length,
                  needed,
                  directory.path(),
                  directory.config().positions()));
    }
  }

  private void requireVocabulary(int[] prompt) {
    int vocabulary = directory.config().vocabulary();
    for (int token : prompt) {
      if (token >= vocabulary) {
        throw new BadInputException(
            "samplers.prompt: the tokenizer of %s makes token %d of it, expected one of the model's vocabulary of %d"
                .formatted(directory.path(), token, vocabulary));
      }
    }
  }

  private static void requireDevices(TributaryConfig config) {
    Torch.device(config.model().device());
    Torch.device(config.learner().device());
    config.samplers().devices().forEach(Torch::device);
    config.scorers().devices().forEach(Torch::device);
  }

  /** Shape of the model. */
  public DecoderConfig model() {
    return directory.config();
  }

  /** Positions of prefix and sequence together; the last token is never read. */
  public int positions() {
    return prefix.length + config.samplers().maxLength() - 1;
  }

  /** Bytes of a checkpoint: policy, proposal, two moments, and the rest; 0 if none is written. */
  public long checkpointBytes() {
    return config.checkpoint().keep() == 0
        ? 0
        : 4 * Float.BYTES * directory.config().parameters() + (1 << 20);
  }

  /** The target; lambdas yet to be fitted are NaN. */
  public EnergyBasedModel target() {
    return target;
  }

  /** What a fit of the target's lambdas needs. */
  public FitSetup fitSetup() {
    return new FitSetup(
        target,
        config.target().fit(),
        config.stream(),
        new WeightSnapshot(
            new WeightVersion(LearnerSetup.FIRST_VERSION, Fingerprint.of(base)), base),
        config.samplers().batchSize(),
        directory.config().vocabulary(),
        config.cluster().isPresent());
  }

  /** The desired moment of each feature; NaN for features without one. */
  public Map<String, Double> featureTargets() {
    Map<String, Double> targets = new LinkedHashMap<>();
    List<Feature> features = target.features();
    for (int i = 0; i < features.size(); i++) {
      targets.put(features.get(i).name(), target.moments()[i]);
    }
    return targets;
  }

  /** What the sampler with this index computes with. */
  public ProposalSampling sampling(int index) {
    SamplersConfig samplers = config.samplers();
    return new ProposalSampling(
        directory.config(),
        Torch.device(samplers.device(index)),
        samplers.batchSize(),
        prefix,
        new SamplingSettings(
            samplers.maxLength(), samplers.stopAtEos(), samplers.temperature(), 0, 1),
        guide,
        config.run().seed());
  }

  /** What draws of other machines are scored again with, on the trainer's device. */
  public ProposalScoring proposalScoring() {
    return new ProposalScoring(
        directory.config(),
        Torch.device(config.model().device()),
        prefix,
        config.samplers().temperature(),
        guide);
  }

  /** What the scorer with this index computes with. */
  public DrawScoring scoring(int index) {
    return new DrawScoring(
        directory.config().model(base, Torch.device(config.scorers().device(index))),
        tokenizer,
        target,
        prefix,
        config.learner().microBatchSize(),
        config.samplers().batchSize(),
        detail(),
        guide);
  }

  /** What scorers return of each sequence. */
  public PoolSettings.ScoreDetail scoreDetail() {
    DrawScoring.Detail detail = detail();
    return new PoolSettings.ScoreDetail(
        detail != DrawScoring.Detail.SEQUENCES,
        detail == DrawScoring.Detail.MILESTONES
            ? tokens -> Arrays.stream(guide.milestonesBefore(tokens)).mapToInt(m -> m.length).sum()
            : tokens -> 0);
  }

  private DrawScoring.Detail detail() {
    if (config.objective().needsDecisions()) {
      return config.objective().needsMilestones()
          ? DrawScoring.Detail.MILESTONES
          : DrawScoring.Detail.DECISIONS;
    }
    return config.objective().isProximal()
        ? DrawScoring.Detail.TOKENS
        : DrawScoring.Detail.SEQUENCES;
  }

  /**
   * What the evaluator computes with.
   *
   * @param fitted the target with all lambdas
   * @param progress called repeatedly while it works
   */
  public PolicyEvaluation evaluation(EnergyBasedModel fitted, Runnable progress) {
    SamplersConfig samplers = config.samplers();
    var device = Torch.device(config.model().device());
    return new PolicyEvaluation(
        new EvaluationSettings(
            config.evaluation().sequences(),
            samplers.batchSize(),
            prefix,
            new SamplingSettings(
                samplers.maxLength(), samplers.stopAtEos(), 1, 0, config.evaluation().topP()),
            config.run().seed()),
        directory.config().model(base, device),
        directory.config().model(base, device),
        tokenizer,
        fitted,
        progress);
  }

  /** The checkpoint of a step of the run, verified. */
  public Checkpoint checkpoint(LearnerFiles files, long step) {
    return files.checkpoints().read(step, directory.config());
  }

  /**
   * Refuses to resume from a checkpoint of another run.
   *
   * @throws BadInputException naming the configuration key that differs
   */
  public void requireSameRun(LearnerState from) {
    identity.requireSameAs(from.identity(), from.step());
  }

  /** The state of the newest complete checkpoint, if there is one. */
  public Optional<LearnerState> lastState(LearnerFiles files) {
    try {
      return files.checkpoints().state(OptionalLong.empty(), LOG::warn);
    } catch (BadInputException e) {
      LOG.error("there is no checkpoint to resume from", e);
      return Optional.empty();
    }
  }

  /**
   * The learner's run, new or resumed.
   *
   * @param now the current configuration
   * @param from state of the checkpoint to resume from; null for a new run
   * @param fitted the target with all lambdas
   */
  public TrainingRun training(
      TributaryConfig now,
      LearnerFiles files,
      @Nullable LearnerState from,
      EnergyBasedModel fitted) {
    LearnerSetup setup =
        new LearnerSetup(
            directory.config(),
            base,
            Torch.device(now.learner().device()),
            prefix,
            guide,
            fitted,
            now,
            identity,
            files);
    return from == null ? setup.begin() : setup.resume(checkpoint(files, from.step()));
  }

  /** Closes the target; nothing built from this may compute any more. */
  @Override
  public void close() {
    target.close();
  }
}
