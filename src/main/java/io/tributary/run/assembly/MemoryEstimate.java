package io.tributary.run.assembly;

import io.tributary.config.ProposalConfig;
import io.tributary.config.TributaryConfig;
import io.tributary.model.DecoderConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory of tensors per device, in bytes: weights in all their copies, and the largest arrays of
 * one pass. An estimate; the JVM's own memory comes on top.
 */
public final class MemoryEstimate {
  /** Learner: weights, gradients, first and second moment. */
  private static final int LEARNER_COPIES = 4;

  /** Evaluator: the base model and its copy of the policy. */
  private static final int EVALUATOR_COPIES = 2;

  private final Map<String, Map<String, Double>> parts = new LinkedHashMap<>();

  private MemoryEstimate() {}

  /**
   * The estimate for a run.
   *
   * @param positions positions of prefix and sequence together
   */
  public static MemoryEstimate of(TributaryConfig config, DecoderConfig model, long positions) {
    MemoryEstimate estimate = new MemoryEstimate();
    double weights = (double) Float.BYTES * model.parameters();
    boolean isFresh = config.proposal().window() == ProposalConfig.Window.FRESH;
    double passes = passBytes(config, model, positions);
    double window = isFresh ? passes : 0;
    estimate.add(
        config.learner().device(),
        "learner",
        (LEARNER_COPIES + (config.objective().distils() ? 1 : 0)) * weights
            + Math.max(model.trainingBytes(config.learner().microBatchSize(), positions), passes));
    double cache = model.cacheBytes(config.samplers().batchSize(), positions);
    estimate.add(
        config.samplers().devices(), config.samplers().count(), "samplers", weights + cache);
    estimate.add(config.scorers().devices(), config.scorers().count(), "scorers", weights + window);
    estimate.add(config.model().device(), "evaluator", EVALUATOR_COPIES * weights + cache);
    if (config.cluster().filter(cluster -> cluster.auditShare() > 0).isPresent()) {
      estimate.add(config.model().device(), "audit", weights);
    }
    return estimate;
  }

  /** A pass over the rows that the policy is judged on keeps the arrays of one layer only. */
  private static double passBytes(TributaryConfig config, DecoderConfig model, long positions) {
    return config.proposal().window() != ProposalConfig.Window.RUNNING
        ? model.trainingBytes(config.samplers().batchSize(), positions) / model.layers()
        : 0;
  }

  /** The sum on one device, in bytes. */
  public double bytes(String device) {
    return parts.getOrDefault(device, Map.of()).values().stream()
        .mapToDouble(Double::doubleValue)
        .sum();
  }

  /** One line per device: the sum and its parts. */
  public Map<String, String> byDevice() {
    Map<String, String> lines = new LinkedHashMap<>();
    parts.forEach((device, byName) -> lines.put(device, line(device, byName)));
    return lines;
  }

  private void add(String device, String name, double bytes) {
    parts.computeIfAbsent(device, d -> new LinkedHashMap<>()).merge(name, bytes, Double::sum);
  }

  /** Workers with a device each, or all on the same one. */
  private void add(List<String> devices, int count, String name, double bytesOfOne) {
    double bytesOfEach = bytesOfOne * count / devices.size();
    devices.forEach(device -> add(device, name, bytesOfEach));
  }

  private String line(String device, Map<String, Double> byName) {
    List<String> names = new ArrayList<>();
    byName.forEach((name, bytes) -> names.add(name + " " + mebibytes(bytes)));
    return "about %s: %s".formatted(mebibytes(bytes(device)), String.join(", ", names));
  }

  /** A size in MiB, for people to read. */
  public static String mebibytes(double bytes) {
    return "%,.1f MiB".formatted(bytes / (1024.0 * 1024.0));
  }
}
