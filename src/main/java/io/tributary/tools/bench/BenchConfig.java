package io.tributary.tools.bench;

import io.tributary.config.ConfigLoader;
import io.tributary.config.ModelConfig;
import io.tributary.config.NativeConfig;
import io.tributary.config.SamplersConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.data.BadInputException;
import io.tributary.model.ModelDirectory;
import io.tributary.model.TextTokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The configuration of the run to measure: the plan's, with the settings that a benchmark fixes.
 */
record BenchConfig(Path file, Map<String, String> given) {
  private static final int BOOTSTRAP_SEQUENCES = 64;
  private static final String NEVER = "1000000000";

  /** The first tokens of GPT-2: single bytes and the most frequent merges. */
  private static final int FREQUENT_TOKENS = 1300;

  private static final Pattern WORD = Pattern.compile(" [a-z]+");

  /** How the native library is to be loaded. */
  static NativeConfig nativeLibrary(BenchPlan plan, BenchDirectory place) {
    return ConfigLoader.read(file(plan, place), plan.overrides()).section(NativeConfig.class);
  }

  /**
   * Writes the random model if one is asked for.
   *
   * @throws BadInputException if no model is given, or it can't be used
   */
  static BenchConfig of(BenchPlan plan, BenchDirectory place) {
    Map<String, String> values = new LinkedHashMap<>(plan.overrides());
    plan.shape()
        .map(shape -> place.randomModel(shape, plan.tokenizer()))
        .or(plan::model)
        .ifPresent(model -> values.put("model.base", model.toString()));
    Path file = file(plan, place);
    ModelDirectory model =
        ConfigLoader.read(file, values)
            .baseModel()
            .map(ModelConfig::base)
            .map(ModelDirectory::open)
            .orElseThrow(
                () ->
                    new BadInputException(
                        "expected a model: --model, --shape, or model.base in the configuration"));
    values.put("run.directory", place.runs().toString());
    values.put("run.name", "bench");
    values.put("http.port", "0");
    values.put("evaluation.interval-steps", NEVER);
    values.put("evaluation.sequences", String.valueOf(BOOTSTRAP_SEQUENCES));
    values.put("checkpoint.keep", "0");
    values.put("shutdown.grace", "1s");
    values.put("learner.optimizer.schedule", "constant");
    if (plan.shape().isPresent() || plan.configuration().isEmpty()) {
      values.put("target.features", frequentWords(model));
      values.put("partition-function.bootstrap-sequences", bootstrap(file, values));
      values.put("partition-function.bootstrap-hits", "0");
    }
    return new BenchConfig(file, values);
  }

  /** The configuration of a run of this many steps. */
  TributaryConfig ofSteps(long steps) {
    Map<String, String> values = new LinkedHashMap<>(given);
    values.put("run.steps", String.valueOf(steps));
    values.put("run.sequences", NEVER + "000");
    return ConfigLoader.load(file, values);
  }

  /**
   * A target for any model: one of the words that are a single token. Even random weights produce
   * one in a good part of their sequences, so that a run has something to learn from.
   */
  private static String frequentWords(ModelDirectory model) {
    TextTokenizer tokenizer = model.tokenizer();
    String words =
        IntStream.range(0, Math.min(FREQUENT_TOKENS, model.config().vocabulary()))
            .mapToObj(token -> tokenizer.decode(new int[] {token}))
            .filter(text -> WORD.matcher(text).matches())
            .map(text -> '"' + text.strip() + '"')
            .distinct()
            .collect(Collectors.joining(", "));
    if (words.isEmpty()) {
      throw new BadInputException(
          "the tokenizer has no tokens that are words; expected a configuration with"
              + " target.features (-c)");
    }
    return "[ { name = \"frequent words\", type = wordlist, words = [ " + words + " ] } ]";
  }

  private static Path file(BenchPlan plan, BenchDirectory place) {
    return plan.configuration().orElseGet(place::emptyConfiguration);
  }

  /** A few sequences in whole draws: the value of Z does not matter here. */
  private static String bootstrap(Path file, Map<String, String> values) {
    int draw = ConfigLoader.read(file, values).section(SamplersConfig.class).batchSize();
    return String.valueOf((BOOTSTRAP_SEQUENCES + draw - 1) / draw * draw);
  }
}
