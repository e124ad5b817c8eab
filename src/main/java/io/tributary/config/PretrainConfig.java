package io.tributary.config;

import io.tributary.config.OptimizerConfig.Schedule;
import io.tributary.config.binding.Require;
import io.tributary.config.binding.Schema.Default;
import io.tributary.config.binding.Schema.Existing;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Training of a base model on text; only {@code tributary pretrain} reads it.
 *
 * @param model shape of a model to train from scratch; if empty, {@code from} is fine-tuned
 * @param from model directory to fine-tune, absolute
 * @param tokenizer {@code tokenizer.json} that a model from scratch gets, absolute
 * @param merges number of the tokenizer's merges that are kept, from the first; if empty, all
 * @param data the text, at least one file
 * @param heldOutFraction share of the texts that is held out for the perplexity
 * @param maxLength most tokens per text, including the one that ends it; longer texts are cut
 * @param steps optimizer steps
 * @param batchSequences texts per step
 * @param microBatchSize texts per forward and backward pass, a divisor of {@code batchSequences}
 * @param learningRate the highest of the schedule
 * @param warmupSteps steps over which it rises linearly to that
 * @param schedule what follows the warm-up
 * @param weightDecay decoupled weight decay of AdamW
 * @param maxGradNorm global norm to which gradients are clipped; 0: no clipping
 * @param dropout probability, in training passes only
 * @param seed of the initial weights, the order of the texts and dropout
 * @param reportIntervalSteps steps between two reports of loss and held-out perplexity
 * @param output model directory to write, absolute
 * @param dtype in which the weights are stored
 * @param device where the model is trained
 */
public record PretrainConfig(
    Optional<Architecture> model,
    @Existing(Existing.Kind.MODEL_DIRECTORY) Optional<Path> from,
    @Existing(Existing.Kind.FILE) Optional<Path> tokenizer,
    Optional<Integer> merges,
    List<Corpus> data,
    double heldOutFraction,
    int maxLength,
    long steps,
    int batchSequences,
    int microBatchSize,
    double learningRate,
    long warmupSteps,
    Schedule schedule,
    double weightDecay,
    double maxGradNorm,
    double dropout,
    long seed,
    long reportIntervalSteps,
    Path output,
    Dtype dtype,
    String device) {
  private static final String FOR_BIOGRAPHIES = "it is for format = biographies";

  public PretrainConfig {
    data = List.copyOf(data);
    Require.that(
        model.isPresent() != from.isPresent(),
        "model",
        model.isPresent() ? "both" : "neither",
        "given for a model from scratch, or from = DIR for a model to fine-tune, and not both");
    requireTokenizer(from, tokenizer, merges);
    Require.that(!data.isEmpty(), "data", "[]", "a list of at least one file");
    Require.fraction("held-out-fraction", heldOutFraction);
    Require.that(heldOutFraction > 0, "held-out-fraction", heldOutFraction, "more than 0");
    Require.atLeast(1, "max-length", maxLength);
    Require.atLeast(1, "steps", steps);
    Require.atLeast(1, "batch-sequences", batchSequences);
    Require.atLeast(1, "micro-batch-size", microBatchSize);
    Require.that(
        batchSequences % microBatchSize == 0,
        "micro-batch-size",
        microBatchSize,
        "a divisor of pretrain.batch-sequences = " + batchSequences);
    Require.positive("learning-rate", learningRate);
    Require.atLeast(0, "warmup-steps", warmupSteps);
    Require.that(
        warmupSteps < steps, "warmup-steps", warmupSteps, "less than pretrain.steps = " + steps);
    Require.notNegative("weight-decay", weightDecay);
    Require.notNegative("max-grad-norm", maxGradNorm);
    Require.fraction("dropout", dropout);
    Require.atLeast(1, "report-interval-steps", reportIntervalSteps);
    Require.device("device", device);
    if (model.isPresent()) {
      int positions = model.get().positions();
      Require.that(
          maxLength <= positions,
          "max-length",
          maxLength,
          "at most pretrain.model.positions = " + positions);
    }
  }

  private static void requireTokenizer(
      Optional<Path> from, Optional<Path> tokenizer, Optional<Integer> merges) {
    Require.that(
        tokenizer.isPresent() == from.isEmpty(),
        "tokenizer",
        tokenizer.map(path -> '"' + path.toString() + '"').orElse("none"),
        "given for a model from scratch, and not with from = DIR, whose own tokenizer is kept");
    merges.ifPresent(
        value -> {
          Require.that(
              from.isEmpty(), "merges", value, "left out with from = DIR, whose tokenizer is kept");
          Require.atLeast(0, "merges", value);
        });
  }

  /**
   * Shape of a model with fresh weights.
   *
   * @param type {@code model_type} of its {@code config.json}
   * @param layers decoder blocks
   * @param heads attention heads per block
   * @param width size of the hidden states
   * @param positions longest sequence that it can read
   */
  public record Architecture(
      @Default("gpt2") String type, int layers, int heads, int width, int positions) {
    public Architecture {
      Require.text("type", type);
      Require.atLeast(1, "layers", layers);
      Require.atLeast(1, "heads", heads);
      Require.atLeast(1, "width", width);
      Require.atLeast(2, "positions", positions);
      Require.that(width % heads == 0, "width", width, "a multiple of heads = " + heads);
    }
  }

  /**
   * A file of text.
   *
   * @param file absolute
   * @param format how it is divided into texts
   * @param repeat number of times its texts occur in the mix
   * @param repeatFemale biographies only: how often, on top of that, those of women occur
   * @param repeatTopics biographies only: how often, on top of that, those of some topics occur; of
   *     a text with several of them the highest counts
   */
  public record Corpus(
      @Existing(Existing.Kind.FILE) Path file,
      Format format,
      @Default("1") int repeat,
      @Default("1") int repeatFemale,
      @Default("[]") List<TopicRepeat> repeatTopics) {
    public Corpus {
      repeatTopics = List.copyOf(repeatTopics);
      Require.atLeast(1, "repeat", repeat);
      Require.atLeast(1, "repeat-female", repeatFemale);
      if (format != Format.BIOGRAPHIES) {
        Require.that(
            repeatFemale == 1, "repeat-female", repeatFemale, "left out: " + FOR_BIOGRAPHIES);
        Require.that(
            repeatTopics.isEmpty(), "repeat-topics", "a list", "left out: " + FOR_BIOGRAPHIES);
      }
    }
  }

  /**
   * How often biographies of a topic occur.
   *
   * @param topic as in the file's column of topics
   * @param repeat times
   */
  public record TopicRepeat(String topic, int repeat) {
    public TopicRepeat {
      Require.text("topic", topic);
      Require.atLeast(1, "repeat", repeat);
    }
  }

  /** How a file is divided into texts. */
  public enum Format {
    /** One text per line. */
    LINES,
    /** Running text, a text a sentence; blank lines separate paragraphs. */
    PROSE,
    /** One biography per line: name, topics, gloss and perhaps pronoun, separated by tabs. */
    BIOGRAPHIES;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How weights are stored. */
  public enum Dtype {
    F16,
    F32;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
