package io.tributary.cli;

import io.tributary.cli.standalone.LoadedModel;
import io.tributary.cli.standalone.TokenizedText;
import io.tributary.data.BadInputException;
import io.tributary.data.Seeds;
import io.tributary.model.AncestralSampler;
import io.tributary.model.AncestralSampler.Sampled;
import io.tributary.model.DecoderConfig;
import io.tributary.model.SamplingSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Samples sequences from a model. */
@Command(
    name = "sample",
    header = "Samples sequences from a model.",
    description = {
      "Prints one JSON object per sequence:",
      "",
      "text      the text after the prompt; null if the model has no tokenizer.json",
      "tokens    its tokens, including the end-of-text token if it was drawn",
      "logProb   log-probability in nats under the distribution it was drawn "
          + "from, after temperature, top-k and top-p",
      "",
      "The same options give the same output.",
      ""
    })
final class SampleVerb extends Verb {
  private static final int USUAL_LENGTH = 40;

  @Mixin private ModelOptions modelOptions = new ModelOptions();

  @Option(
      names = {"-n", "--number"},
      required = true,
      paramLabel = "N",
      description = "Number of sequences.")
  private long number;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description =
          "Text that each sequence continues. Default: none, only the model's bos_token_id.")
  private String prompt = "";

  @Option(
      names = "--max-length",
      paramLabel = "TOKENS",
      description =
          "Maximum length of a sequence in tokens. Default: "
              + USUAL_LENGTH
              + ", or less if the model has fewer positions.")
  private @Nullable Integer maxLength;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "The logits are divided by T. Default: ${DEFAULT-VALUE}.")
  private double temperature = 1;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Sample from the K most likely tokens; 0 for all. Default: ${DEFAULT-VALUE}.")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Sample from the most likely tokens whose probabilities add up to P. "
              + "Default: ${DEFAULT-VALUE}.")
  private double topP = 1;

  @Mixin private DrawingOptions drawing = new DrawingOptions();

  @Override
  public Integer call() {
    drawing.requirePositive(number);
    settings(1); // a bad option is reported before the model is loaded
    try (LoadedModel model = modelOptions.load()) {
      int[] prefix = prompt.isEmpty() ? model.config().beginning() : model.encode(prompt);
      model.requireVocabulary(prefix);
      draw(model, prefix, settings(length(model.config(), prefix.length)));
    }
    return Tributary.DONE;
  }

  private void draw(LoadedModel model, int[] prefix, SamplingSettings settings) {
    AncestralSampler sampler = new AncestralSampler(model.languageModel(), settings);
    for (long drawn = 0; drawn < number; drawn += drawing.batchSize) {
      int n = (int) Math.min(drawing.batchSize, number - drawn);
      var random = Seeds.generator(drawing.seed, Seeds.Purpose.SAMPLE, drawn);
      for (Sampled sampled : sampler.draw(prefix, n, random, () -> {})) {
        int[] tokens = sampled.tokens();
        out().println(new TokenizedText(model.decode(tokens), tokens).json(sampled.logProb()));
      }
      out().flush();
    }
  }

  private SamplingSettings settings(int length) {
    try {
      return new SamplingSettings(length, true, temperature, topK, topP);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("--" + e.getMessage(), e);
    }
  }

  private int length(DecoderConfig config, int prefix) {
    int room = config.positions() - prefix + 1; // the last token is never read
    int length = maxLength == null ? Math.min(USUAL_LENGTH, room) : maxLength;
    if (length < 1 || length > room) {
      throw new BadInputException(
          "--max-length = %d: after a prompt of %d tokens the model has room for %d, so expected %s"
              .formatted(
                  length,
                  prefix,
                  Math.max(0, room),
                  room < 1 ? "a shorter prompt" : "1 to " + room));
    }
    return length;
  }
}
