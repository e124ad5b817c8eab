package io.tributary.tools.bench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.tributary.config.TributaryConfig;
import io.tributary.model.DecoderConfig;
import io.tributary.tensor.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What was measured.
 *
 * @param alone peak of one thread as configured
 * @param together peak of as many as compute at once in a run
 * @param throughputs by name, in the order of measurement
 * @param residentBytes most memory that the process has held; empty where the system does not tell
 */
public record BenchReport(
    DecoderConfig model,
    TributaryConfig config,
    MatrixProduct.Peak alone,
    MatrixProduct.Peak together,
    StageBench.Choice choice,
    Map<String, Throughput> throughputs,
    OptionalLong residentBytes) {

  /** As JSON; rates are per second, memory is in bytes, fractions are those of the peak. */
  public String toJson() {
    JsonObject json = new JsonObject();
    json.add("model", modelJson());
    json.add("configuration", configJson());
    json.addProperty("mkl_fast_path_on_amd", Torch.takesMklFastPath());
    json.add("matrix_product", peakJson(alone));
    json.add("matrix_product_together", peakJson(together));
    json.add("token_choice", choiceJson());
    throughputs.forEach((name, throughput) -> json.add(name, throughputJson(throughput)));
    if (residentBytes.isPresent()) {
      json.addProperty("peak_resident_bytes", residentBytes.getAsLong());
    }
    return new GsonBuilder().setPrettyPrinting().create().toJson(json);
  }

  private JsonObject modelJson() {
    return numbers(
        "parameters", model.parameters(),
        "layers", model.layers(),
        "heads", model.heads(),
        "width", model.width(),
        "vocabulary", model.vocabulary(),
        "positions", model.positions());
  }

  private JsonObject configJson() {
    return numbers(
        "intra_op_threads", config.nativeLibrary().intraOpThreads(),
        "samplers", config.samplers().count(),
        "scorers", config.scorers().count(),
        "draw_sequences", config.samplers().batchSize(),
        "batch_sequences", config.learner().batchSize(),
        "micro_batch_sequences", config.learner().microBatchSize(),
        "max_length", config.samplers().maxLength(),
        "max_staleness_steps", config.stream().maxStalenessSteps());
  }

  private static JsonObject peakJson(MatrixProduct.Peak peak) {
    return numbers(
        "computing", peak.computing(),
        "operations_per_second", peak.operationsPerSecond(),
        "size", peak.size());
  }

  private JsonObject choiceJson() {
    return numbers(
        "rows", choice.rows(),
        "product_seconds", choice.product(),
        "softmax_seconds", choice.softmax(),
        "choice_seconds", choice.choice(),
        "choice_to_softmax_ratio", choice.ratio());
  }

  private static JsonObject throughputJson(Throughput throughput) {
    return numbers(
        "sequences_per_second", throughput.sequencesPerSecond(),
        "tokens_per_second", throughput.tokensPerSecond(),
        "operations_per_second", throughput.operationsPerSecond(),
        "fraction_of_peak", throughput.fractionOfPeak());
  }

  private static JsonObject numbers(Object... namesAndValues) {
    Map<String, Number> numbers = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      numbers.put((String) namesAndValues[i], (Number) namesAndValues[i + 1]);
    }
    JsonObject json = new JsonObject();
    numbers.forEach(json::addProperty);
    return json;
  }
}
