package io.tributary.cli;

import io.tributary.config.HttpConfig;
import io.tributary.config.OptimizerConfig;
import io.tributary.config.OptimizerConfig.Schedule;
import io.tributary.config.PartitionFunctionConfig;
import io.tributary.config.ProposalConfig;
import io.tributary.config.ProposalConfig.Criterion;
import io.tributary.config.TributaryConfig;
import io.tributary.model.DecoderConfig;
import io.tributary.run.assembly.MemoryEstimate;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values that follow from a configuration, as HOCON comments. */
final class DerivedValues {
  private static final String LINE = "# %-22s %s%n";

  private DerivedValues() {}

  /**
   * Lines for a configuration that has been checked.
   *
   * @param model the base model's shape
   * @param positions positions that prefix and sequence take
   */
  static String of(TributaryConfig config, DecoderConfig model, int positions) {
    Map<String, String> values = new LinkedHashMap<>();
    int batch = config.learner().batchSize();
    long staleness = config.stream().maxStalenessSteps();
    values.put("run directory", config.run().home().toString());
    values.put("length", length(config));
    values.put(
        "batch",
        "%,d sequences, at most %,d tokens, of %s; %s"
            .formatted(
                batch,
                (long) batch * config.samplers().maxLength(),
                counted(config.drawsPerBatch(), "draw"),
                counted(-Math.floorDiv(-batch, config.learner().microBatchSize()), "micro-batch")));
    values.put("bootstrap of Z", bootstrap(config));
    if (config.target().isFitted()) {
      values.put(
          "fit of lambda",
          "from %,d to %,d sequences of the base model, before the run begins"
              .formatted(config.target().fit().sequences(), config.target().fit().maxSequences()));
    }
    values.put(
        "queue bound",
        "%,d sequences admitted and not yet learned, besides the bootstrap"
            .formatted((staleness + 1) * batch));
    values.put(
        "staleness bound",
        staleness == 0
            ? "0 steps: sampling and learning take turns"
            : counted(staleness, "step") + " from admission to use");
    values.put("proposal", proposal(config));
    values.put("learning rate", learningRate(config));
    values.put("HTTP", http(config.http()));
    values.put("model", model(model, positions));
    StringBuilder text = new StringBuilder();
    values.forEach((name, value) -> text.append(LINE.formatted(name, value)));
    MemoryEstimate.of(config, model, positions)
        .byDevice()
        .forEach((device, line) -> text.append(LINE.formatted("memory on " + device, line)));
    return text.toString();
  }

  private static String bootstrap(TributaryConfig config) {
    PartitionFunctionConfig z = config.partitionFunction();
    String first =
        "%,d sequences of %s"
            .formatted(z.bootstrapSequences(), counted(config.bootstrapDraws(), "draw"));
    return z.bootstrapMayGoOn()
        ? "%s, then %,d at a time, at most %,d in all, until %s"
            .formatted(
                first,
                config.learner().batchSize(),
                config.mostBootstrapDraws() * config.samplers().batchSize(),
                z.bootstrapHits() == 1 ? "1 has weight" : z.bootstrapHits() + " have weight")
        : first;
  }

  private static String counted(long number, String noun) {
    String ending = number == 1 ? "" : noun.endsWith("ch") ? "es" : "s";
    return number + " " + noun + ending;
  }

  private static String length(TributaryConfig config) {
    return config.totalSteps().isEmpty()
        ? "until stopped"
        : "%,d steps, %,d sequences"
            .formatted(
                config.totalSteps().getAsLong(),
                config.totalSteps().getAsLong() * config.learner().batchSize());
  }

  private static String proposal(TributaryConfig config) {
    ProposalConfig proposal = config.proposal();
    int steps = config.publish().intervalSteps();
    String interval = steps == 1 ? "after every step" : "every %,d steps".formatted(steps);
    if (proposal.criterion() == Criterion.ALWAYS) {
      return "replaced " + interval;
    }
    return "judged %s by %s on %s"
        .formatted(
            interval,
            proposal.criterion(),
            switch (proposal.window()) {
              case HELD_OUT -> "texts of the base model";
              case RUNNING -> "the batches learned since";
              case FRESH -> "%,d sequences drawn for it".formatted(proposal.windowSequences());
            });
  }

  private static String learningRate(TributaryConfig config) {
    OptimizerConfig optimizer = config.learner().optimizer();
    String warmup =
        optimizer.warmupSteps() == 0
            ? String.valueOf(optimizer.learningRate())
            : "rises to %s in %,d steps"
                .formatted(optimizer.learningRate(), optimizer.warmupSteps());
    return optimizer.schedule() == Schedule.CONSTANT
        ? warmup + ", then stays"
        : "%s, then falls to 0 at step %,d (%s)"
            .formatted(warmup, config.totalSteps().getAsLong(), optimizer.schedule());
  }

  private static String http(HttpConfig http) {
    return "%s on %s, port %s"
        .formatted(
            http.tls().certificateFile().isPresent() ? "encrypted (TLS)" : "not encrypted",
            http.host(),
            http.port() == 0 ? "any free one" : http.port());
  }

  private static String model(DecoderConfig model, int positions) {
    return "%,d parameters: %d layers, %d heads, width %d, vocabulary %,d; %d of %d positions used"
        .formatted(
            model.parameters(),
            model.layers(),
            model.heads(),
            model.width(),
            model.vocabulary(),
            positions,
            model.positions());
  }
}
