package io.tributary.tools.bench;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.GsonBuilder;
import io.tributary.config.TributaryConfig;
import io.tributary.model.DecoderConfig;
import org.jspecify.annotations.Nullable;

/**
 * The results of a benchmark.
 *
 * @param matrixProduct peak of one thread as configured
 * @param matrixProductTogether peak of as many threads as compute at once in a run
 * @param peakResidentBytes peak memory of the process; null if the system does not report it
 */
public record BenchReport(
    Model model,
    Configuration configuration,
    boolean mklFastPathOnAmd,
    MatrixProduct.Peak matrixProduct,
    MatrixProduct.Peak matrixProductTogether,
    StageBench.Choice tokenChoice,
    Throughput sampling,
    Throughput scoring,
    Throughput learning,
    Throughput stream,
    @Nullable Long peakResidentBytes) {

  /** The model's sizes. */
  record Model(long parameters, int layers, int heads, int width, int vocabulary, int positions) {
    static Model of(DecoderConfig model) {
      return new Model(
          model.parameters(),
          model.layers(),
          model.heads(),
          model.width(),
          model.vocabulary(),
          model.positions());
    }
  }

  /** The settings that throughput depends on. */
  record Configuration(
      int intraOpThreads,
      int samplers,
      int scorers,
      int drawSequences,
      int batchSequences,
      int microBatchSequences,
      int maxLength,
      int maxStalenessSteps) {
    static Configuration of(TributaryConfig config) {
      return new Configuration(
          config.nativeLibrary().intraOpThreads(),
          config.samplers().count(),
          config.scorers().count(),
          config.samplers().batchSize(),
          config.learner().batchSize(),
          config.learner().microBatchSize(),
          config.samplers().maxLength(),
          config.stream().maxStalenessSteps());
    }
  }

  /** As JSON; rates are per second, memory is in bytes, fractions are those of the peak. */
  public String toJson() {
    return new GsonBuilder()
        .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
        .setPrettyPrinting()
        .create()
        .toJson(this);
  }

  /**
   * How fast a stage is.
   *
   * @param sequencesPerSecond sequences of the model's length, padding not counted
   * @param tokensPerSecond their tokens
   * @param operationsPerSecond floating-point operations that the tokens take at least
   * @param fractionOfPeak the same as a share of what the machine reaches in matrix products
   */
  record Throughput(
      double sequencesPerSecond,
      double tokensPerSecond,
      double operationsPerSecond,
      double fractionOfPeak) {

    /**
     * @param operationsPerToken floating-point operations that a token takes at least
     * @param peak operations per second that the machine reaches in matrix products
     */
    static Throughput of(
        double sequencesPerSecond, double tokensPerSecond, double operationsPerToken, double peak) {
      double operations = tokensPerSecond * operationsPerToken;
      return new Throughput(sequencesPerSecond, tokensPerSecond, operations, operations / peak);
    }
  }
}
