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
import io.tributary.stage.evaluate.FreshWindow;
import io.tributary.stage.evaluate.PolicyEvaluation;
import io.tributary.stage.fit.FittingProgress;
import io.tributary.stage.fit.TargetFitting;
import io.tributary.stage.learn.RunSetup;
import io.tributary.stage.learn.TrainingRun;
import io.tributary.stage.learn.checkpoint.Checkpoint;
import io.tributary.stage.learn.checkpoint.LearnerState;
import io.tributary.stage.learn.checkpoint.RunIdentity;
import io.tributary.stage.sample.ProposalSampling;
import io.tributary.stage.score.DrawScoring;
import io.tributary.target.EnergyBasedModel;
import io.tributary.target.feature.Feature;
import io.tributary.target.lambda.Fit;
import io.tributary.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes from a configuration what the actors of a run compute with. The base model is read once;
 * each part has its own copy of the weights on its device.
 */
public final class TrainingParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingParts.class);

  private final TributaryConfig config;
  private final ModelDirectory directory;
  private final List<TensorBytes> base;
  private final TextTokenizer tokenizer;
  private volatile EnergyBasedModel target;
  private final RunIdentity identity; // of the files from which the target was made, now
  private final int[] prefix;

  /**
   * @throws BadInputException if the model directory can't be used, or the prompt or the sequences
   *     do not fit the model
   * @throws io.tributary.config.binding.ConfigException if the target can't be used
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

  /** Positions that prefix and sequence take; the last token is never read. */
  public int positions() {
    return prefix.length + config.samplers().maxLength() - 1;
  }

  /** Room that a checkpoint takes, if any is written: policy, proposal, two moments, and more. */
  public long checkpointBytes() {
    return config.checkpoint().keep() == 0
        ? 0
        : 4 * Float.BYTES * directory.config().parameters() + (1 << 20);
  }

  /** Whether the target has lambdas that are still to be fitted. */
  public boolean needsFit() {
    return !target.isFitted();
  }

  /**
   * Fits the target's lambdas on sequences of the base model; everything made afterwards has them.
   *
   * @param stopped asked after every token; once true, the fit is given up
   * @return empty if it was given up
   * @throws BadInputException if the base model can't have what is asked of it
   */
  public Optional<Fit> fit(BooleanSupplier stopped, FittingProgress progress) {
    TargetFitting fitting =
        new TargetFitting(
            target,
            config.target().fit(),
            config.samplers().batchSize(),
            config.stream().maxDropRate());
    try (ProposalSampling sampling = sampling(0);
        DrawScoring scoring = scoring(0)) {
      sampling.takeOver(
          new WeightSnapshot(
              new WeightVersion(RunSetup.FIRST_VERSION, Fingerprint.of(base)), base));
      Optional<Fit> fit = LocalFit.run(fitting, sampling, scoring, stopped, progress);
      fit.ifPresent(done -> target = done.target());
      return fit;
    }
  }

  /** The lambdas of the features that have one; NaN where they are not fitted. */
  public Map<String, Double> lambdas() {
    return target.lambdas();
  }

  /**
   * Takes lambdas that were fitted before.
   *
   * @param lambdas by feature
   */
  public void takeOver(Map<String, Double> lambdas) {
    target = target.withLambdas(lambdas);
  }

  /** The desired moment of each feature; NaN where none is asked. */
  public Map<String, Double> featureTargets() {
    Map<String, Double> targets = new LinkedHashMap<>();
    List<Feature> features = target.features();
    for (int i = 0; i < features.size(); i++) {
      targets.put(features.get(i).name(), target.moments()[i]);
    }
    return targets;
  }

  /** What the sampler with this index draws with. */
  public ProposalSampling sampling(int index) {
    SamplersConfig samplers = config.samplers();
    return new ProposalSampling(
        new ProposalSampling.Plan(
            directory.config(),
            samplers.batchSize(),
            prefix,
            proposalSettings(),
            config.run().seed()),
        Torch.device(samplers.device(index)));
  }

  private SamplingSettings proposalSettings() {
    SamplersConfig samplers = config.samplers();
    return new SamplingSettings(
        samplers.maxLength(), samplers.stopAtEos(), samplers.temperature(), 0, 1);
  }

  /** What the scorer with this index scores with. */
  public DrawScoring scoring(int index) {
    return new DrawScoring(
        directory.config().model(base, Torch.device(config.scorers().device(index))),
        tokenizer,
        target,
        prefix,
        config.learner().microBatchSize(),
        config.objective().isProximal());
  }

  /**
   * What the evaluator evaluates with.
   *
   * @param progress called every now and then while it works
   */
  public PolicyEvaluation evaluation(Runnable progress) {
    var device = Torch.device(config.model().device());
    return new PolicyEvaluation(
        new PolicyEvaluation.Plan(
            config.evaluation().sequences(),
            config.samplers().batchSize(),
            prefix,
            new SamplingSettings(
                config.samplers().maxLength(),
                config.samplers().stopAtEos(),
                1,
                0,
                config.evaluation().topP()),
            config.run().seed()),
        new FreshWindow.Plan(
            config.proposal().windowSequences(), proposalSettings(), config.run().seed()),
        directory.config().model(base, device),
        directory.config().model(base, device),
        tokenizer,
        target,
        progress);
  }

  /** The checkpoint of a step of the run, verified. */
  public Checkpoint checkpoint(TrainingRun.Files files, long step) {
    return files.checkpoints().read(step, directory.config());
  }

  /**
   * Refuses to go on from a checkpoint of another run.
   *
   * @throws BadInputException naming the configuration key that differs
   */
  public void requireSameRun(LearnerState from) {
    identity.requireSameAs(from.identity(), from.step());
  }

  /** The state of the newest checkpoint that is whole, if any is. */
  public Optional<LearnerState> lastState(TrainingRun.Files files) {
    try {
      return files.checkpoints().state(OptionalLong.empty(), LOG::warn);
    } catch (BadInputException e) {
      LOG.error("there is no checkpoint to go on from", e);
      return Optional.empty();
    }
  }

  /**
   * The learner's run, at its beginning or gone on with.
   *
   * @param now the configuration as it is now
   * @param from state of the checkpoint to go on from; null for a new run
   */
  public TrainingRun training(
      TributaryConfig now, TrainingRun.Files files, @Nullable LearnerState from) {
    RunSetup setup =
        new RunSetup(
            directory.config(),
            base,
            Torch.device(now.learner().device()),
            prefix,
            target,
            now,
            identity,
            files);
    if (from == null) {
      return setup.begin();
    }
    return setup.resume(checkpoint(files, from.step()));
  }

  /** Closes the target; what was made from this may not compute any more. */
  @Override
  public void close() {
    target.close();
  }
}
